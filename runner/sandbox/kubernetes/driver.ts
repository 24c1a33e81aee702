import { customAlphabet } from 'nanoid'
import { Fault } from '../../fault.ts'
import { unlessAborted } from '../abortable.ts'
import type { Abortable } from '../contract.ts'
import type { ClusterDriver, ClusterPower, ClusterSpec } from '../contract-cluster.ts'
import { type Api, type ApiAddress, connectApi } from './api.ts'
import { type OpenCluster, toCluster } from './cluster.ts'
import { hasNodesApart } from './control-plane.ts'
import { findGaps } from './gaps.ts'
import { labelValue } from './labels.ts'
import { shapeOf } from './namespace.ts'
import { openNamespacePool } from './namespace-pool.ts'
import { claimNamespace, ensureHome, type Prepared, prepareNamespace } from './prepare.ts'
import { clusterProbe } from './probe.ts'
import { keepProber, startProber } from './prober.ts'
import { finishRemoval, removeNamespace } from './remove.ts'
import { newResources } from './resources.ts'
import { sweepCluster } from './sweep.ts'

export interface KubernetesDriverOptions extends ApiAddress {
  /** Whose namespaces these are: one name for each runner process that may be alive at the same time. */
  readonly instance: string
  /** An image with Node that every node has or can pull: the prober's. */
  readonly proberImage: string
  /** Most namespaces that wait prepared. */
  readonly most?: number
}

const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 10)

/** What waits in the pool may wait so long. */
const POOL_SECONDS = 4 * 3600
const REMOVAL_SECONDS = 60

export interface OpenKubernetesDriver extends ClusterDriver, AsyncDisposable {
  open(spec: ClusterSpec, o?: Abortable): Promise<OpenCluster>
  /** Prepares a namespace for submissions of this kind in advance. Never fails. */
  warm(spec: Omit<ClusterSpec, 'submission' | 'deadlineSeconds'>): Promise<void>
  /** Waits for removals that have begun. */
  settled(): Promise<void>
}

/** Namespaces on a Kubernetes cluster, one for each submission. Connects when first used. Loaded by `openKubernetes` only. */
export const kubernetesDriver = ({ instance, proberImage, most = 40, ...address }: KubernetesDriverOptions): OpenKubernetesDriver => {
  const inUse = new Set<string>()
  const removals = new Set<Promise<void>>()
  let connected: Api | undefined
  const connect = (): Api => {
    connected ??= connectApi(address)
    return connected
  }
  let resources: ReturnType<typeof newResources> | undefined
  const kinds = () => {
    resources ??= newResources(connect())
    return resources
  }
  let home: Promise<void> | undefined
  let gaps: Promise<readonly ClusterPower[]> | undefined
  /** A node that lacks the lab image would look like a learner's mistake, so the first prober is waited for. */
  let imageSeen = false

  const prepare = async (shape: Prepared['shape'], o: Abortable): Promise<Prepared> => {
    home ??= ensureHome(connect())
    await home.catch((thrown: unknown) => {
      home = undefined
      throw thrown
    })
    const name = `hatoba-${newId()}`
    inUse.add(name)
    try {
      return await prepareNamespace(
        connect(),
        kinds(),
        { name, instance: labelValue(instance), deadline: Math.ceil(Date.now() / 1000) + POOL_SECONDS, shape },
        o,
      )
    } catch (thrown) {
      inUse.delete(name)
      throw thrown
    }
  }
  const remove = async ({ name }: Pick<Prepared, 'name'>): Promise<void> => {
    // The namespace's end takes seconds and is nobody's to wait for; what does not end is the sweep's.
    await removeNamespace(connect(), name).finally(() => inUse.delete(name))
    const removal = finishRemoval(connect(), name, REMOVAL_SECONDS)
      .then(
        () => {},
        () => {},
      )
      .finally(() => removals.delete(removal))
    removals.add(removal)
  }
  const pool = openNamespacePool({ prepare, remove, most })

  const openWith = async (spec: ClusterSpec, known: readonly ClusterPower[], o: Abortable): Promise<OpenCluster> => {
    const prepared = await pool.take(shapeOf(spec), o)
    const deadline = Math.ceil(Date.now() / 1000 + spec.deadlineSeconds)
    let nodesApart: boolean
    try {
      const owner = { submission: labelValue(spec.submission), deadline }
      ;[nodesApart] = await Promise.all([hasNodesApart(connect(), o), claimNamespace(connect(), prepared, owner, o)])
    } catch (thrown) {
      await remove(prepared).catch(() => {})
      throw thrown
    } finally {
      pool.tend()
    }
    const { name } = prepared
    const prober = keepProber(() => startProber(connect(), { image: proberImage, instance: labelValue(instance), sandbox: name, deadline }))
    const cluster = toCluster({
      api: connect(),
      resources: kinds(),
      prepared,
      gaps: known,
      nodesApart,
      prober,
      remove: () => remove(prepared),
    })
    if (imageSeen) return cluster
    try {
      await unlessAborted(prober.get(), o.signal)
      imageSeen = true
      return cluster
    } catch (thrown) {
      await cluster[Symbol.asyncDispose]()
      throw thrown
    }
  }
  const findOnce = (): Promise<readonly ClusterPower[]> => {
    gaps ??= findGaps(connect(), { open: (spec) => openWith(spec, [], {}), image: proberImage })
    gaps.catch(() => {
      gaps = undefined
    })
    return gaps
  }
  return {
    name: 'kubernetes',
    isolation: 'cluster',
    probe: clusterProbe(connect),
    gaps: () => findOnce(),
    async open(spec, o = {}) {
      o.signal?.throwIfAborted()
      const needs = spec.needs ?? []
      const known = needs.length > 0 ? await findOnce() : []
      const lacking = needs.filter((power) => known.includes(power))
      if (lacking.length > 0) throw new Fault('sandbox.impossible', `This cluster lacks what the lab needs: ${lacking.join(', ')}.`)
      return openWith(spec, known, o)
    },
    sweep: (olderThan) => sweepCluster(connect(), { instance: labelValue(instance), olderThan, inUse }),
    warm: async (spec) => pool.warm(shapeOf({ ...spec, submission: '', deadlineSeconds: 0 })),
    settled: async () => {
      await Promise.all(removals)
    },
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]()
      await Promise.all(removals)
      await connected?.close()
    },
  }
}
