import type { Abortable } from '../sandbox/contract.ts'
import { output } from './program.ts'

/** The cluster that `hatoba up --kind` makes. */
export const CLUSTER = 'hatoba'
/** One that a developer keeps. It is used where there is no other. */
const KEPT = 'hatoba-dev'

/** The programs that clusters are made and looked at with, by their whole paths. */
export interface KindPrograms {
  readonly kind: string
  readonly docker: string
}

/** Our cluster, if there is one. Throws `Fault` `cluster.*`. */
export const findOurs = async ({ kind }: KindPrograms, o: Abortable = {}): Promise<string | undefined> => {
  const names = linesOf(await output(kind, ['get', 'clusters'], { ...o, withinSeconds: 30 }))
  return [CLUSTER, KEPT].find((name) => names.includes(name))
}

export const kubeconfigOf = ({ kind }: KindPrograms, name: string, o: Abortable = {}): Promise<string> =>
  output(kind, ['get', 'kubeconfig', '--name', name], { ...o, withinSeconds: 30 })

/** The containers that are a cluster's nodes. */
export const nodesOf = async ({ kind }: KindPrograms, name: string, o: Abortable = {}): Promise<readonly string[]> =>
  linesOf(await output(kind, ['get', 'nodes', '--name', name], { ...o, withinSeconds: 30 }))

export const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
