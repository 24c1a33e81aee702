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

/** The nodes that Pods come to: without workers it is all of them. kind writes what a node is into its label. */
export const workersOf = async (programs: KindPrograms, name: string, o: Abortable = {}): Promise<readonly string[]> => {
  const labels = [`${KIND_LABEL}.cluster=${name}`, `${KIND_LABEL}.role=worker`].flatMap((label) => ['--filter', `label=${label}`])
  const workers = linesOf(await output(programs.docker, ['ps', '--format', '{{.Names}}', ...labels], { ...o, withinSeconds: 30 }))
  return workers.length > 0 ? workers : nodesOf(programs, name, o)
}
const KIND_LABEL = 'io.x-k8s.kind'

export const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
