import { Fault } from '../../../fault.ts'
import { podReference } from '../../../images/pod-image.ts'
import { recipeOf, referenceOf } from '../../../images/recipe.ts'
import type { Abortable, ImageName, SandboxDriver, SandboxSpec } from '../../contract.ts'
import type { ClusterLimits, ClusterSpec } from '../../contract-cluster.ts'
import { toPowers } from '../../powers.ts'
import { type Api, type ApiAddress, connectApi } from '../api.ts'
import { kubernetesDriver } from '../driver.ts'
import { POD_GAPS } from './gaps.ts'
import { toPodSandbox } from './sandbox.ts'

export interface PodsDriverOptions extends ApiAddress {
  /** Whose namespaces these are: one name for each runner process, and another than that of a driver of clusters beside it. */
  readonly instance: string
}

/** Of a whole sandbox. Each of its Pods has limits of its own; the quota is against a defect of ours, so it is wide and the same for all. */
const ROOM: ClusterLimits = { pods: 30, cpus: 16, memoryMiB: 8192, objects: 20 }

export interface PodsDriver extends SandboxDriver {
  [Symbol.asyncDispose](): Promise<void>
  /** Waits for removals that have begun. */
  settled(): Promise<void>
}

/** Sandboxes as Pods of a Kubernetes cluster, a namespace each. Connects when first used. Loaded by `openPods` only. */
export const podsDriver = ({ instance, ...address }: PodsDriverOptions): PodsDriver => {
  const clusters = kubernetesDriver({ instance, proberImage: referenceOf(recipeOf('node')), ...address })
  let connected: Api | undefined
  const connect = (): Api => {
    connected ??= connectApi(address)
    return connected
  }
  const references = new Map<ImageName, Promise<string>>()
  const ofImage = (image: ImageName): Promise<string> => {
    const found = references.get(image) ?? podReference(referenceOf(recipeOf(image)))
    references.set(image, found)
    return found
  }
  const toClusterSpec = ({ submission, deadlineSeconds, network }: SandboxSpec): ClusterSpec => ({
    submission,
    deadlineSeconds,
    allows: [],
    limits: ROOM,
    network: network === 'internal' ? 'namespace' : 'nothing',
  })
  /** A policy that nobody enforces is no wall, and an API server takes it without a word. */
  const walled = async (o: Abortable): Promise<void> => {
    if ((await clusters.gaps(o)).includes('network-policy'))
      throw new Fault('sandbox.impossible', 'The network of this cluster enforces no NetworkPolicy: sandboxes would reach each other.')
  }
  return {
    name: 'kubernetes',
    isolation: 'container',
    probe: async (o) => {
      const probed = await clusters.probe(o)
      return probed.ready ? { ...probed, gaps: toPowers(POD_GAPS) } : probed
    },
    async open(spec, o = {}) {
      o.signal?.throwIfAborted()
      await walled(o)
      const cluster = await clusters.open(toClusterSpec(spec), o)
      return toPodSandbox({ api: connect(), cluster, spec, referenceOf: ofImage })
    },
    sweep: (olderThan, o) => clusters.sweep(olderThan, o),
    settled: () => clusters.settled(),
    async [Symbol.asyncDispose]() {
      await clusters[Symbol.asyncDispose]()
      await connected?.close()
    },
  }
}
