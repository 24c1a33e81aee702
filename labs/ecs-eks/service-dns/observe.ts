import {
  applyWork,
  configMapOf,
  DEPLOYMENT,
  eventTable,
  isRolledOut,
  manifestsIn,
  POD,
  type PodState,
  podState,
  podTable,
  refusedAnswer,
  serviceAddress,
  type Watch,
  watchObjects,
} from '../../kit/cluster/index.ts'
import {
  ask,
  betweenLooks,
  type ClusterContext,
  fail,
  type Halt,
  halt,
  type Mark,
  type RequestRecord,
  type TrafficPlan,
} from '../../kit/index.ts'
import { type Account, accountSchema } from './account.ts'
import { left } from './seen.ts'

/** The files of the lab. */
export const FILES = {
  'office.js': 'edit',
  'service.yaml': 'edit',
  'catalog.js': 'read',
  'catalog.yaml': 'read',
  'office.yaml': 'read',
} as const
type Inside = ClusterContext<typeof FILES>

const PORT = 8080
const ROLLOUT_SECONDS = 120
const PATIENCE_MS = 10_000
/** How long the office may take until everybody is answered. */
const ANSWERED_SECONDS = 30
/** What a name server has told may be remembered for 30 s; then the office has as long again as it should ever need. */
const GROWN_SECONDS = 50
export const COPIES = 3
export const MORE_COPIES = 5
/** Visitors at the same time, and how often they ask in one round. */
const VISITORS = 24
const ROUND = 360

/** What each Pod of the catalogue had been asked at one moment. */
export type Accounts = ReadonlyMap<string, Account>

export interface Day {
  /** Of the first round, with three Pods. */
  readonly first: Accounts
  readonly asked: number
  /** Pods that were added, and what each Pod was asked in a round after the office knew them or time was up. */
  readonly added: readonly string[]
  readonly grown: Accounts
  readonly grownSeconds: number
  /** Requests around the end of one Pod. */
  readonly removed: string
  readonly during: readonly RequestRecord[]
  readonly requests: readonly RequestRecord[]
  readonly marks: readonly Mark[]
}

const NOTHING_MORE: Omit<Day, 'first' | 'asked' | 'requests'> = {
  added: [],
  grown: new Map(),
  grownSeconds: 0,
  removed: '',
  during: [],
  marks: [],
}

/** Three Pods behind a name, then five, then one of them goes: who is asked how often, by the Pods' own count. */
export const observe = async (inside: Inside): Promise<Day | Halt> => {
  const { files, cluster, signal, doing } = inside
  doing('start')
  const catalog = [configMapOf('catalog', { 'catalog.js': files['catalog.js'] }), ...manifestsIn(files, ['catalog.yaml'])]
  const { refusals } = await applyWork(cluster, { own: catalog, work: manifestsIn(files, ['service.yaml']) }, { signal })
  const refused = refusedAnswer(refusals)
  if (refused !== undefined) return halt('accepted', refused)
  await using pods = await watchObjects(cluster, POD, { signal, labels: { app: 'catalog' } })
  const startedAt = Date.now()
  await rolledOut(inside, 'catalog')
  await named(inside, podsOf(pods))
  // The office starts when there is something to ask, so that what it finds is no matter of luck.
  await applyWork(
    cluster,
    { work: [configMapOf('office', { 'office.js': files['office.js'] }), ...manifestsIn(files, ['office.yaml'])] },
    { signal },
  )
  const open = await rolledOut(inside, 'office')
  if (!open) return notServing(inside, startedAt, 'closed', { seconds: ROLLOUT_SECONDS })
  const office = await serviceAddress(cluster, 'office', { signal })

  doing('ask')
  const failed = await untilAnswered(inside, office)
  if (failed !== undefined) return notServing(inside, startedAt, 'unanswered', failed)
  const before = await accountsOf(inside, podsOf(pods))
  const round = await send(inside, office, { arrivals: { kind: 'closed', clients: VISITORS }, requests: ROUND })
  const first = difference(before, await accountsOf(inside, podsOf(pods)))
  // Whether Pods that come and go are noticed is only asked where the Pods of the beginning are.
  if (left(first).length > 0) return { ...NOTHING_MORE, first, asked: round.length, requests: round }

  doing('grow')
  const known = new Set(podsOf(pods).map(({ name }) => name))
  const grewAt = Date.now()
  await cluster.scale({ ...DEPLOYMENT, name: 'catalog' }, MORE_COPIES, { signal })
  await rolledOut(inside, 'catalog')
  await pods.until((objects) => objects.map(podState).filter(({ ready }) => ready).length === MORE_COPIES, {
    withinSeconds: ROLLOUT_SECONDS,
    signal,
  })
  const added = podsOf(pods).flatMap(({ name }) => (known.has(name) ? [] : [name]))
  const readyAt = Date.now()
  const askedMeanwhile: RequestRecord[] = []
  for (;;) {
    askedMeanwhile.push(...(await send(inside, office, { arrivals: { kind: 'open', perSecond: 15 }, requests: 30 })))
    const now = await accountsOf(inside, podsOf(pods))
    if (added.every((name) => (now.get(name)?.requests ?? 0) > 0) || Date.now() > readyAt + GROWN_SECONDS * 1000) break
    await betweenLooks({ signal })
  }
  const grownSeconds = Math.round((Date.now() - readyAt) / 1000)
  const beforeGrown = await accountsOf(inside, podsOf(pods))
  const grownRound = await send(inside, office, { arrivals: { kind: 'closed', clients: VISITORS }, requests: ROUND })
  const grown = difference(beforeGrown, await accountsOf(inside, podsOf(pods)))

  doing('shrink')
  const [victim] = podsOf(pods)
  if (victim === undefined) throw new Error('the catalogue has no Pod')
  await using steady = await cluster.traffic(planOf(office, { arrivals: { kind: 'open', perSecond: 40 } }), { signal })
  await steady.reached({ answered: 40 }, { signal })
  const removedAt = Date.now()
  await cluster.delete({ apiVersion: 'v1', kind: 'Pod', name: victim.name }, { signal })
  await pods.until((objects) => objects.every(({ metadata }) => metadata.name !== victim.name), { withinSeconds: ROLLOUT_SECONDS, signal })
  // As long again as it took the Pod to go, and at least five seconds' worth.
  await steady.reached({ answered: 40 + Math.max(200, Math.ceil(((Date.now() - removedAt) / 1000) * 80)) }, { signal })
  const { requests: during } = await steady.end({ signal })
  return {
    first,
    asked: round.length,
    added,
    grown,
    grownSeconds,
    removed: victim.name,
    during,
    requests: [...round, ...askedMeanwhile, ...grownRound, ...during],
    marks: [
      { at: grewAt, what: 'added' },
      { at: removedAt, what: 'withdrawn', service: victim.name },
    ],
  }
}

