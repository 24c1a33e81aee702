import {
  applyWork,
  configMapOf,
  DEPLOYMENT,
  deploymentState,
  eventTable,
  isRolledOut,
  manifestsIn,
  POD,
  podMarks,
  podState,
  podTable,
  refusedAnswer,
  releaseOf,
  serviceAddress,
  type Watch,
  watchObjects,
} from '../../kit/cluster/index.ts'
import {
  type Cluster,
  type ClusterContext,
  type ClusterEvent,
  fail,
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
/** Fresh connections in a row that must be answered before the release. */
const CALM_ANSWERS = 24
const CALM_SECONDS = 60
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
  if (!first.met) return notServing(cluster, pods, startedAt, 'unready', { seconds: ROLLOUT_SECONDS })
  doing('traffic')
  const address = await serviceAddress(cluster, NAME, { signal })
  const calm = await untilCalm(inside, address)
  if (calm !== undefined) return notServing(cluster, pods, startedAt, 'unanswered', { ...calm, seconds: CALM_SECONDS })

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

/**
 * Waits until everybody is answered: what goes wrong at the very first start is not what this lab is about. Undefined when it came to
 * that, else what the last round was like.
 */
const untilCalm = async (
  { cluster, signal }: Inside,
  address: string,
): Promise<{ failed: number; total: number; status: number } | undefined> => {
  const until = Date.now() + CALM_SECONDS * 1000
  for (;;) {
    await using round = await cluster.traffic(
      { ...planOf(address, '/departures', 40), arrivals: { kind: 'closed', clients: 4 }, requests: CALM_ANSWERS },
      { signal },
    )
    await round.reached({ answered: CALM_ANSWERS }, { signal })
    const { requests } = await round.end({ signal })
    const failed = requests.filter(({ status }) => status !== 200)
    if (failed.length === 0) return undefined
    if (Date.now() > until) return { failed: failed.length, total: requests.length, status: failed[0]?.status ?? 0 }
  }
}

const notServing = async (
  cluster: Cluster,
  pods: Watch,
  startedAt: number,
  as: string,
  values: Readonly<Record<string, number>>,
): Promise<Halt> => {
  const objects = pods.seen.at(-1)?.objects ?? []
  const ready = objects.map(podState).filter((pod) => pod.ready).length
  const evidence = [podTable(objects), eventTable(await cluster.events(), startedAt)]
  return halt('serves', fail(as, { ...values, ready, pods: objects.length }, { evidence }))
}
