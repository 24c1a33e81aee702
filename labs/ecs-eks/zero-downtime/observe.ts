import {
  applyWork,
  configMapOf,
  DEPLOYMENT,
  deploymentState,
  isRolledOut,
  manifestsIn,
  notServing,
  POD,
  podMarks,
  podState,
  refusedAnswer,
  releaseOf,
  serviceAddress,
  untilCalm,
  type Watch,
  watchObjects,
} from '../../kit/cluster/index.ts'
import {
  type ClusterContext,
  type ClusterEvent,
  type Halt,
  halt,
  type Mark,
  type RequestRecord,
  type Seen,
  type TrafficPlan,
} from '../../kit/index.ts'

/** The files of the lab; the server and the Service are given. */
export const FILES = { 'deployment.yaml': 'edit', 'service.yaml': 'read', 'server.js': 'read' } as const
type Inside = ClusterContext<typeof FILES>

const NAME = 'timetable'
/** How long the cluster may take for a rollout before it counts as not coming to an end. */
const ROLLOUT_SECONDS = 120
/** Whoever waits longer has gone to the competition. */
const PATIENCE_MS = 15_000
const PLAN_SECONDS = 300

/** A release under traffic, as it was seen from outside. */
export interface Release {
  readonly wanted: number
  readonly releasedAt: number
  /** Whether the new release is there whole and nothing of the old one left; after how long. */
  readonly ended: boolean
  readonly seconds: number
  readonly requests: readonly RequestRecord[]
  readonly before: readonly string[]
  readonly pods: readonly Seen[]
  readonly marks: readonly Mark[]
  readonly events: readonly ClusterEvent[]
}

/** Brings the work up, sends traffic, applies a new release of the same Deployment, and watches until nothing of the old one is left. */
export const observe = async (inside: Inside): Promise<Release | Halt> => {
  const { files, cluster, signal, doing } = inside
  const work = manifestsIn(files, ['deployment.yaml', 'service.yaml'])
  doing('apply')
  const { refusals } = await applyWork(cluster, { own: [configMapOf(NAME, { 'server.js': files['server.js'] })], work }, { signal })
  const refused = refusedAnswer(refusals)
  if (refused !== undefined) return halt('accepted', refused)

  await using pods = await watchObjects(cluster, POD, { signal, labels: { app: NAME } })
  const first = await cluster.waitFor({ ...DEPLOYMENT, name: NAME }, isRolledOut, { withinSeconds: ROLLOUT_SECONDS, signal })
  const startedAt = pods.seen[0]?.at ?? 0
  const silent = async (as: string, values: Readonly<Record<string, number>>) =>
    halt('serves', await notServing(cluster, { pods, startedAt }, as, values, { signal }))
  if (!first.met) return silent('unready', { seconds: ROLLOUT_SECONDS })
  doing('traffic')
  const address = await serviceAddress(cluster, NAME, { signal })
  const uncalm = await untilCalm(cluster, planOf(address, '/departures', 40), { signal })
  if (uncalm !== undefined) return silent('unanswered', uncalm)

  const before = namesIn(pods)
  await using quick = await cluster.traffic(planOf(address, '/departures', 40), { signal })
  await using slow = await cluster.traffic(planOf(address, '/export', 3), { signal })
  await Promise.all([quick.reached({ answered: 40 }, { signal }), slow.reached({ inFlight: 6 }, { signal })])
  doing('release')
  const releasedAt = Date.now()
  const deployment = work.find(({ title }) => title === `Deployment/${NAME}`)
  if (deployment === undefined) throw new Error('there is a Deployment, or the static check has failed')
  await applyWork(cluster, { work: [releaseOf(deployment, 'two')] }, { signal })
  const second = await cluster.waitFor({ ...DEPLOYMENT, name: NAME }, isRolledOut, { withinSeconds: ROLLOUT_SECONDS, signal })
  const gone = await pods.until((objects) => objects.every(({ metadata }) => !before.includes(metadata.name)), {
    withinSeconds: second.met ? ROLLOUT_SECONDS : 0,
    signal,
  })
  const endedAt = Date.now()

  doing('count')
  const [{ requests: quickOnes }, { requests: slowOnes }] = await Promise.all([quick.end({ signal }), slow.end({ signal })])
  const wanted = first.object === undefined ? 0 : deploymentState(first.object).wanted
  return {
    wanted,
    releasedAt,
    ended: second.met && gone,
    seconds: Math.round((endedAt - releasedAt) / 1000),
    requests: [...quickOnes, ...slowOnes].toSorted((a, b) => a.startedAt - b.startedAt),
    before,
    pods: pods.seen,
    marks: [{ at: releasedAt, what: 'version' }, ...podMarks(pods.seen, releasedAt)],
    events: await cluster.events({ signal }),
  }
}

const namesIn = (pods: Watch): readonly string[] => (pods.seen.at(-1)?.objects ?? []).map((object) => podState(object).name)

/** Every request on a connection of its own, so that the Service chooses a Pod for each. */
const planOf = (address: string, path: string, perSecond: number): TrafficPlan => ({
  targets: [{ name: address, port: 80 }],
  request: { path },
  arrivals: { kind: 'open', perSecond },
  connections: 'fresh',
  seconds: PLAN_SECONDS,
  timeoutMs: PATIENCE_MS,
})
