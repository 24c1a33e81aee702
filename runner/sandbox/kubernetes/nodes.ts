import { Fault } from '../../fault.ts'
import type { Abortable } from '../contract.ts'
import type { ClusterObject, Drained } from '../contract-cluster.ts'
import { now } from '../prober/program/clock.ts'
import type { Api } from './api.ts'
import { ApiError, toFault, unless } from './fault.ts'
import { followObjects, listObjects } from './follow.ts'
import { latestOf } from './latest.ts'

/** On a node that a submission has taken from the scheduler: whose it is. */
export const CORDONED_BY = 'hatoba.dev/cordoned-by'

interface NodeFields {
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly { readonly effect: string }[] }
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}
const fieldsOf = (node: ClusterObject): NodeFields => node as unknown as NodeFields

/** Whether a node takes Pods that tolerate nothing: ready, not cordoned, not tainted as a control plane is where there are workers. */
export const isReadyNode = (node: ClusterObject): boolean => {
  const { spec, status } = fieldsOf(node)
  const closed = spec?.unschedulable === true || (spec?.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule')
  return !closed && (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True')
}

/** Whether a node takes Pods that tolerate nothing, now or once the submission that has closed it gives it back. */
export const isOpenToPods = (node: ClusterObject): boolean =>
  isReadyNode(node) || fieldsOf(node).metadata.annotations?.[CORDONED_BY] !== undefined

const patchNode = (api: Api, name: string, body: unknown, signal?: AbortSignal): Promise<unknown> =>
  api.call({
    method: 'PATCH',
    path: `/api/v1/nodes/${encodeURIComponent(name)}`,
    contentType: 'application/merge-patch+json',
    body,
    ...(signal ? { signal } : {}),
  })

/** Gives a node back to the scheduler, if `owner` has it. Throws `Fault`. */
export const uncordon = async (api: Api, name: string, owner: string): Promise<void> => {
  const { objects } = await listObjects(api, '/api/v1/nodes', { fields: { 'metadata.name': name } })
  const [node] = objects
  if (node === undefined || fieldsOf(node).metadata.annotations?.[CORDONED_BY] !== owner) return
  const body = { metadata: { annotations: { [CORDONED_BY]: null } }, spec: { unschedulable: null } }
  await unless([404], `uncordon ${name}`, patchNode(api, name, body))
}

/**
 * Takes a node from the scheduler for one submission, waiting while another has it. Throws `Fault` `sandbox.impossible` where no second
 * node could take the Pods of everybody else.
 */
export const cordon = async (api: Api, name: string, owner: string, { signal }: Abortable): Promise<AsyncDisposable> => {
  const following = new AbortController()
  const either = AbortSignal.any([following.signal, ...(signal ? [signal] : [])])
  for await (const { objects } of followObjects(api, '/api/v1/nodes', { signal: either })) {
    const node = objects.find((each) => each.metadata.name === name)
    if (node === undefined) throw new Fault('cluster.failed', `There is no node ${name}.`)
    if (fieldsOf(node).metadata.annotations?.[CORDONED_BY] !== undefined) continue
    if (!objects.some((each) => each.metadata.name !== name && isReadyNode(each)))
      throw new Fault('sandbox.impossible', `No node but ${name} could take Pods: it is not cordoned.`)
    // The version makes two submissions that see it free at once end with one owner.
    const body = {
      metadata: { resourceVersion: node.metadata.resourceVersion, annotations: { [CORDONED_BY]: owner } },
      spec: { unschedulable: true },
    }
    const taken = await unless([409], `cordon ${name}`, patchNode(api, name, body, signal))
    if (taken === undefined) continue
    following.abort()
    return { [Symbol.asyncDispose]: () => uncordon(api, name, owner) }
  }
  signal?.throwIfAborted()
  throw new Fault('cluster.failed', `The API server stopped telling about the node ${name}.`)
}

interface PodFields {
  readonly spec?: { readonly nodeName?: string }
  readonly status?: { readonly phase?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}
const podOf = (pod: ClusterObject): PodFields => pod as unknown as PodFields

const isDaemon = ({ metadata }: ClusterObject): boolean =>
  (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'DaemonSet' || kind === 'Node')
/** A finished Job's Pod stays, and holds nothing. One on its way out has such a phase as well for a moment, and is still there. */
const isOver = (pod: ClusterObject): boolean =>
  pod.metadata.deletionTimestamp === undefined && ['Succeeded', 'Failed'].includes(podOf(pod).status?.phase ?? '')
/** Nobody knows yet where it will be: the scheduler may have chosen the node before it was told that the node is closed. */
const isUndecided = (pod: ClusterObject): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  podOf(pod).spec?.nodeName === undefined &&
  !(podOf(pod).status?.conditions ?? []).some(({ type, status }) => type === 'PodScheduled' && status === 'False')

/**
 * Evicts a namespace's Pods from a node, until none is there, none on its way out and none that may still come. An eviction that a budget
 * holds is asked again when a Pod or a budget of the namespace has changed, which is when the answer can be another. The limit is of the
 * asking: what was asked is waited for, since the API server carries it out whether or not somebody listens.
 */
export const drain = async (
  api: Api,
  namespace: string,
  node: string,
  { withinSeconds, signal }: Abortable & { readonly withinSeconds: number },
): Promise<Drained> => {
  const limit = AbortSignal.timeout(withinSeconds * 1000)
  const over = new AbortController()
  const either = AbortSignal.any([limit, over.signal, ...(signal ? [signal] : [])])
  const evictions: Drained['evictions'][number][] = []
  const evict = async (pod: string): Promise<void> => {
    const at = now()
    try {
      await api.call({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/eviction`,
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } },
        ...(signal ? { signal } : {}),
      })
      evictions.push({ pod, at, accepted: true })
    } catch (thrown) {
      signal?.throwIfAborted()
      if (thrown instanceof ApiError && thrown.code === 404) return
      if (!(thrown instanceof ApiError) || thrown.code !== 429) throw toFault(`evict ${pod}`, thrown)
      evictions.push({ pod, at, accepted: false, message: thrown.status.details.causes[0]?.message || thrown.status.message })
    }
  }
  const inside = `namespaces/${namespace}`
  const changes = latestOf(
    [
      followObjects(api, `/api/v1/${inside}/pods`, { signal: either }),
      followObjects(api, `/apis/policy/v1/${inside}/poddisruptionbudgets`, { signal: either }),
    ],
    either,
  )
  try {
    for await (const [pods] of changes) {
      const left = (pods?.objects ?? []).filter((pod) => !isDaemon(pod) && !isOver(pod))
      const here = left.filter((pod) => podOf(pod).spec?.nodeName === node)
      if (here.length === 0 && !left.some(isUndecided)) return { drained: true, evictions }
      for (const { metadata } of here) {
        if (either.aborted) break
        if (metadata.deletionTimestamp === undefined) await evict(metadata.name)
      }
    }
  } finally {
    over.abort()
  }
  signal?.throwIfAborted()
  return { drained: false, evictions }
}