const podsOf = (pods: Watch): readonly PodState[] => (pods.seen.at(-1)?.objects ?? []).map(podState).filter(({ ready }) => ready)

const rolledOut = async ({ cluster, signal }: Inside, name: string): Promise<boolean> =>
  (await cluster.waitFor({ ...DEPLOYMENT, name }, isRolledOut, { withinSeconds: ROLLOUT_SECONDS, signal })).met

const planOf = (
  office: string,
  { arrivals, requests }: { readonly arrivals: TrafficPlan['arrivals']; readonly requests?: number },
): TrafficPlan => ({
  targets: [{ name: office, port: 80 }],
  request: { path: '/' },
  arrivals,
  connections: 'keep-alive',
  ...(requests === undefined ? {} : { requests }),
  seconds: 240,
  timeoutMs: PATIENCE_MS,
})

const send = async (
  { cluster, signal }: Inside,
  office: string,
  how: { readonly arrivals: TrafficPlan['arrivals']; readonly requests: number },
): Promise<readonly RequestRecord[]> => {
  await using traffic = await cluster.traffic(planOf(office, how), { signal })
  await traffic.reached({ answered: how.requests }, { signal })
  return (await traffic.end({ signal })).requests
}

/** Undefined when a round came in which everybody was answered; else what the last one was like. */
const untilAnswered = async (inside: Inside, office: string): Promise<{ failed: number; total: number; status: number } | undefined> => {
  const until = Date.now() + ANSWERED_SECONDS * 1000
  for (;;) {
    const asked = await send(inside, office, { arrivals: { kind: 'closed', clients: 2 }, requests: 12 })
    const failed = asked.filter(({ status }) => status !== 200)
    if (failed.length === 0) return undefined
    if (Date.now() > until) return { failed: failed.length, total: asked.length, status: failed[0]?.status ?? 0 }
    await betweenLooks(inside)
  }
}

/** What each Pod counted, asked of itself by its address. */
const accountsOf = async ({ cluster, signal }: Inside, pods: readonly PodState[]): Promise<Accounts> =>
  new Map(
    await Promise.all(
      pods.map(async ({ name, address = '' }) => {
        const { body } = await ask(cluster, { name: address, port: PORT }, { path: '/account' }, { timeoutMs: PATIENCE_MS, signal })
        return [name, accountSchema.parse(JSON.parse(body ?? ''))] as const
      }),
    ),
  )

const difference = (before: Accounts, after: Accounts): Accounts =>
  new Map(
    [...after].map(([name, { requests, connections }]) => {
      const earlier = before.get(name) ?? { requests: 0, connections: 0 }
      return [name, { requests: requests - earlier.requests, connections: connections - earlier.connections }] as const
    }),
  )

/** Every lookup in a row that has to give the whole list: there are several name servers, and each remembers on its own. */
const LOOKUPS = 8

/** Waits until a headless name leads to every ready Pod; any other Service has one address whatever its Pods do. */
const named = async ({ cluster, signal }: Inside, pods: readonly PodState[]): Promise<void> => {
  const service = await cluster.get({ apiVersion: 'v1', kind: 'Service', name: 'catalog' }, { signal })
  if ((service?.['spec'] as { clusterIP?: string } | undefined)?.clusterIP !== 'None') return
  const [pod] = pods
  if (pod === undefined) return
  const program = `const { lookup } = require('node:dns/promises')
const ask = async () => (await lookup('catalog', { all: true, family: 4 }).catch(() => [])).length
;(async () => {
  const until = Date.now() + 40_000
  for (let good = 0; good < ${LOOKUPS} && Date.now() < until; good = (await ask()) === ${pods.length} ? good + 1 : 0);
})()`
  await cluster.exec(pod.name, ['node', '-e', program], { wallSeconds: ROLLOUT_SECONDS, signal })
}

const notServing = async (
  { cluster, signal }: Inside,
  startedAt: number,
  as: string,
  values: Readonly<Record<string, number>>,
): Promise<Halt> => {
  const office = await cluster.list(POD, { labels: { app: 'office' }, signal })
  const lines = await Promise.all(office.map(({ metadata }) => cluster.logs(metadata.name, { lines: 20, signal }).catch(() => [])))
  const evidence = [
    { kind: 'log', of: 'office', lines: lines.flat() } as const,
    podTable(await cluster.list(POD, { signal })),
    eventTable(await cluster.events({ signal }), startedAt),
  ]
  return halt('serves', fail(as, values, { evidence }))
}
