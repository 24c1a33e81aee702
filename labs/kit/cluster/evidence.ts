import type { RequestRecord } from '../../../runner/sandbox/contract.ts'
import type { ClusterEvent, ClusterObject, Seen } from '../../../runner/sandbox/contract-cluster.ts'
import type { Evidence, Mark } from '../evidence.ts'
import { type PodState, podState } from './objects.ts'

/** Tables that say it is enough; the sentences carry the numbers. */
const MOST_ROWS = 20

/** As `kubectl get events` shows them, the last ones, counted from a moment. */
export const eventTable = (events: readonly ClusterEvent[], from: number): Evidence => ({
  kind: 'table',
  title: 'kubernetes.events',
  columns: ['SECONDS', 'TYPE', 'REASON', 'OBJECT', 'COUNT', 'MESSAGE'],
  rows: events
    .slice(-MOST_ROWS)
    .map(({ at, type, reason, object, count, message }) => [Math.round((at - from) / 1000), type, reason, object, count, message]),
  differing: events.slice(-MOST_ROWS).flatMap(({ type }, row) => (type === 'Warning' ? [[row, 2] as const] : [])),
})

/** As `kubectl get pods` shows them. */
export const podTable = (objects: readonly ClusterObject[]): Evidence => {
  const pods = objects.map(podState).slice(0, MOST_ROWS)
  return {
    kind: 'table',
    title: 'kubernetes.pods',
    columns: ['NAME', 'READY', 'STATUS', 'RESTARTS', 'NODE'],
    rows: pods.map((pod) => [
      pod.name,
      `${pod.containers.filter(({ ready }) => ready).length}/${pod.containers.length}`,
      statusOf(pod),
      pod.restarts,
      pod.node ?? '-',
    ]),
    differing: pods.flatMap((pod, row) => (pod.ready ? [] : [[row, 1] as const])),
  }
}

/** The one word that `kubectl` has for how a Pod fares. */
const statusOf = ({ ending, phase, containers }: PodState): string =>
  ending
    ? 'Terminating'
    : (containers.map(({ state }) => state.waiting?.reason ?? state.terminated?.reason ?? '').find((reason) => reason !== '') ?? phase)

/**
 * How many Pods had become ready and not been told to end, after each change. One that misses a probe for a moment, as on a machine that
 * is short of time, still counts: what is asked is what a rollout does, not how fast the machine is.
 */
export const servingPods = (seen: readonly Seen[]): readonly (readonly [at: number, serving: number])[] => {
  const everReady = new Set<string>()
  return seen
    .map(({ at, objects }) => {
      const pods = objects.map(podState)
      for (const { name, ready } of pods) if (ready) everReady.add(name)
      return [at, pods.filter(({ name, ending }) => everReady.has(name) && !ending).length] as const
    })
    .filter(([, serving], index, all) => index === 0 || index === all.length - 1 || serving !== all[index - 1]?.[1])
}

/** When each Pod was first ready and when it was told to end, as far as either was after a moment. */
export const podMarks = (seen: readonly Seen[], from: number): readonly Mark[] => {
  const marks = new Map<string, Mark>()
  for (const { at, objects } of seen)
    for (const { name, ready, ending } of objects.map(podState))
      for (const what of [ready ? 'ready' : undefined, ending ? 'withdrawn' : undefined] as const)
        if (what !== undefined && !marks.has(`${what} ${name}`)) marks.set(`${what} ${name}`, { at, what, service: name })
  return [...marks.values()].filter(({ at }) => at >= from)
}

/** Every request that failed and as many others as a picture can show, in their order. */
export const thinned = (
  requests: readonly RequestRecord[],
  failed: (request: RequestRecord) => boolean,
  most = 400,
): readonly RequestRecord[] => {
  const good = requests.filter((request) => !failed(request)).length
  const kept = Math.max(1, Math.ceil(good / Math.max(1, most - (requests.length - good))))
  let count = 0
  return requests.filter((request) => failed(request) || count++ % kept === 0)
}
