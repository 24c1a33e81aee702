import { Fault } from '../../fault.ts'
import { unlessAborted } from '../abortable.ts'
import type { Abortable } from '../contract.ts'
import type { Cluster, ClusterObject, ClusterPower, KindRef, ObjectRef } from '../contract-cluster.ts'
import type { Api } from './api.ts'
import { applyManifests } from './apply.ts'
import { execInPod } from './exec.ts'
import { unless } from './fault.ts'
import { makeFleet, ownerOf } from './fleet.ts'
import { followObjects, listObjects } from './follow.ts'
import { cordon, drain } from './nodes.ts'
import { readEvents, readLogs, waitForObject } from './observe.ts'
import type { Prepared } from './prepare.ts'
import type { KeptProber, PlacedProber } from './prober.ts'
import { pathOf, type Resources } from './resources.ts'
import { takeTurn } from './turn.ts'

interface Using {
  readonly api: Api
  readonly resources: Resources
  readonly prepared: Prepared
  readonly gaps: readonly ClusterPower[]
  readonly nodesApart: boolean
  readonly prober: KeptProber
  /** Takes the namespace away. */
  remove(): Promise<void>
}

/** A cluster whose prober can be spoken to. */
export interface OpenCluster extends Cluster {
  /** Whether Pods here are to stay off the control plane. */
  readonly nodesApart: boolean
  placedProber(o?: Abortable): Promise<PlacedProber>
}

/** A prepared namespace as what checks work with. What observes runs as us; only `apply` runs as the learner. */
export const toCluster = ({ api, resources, prepared, gaps, nodesApart, prober: kept, remove }: Using): OpenCluster => {
  const { name: namespace, learner } = prepared
  /** Cordons and fleets: what is outside the namespace. */
  const held = new Set<AsyncDisposable>()
  let disposing: Promise<void> | undefined
  const place = async (kind: KindRef, ...rest: readonly string[]): Promise<string> => pathOf(await resources.of(kind), namespace, ...rest)
  const abortable = (signal: AbortSignal | undefined): Abortable => (signal ? { signal } : {})
  const podPath = (pod: string): string => `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}`
  const firstContainer = async (pod: string, signal: AbortSignal | undefined): Promise<string> => {
    const answer = await unless([], `show the Pod ${pod}`, api.call({ path: podPath(pod), ...abortable(signal) }))
    return (answer?.body as { spec?: { containers?: { name: string }[] } } | undefined)?.spec?.containers?.[0]?.name ?? ''
  }
  const dispose = async (): Promise<void> => {
    await Promise.all([...held].map(async (each) => each[Symbol.asyncDispose]()).map((each) => each.catch(() => {})))
    await kept[Symbol.asyncDispose]()
    await learner.close()
    await remove()
  }
  const placedProber = async ({ signal }: Abortable = {}): Promise<PlacedProber> => {
    if (disposing) throw new Fault('internal', 'Traffic was asked of a cluster that is disposed.')
    return unlessAborted(kept.get(), signal)
  }
  return {
    id: namespace,
    namespace,
    placedProber,
    gaps,
    nodesApart,
    apply: (manifests, o) => applyManifests(manifests, { learner, resources, namespace, nodesApart }, o),
    async get(ref, { signal } = {}) {
      const answer = await unless(
        [404],
        `show ${ref.kind}/${ref.name}`,
        api.call({ path: await place(ref, ref.name), ...abortable(signal) }),
      )
      return answer?.body as ClusterObject | undefined
    },
    list: async (kind, { signal, labels } = {}) => (await listObjects(api, await place(kind), labels ? { labels } : {}, signal)).objects,
    waitFor: async (ref: ObjectRef, until, { withinSeconds, signal }) =>
      waitForObject(api, await place(ref), until, { fields: { 'metadata.name': ref.name }, withinSeconds, ...abortable(signal) }),
    async *follow(kind, { signal, labels }) {
      yield* followObjects(api, await place(kind), { signal, ...(labels ? { labels } : {}) })
    },
    logs: (pod, o = {}) => readLogs(api, podPath(pod), o),
    events: (o = {}) => readEvents(api, namespace, o),
    async delete(ref, { signal, graceSeconds } = {}) {
      const body = graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }
      const call = api.call({ method: 'DELETE', path: await place(ref, ref.name), body, ...abortable(signal) })
      return (await unless([404], `remove ${ref.kind}/${ref.name}`, call)) !== undefined
    },
    async scale(ref, replicas, { signal } = {}) {
      const path = await place(ref, ref.name, 'scale')
      const call = api.call({
        method: 'PATCH',
        path,
        contentType: 'application/merge-patch+json',
        body: { spec: { replicas } },
        ...abortable(signal),
      })
      await unless([], `scale ${ref.kind}/${ref.name}`, call)
    },
    async cordon(node, o = {}) {
      const turn = await takeTurn(api, namespace, o)
      held.add(turn)
      const cordoned = await cordon(api, node, namespace, o)
      held.add(cordoned)
      return {
        async [Symbol.asyncDispose]() {
          await cordoned[Symbol.asyncDispose]()
          await turn[Symbol.asyncDispose]()
        },
      }
    },
    async alone(o = {}) {
      const turn = await takeTurn(api, namespace, o)
      held.add(turn)
      return turn
    },
    async fleet(spec, o = {}) {
      const fleet = await makeFleet(api, await ownerOf(api, namespace, o), spec, o)
      held.add(fleet)
      return fleet
    },
    drain: (node, o) => drain(api, namespace, node, o),
    async exec(pod, command, { signal, container, wallSeconds } = {}) {
      const at = { namespace, pod, container: container ?? (await firstContainer(pod, signal)) }
      return execInPod(api, at, command, { ...abortable(signal), ...(wallSeconds === undefined ? {} : { wallSeconds }) })
    },
    async traffic(plan, { signal } = {}) {
      const { prober, domain } = await placedProber(abortable(signal))
      // A Service by its whole name; an address, or a name with a dot, is taken as it is.
      const hostOf = ({ name, port }: { name: string; port: number }) => ({
        host: name.includes('.') ? name : `${name}.${namespace}.svc.${domain}`,
        port,
      })
      return prober.traffic(plan, hostOf, abortable(signal))
    },
    [Symbol.asyncDispose]: () => {
      disposing ??= dispose()
      return disposing
    },
  }
}
