import { readFile } from 'node:fs/promises'
import { findProgram } from '../engine/install.ts'
import { recipeOf, referenceOf } from '../images/recipe.ts'
import type { Abortable } from '../sandbox/contract.ts'
import type { ClusterPlace } from '../sandbox/lazy-cluster.ts'
import { NO_CLUSTER } from '../sandbox/missing.ts'
import { findOurs, type KindPrograms, kubeconfigOf } from './clusters.ts'
import { loadImage } from './images.ts'

export interface Finding {
  /** Path of a kubeconfig that the person named; nothing else is looked at then. */
  readonly kubeconfig?: string | undefined
  readonly environment: { readonly PATH: string }
  /** Where `hatoba up --kind` keeps what it installs. */
  readonly data: string
}

/** The kind and docker commands, or which of them is missing. */
export const findPrograms = ({ environment, data }: Pick<Finding, 'environment' | 'data'>): KindPrograms | { readonly lacks: string } => {
  const find = (program: string) => findProgram(program, { PATH: `${data}/bin:${environment.PATH}` })
  const [kind, docker] = [find('kind'), find('docker')]
  if (kind === undefined) return { lacks: 'kind' }
  return docker === undefined ? { lacks: 'docker' } : { kind, docker }
}

/**
 * Where labs on Kubernetes may run: the kubeconfig that was named, else the kind cluster of ours. The
 * account's own kubeconfig is never taken without being named, because it may be somebody's production. Throws `Fault` `cluster.*`.
 */
export const findCluster = async ({ kubeconfig, ...where }: Finding, o: Abortable = {}): Promise<ClusterPlace> => {
  if (kubeconfig !== undefined) {
    const text = await readFile(kubeconfig, 'utf8').catch(() => undefined)
    if (text !== undefined) return { kubeconfig: text }
    return {
      ready: false,
      because: `The kubeconfig ${kubeconfig} cannot be read.`,
      fix: 'Name one that can, with --kubeconfig or HATOBA_KUBECONFIG.',
      ja: {
        because: `kubeconfig ${kubeconfig} を読めません。`,
        fix: '--kubeconfig または HATOBA_KUBECONFIG で、読めるファイルを指定してください。',
      },
    }
  }
  const programs = findPrograms(where)
  if ('lacks' in programs) return NO_CLUSTER
  const name = await findOurs(programs, o)
  if (name === undefined) return NO_CLUSTER
  return {
    kubeconfig: await kubeconfigOf(programs, name, o),
    prepare: () => loadImage(programs, name, referenceOf(recipeOf('node'))),
  }
}
