import type { Environment } from '../environment.ts'
import { instanceOf } from '../sandbox/instance.ts'
import { type LazyCluster, lazyCluster } from '../sandbox/lazy-cluster.ts'

export interface ClusterFor {
  readonly environment: Environment
  readonly data: string
  /** A command that grades beside a running server has namespaces of its own. */
  readonly besideServer?: boolean
  /** Instead of the environment's. */
  readonly kubeconfig?: string
}

/** The cluster that labs on Kubernetes use, looked for when the first of them is graded. */
export const clusterFor = ({ environment, data, besideServer = false, kubeconfig }: ClusterFor): LazyCluster =>
  lazyCluster({
    instance: instanceOf(data, { besideServer }),
    find: async (o) =>
      (await import('../kind/find.ts')).findCluster({ kubeconfig: kubeconfig ?? environment.HATOBA_KUBECONFIG, environment, data }, o),
  })
