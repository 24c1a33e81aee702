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
  podTable,
  refusedAnswer,
  serviceAddress,
  untilCalm,
  type Watch,
  watchObjects,
} from '../../kit/cluster/index.ts'
import {
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
import { BUDGET, type Budget, budgetState, isStuck, nodesOf } from './budget.ts'

/** The files of the lab; the server and the Service are given. */
export const FILES = { 'deployment.yaml': 'edit', 'pdb.yaml': 'edit', 'service.yaml': 'read', 'server.js': 'read' } as const
type Inside = ClusterContext<typeof FILES>

const NAME = 'gate'
const ROLLOUT_SECONDS = 120
const KNOWN_SECONDS = 60
/** Whoever waits longer has missed the ship. */
const PATIENCE_MS = 15_000
/** Evictions are asked for so long at a time; between two such times somebody looks at whether anything can still change. */
const ASKING_SECONDS = 4
const DRAIN_SECONDS = 150
const PER_SECOND = 40

type Evictions = readonly { readonly pod: string; readonly accepted: boolean; readonly message?: string }[]

/** A drained node under traffic, as it was seen from outside. */
export interface Drain {
  readonly wanted: number
  /** How many Pods were on each node before. */
  readonly spread: ReadonlyMap<string, number>
  /** The node that was drained. */
  readonly node: string
  readonly cordonedAt: number
  readonly drained: boolean
  readonly seconds: number
  readonly evictions: Evictions
  readonly budgets: readonly Budget[]
  readonly requests: readonly RequestRecord[]
  readonly pods: readonly Seen[]
  readonly marks: readonly Mark[]
  readonly events: readonly ClusterEvent[]
}

/** Brings the work up on open nodes, sends traffic, and drains the node with most of its Pods until that is done or can never be. */
export const observe = async (inside: Inside): Promise<Drain | Halt> => {
  const { files, cluster, signal, doing } = inside
  doing('wait')
  // Where Pods are put says nothing about the work while somebody else has a node closed.
  await using _turn = await cluster.alone({ signal })
  doing('apply')
  const own = [configMapOf(NAME, { 'server.js': files['server.js'] }), ...manifestsIn(files, ['service.yaml'])]
  const { refusals } = await applyWork(cluster, { own, work: manifestsIn(files, ['deployment.yaml', 'pdb.yaml']) }, { signal })
  const refused = refusedAnswer(refusals)
  if (refused !== undefined) return halt('accepted', refused)
  await using pods = await watchObjects(cluster, POD, { signal, labels: { app: NAME } })
  const startedAt = Date.now()
  const { met, object } = await cluster.waitFor({ ...DEPLOYMENT, name: NAME }, isRolledOut, { withinSeconds: ROLLOUT_SECONDS, signal })
  const silent = async (as: string, values: Readonly<Record<string, number>>) =>
    halt('serves', await notServing(cluster, { pods, startedAt }, as, values, { signal }))
  if (!met || object === undefined) return silent('unready', { seconds: ROLLOUT_SECONDS })
  const address = await serviceAddress(cluster, NAME, { signal })
  const uncalm = await untilCalm(cluster, planOf(address), { signal })
  if (uncalm !== undefined) return silent('unanswered', uncalm)
  const spread = nodesOf(objectsOf(pods))
  const [[node, most] = ['', 0]] = [...spread].toSorted(([a, n], [b, m]) => m - n || a.localeCompare(b))
  const wanted = deploymentState(object).wanted
  const left = [...spread.values()].reduce((sum, count) => sum + count, 0) - most
  if (left < LEAST_LEFT)
    return halt('spread', fail('together', { wanted, node, most, left, least: LEAST_LEFT }, { evidence: [podTable(objectsOf(pods))] }))

  await using budgets = await watchObjects(cluster, BUDGET, { signal })
  await budgets.until((objects) => objects.map(budgetState).every(({ known }) => known), { withinSeconds: KNOWN_SECONDS, signal })
  const guarding = objectsOf(budgets)
    .map(budgetState)
    .filter(({ expected }) => expected > 0)
  if (guarding.length > 1)
    return halt('drains', fail('several', { budgets: guarding.length, names: guarding.map(({ name }) => name).join(', ') }))
  await using steady = await cluster.traffic(planOf(address), { signal })
  await steady.reached({ answered: PER_SECOND }, { signal })

  doing('drain')
  const cordonedAt = Date.now()
  await using _closed = await cluster.cordon(node, { signal })
  const { drained, evictions } = await drainOrStick(inside, node, { pods, budgets })
  const endedAt = Date.now()
  // As many again, so that somebody asks for whoever went last.
  await steady.reached({ answered: Math.ceil(((endedAt - cordonedAt) / 1000) * PER_SECOND * 0.5) + 2 * PER_SECOND }, { signal })

  doing('count')
  const { requests } = await steady.end({ signal })
  return {
    wanted,
    spread,
    node,
    cordonedAt,
    drained,
    seconds: Math.round((endedAt - cordonedAt) / 1000),
    evictions,
    budgets: objectsOf(budgets).map(budgetState),
    requests,
    pods: pods.seen,
    marks: podMarks(pods.seen, cordonedAt),
    events: await cluster.events({ signal }),
  }
}

/** So many Pods must be left when any one node is gone from one moment to the next. */
export const LEAST_LEFT = 2

const objectsOf = (watch: Watch) => watch.seen.at(-1)?.objects ?? []

/** Drains until it is done, until nothing of what it waits for can come any more, or until the limit. */
const drainOrStick = async (
  { cluster, signal }: Inside,
  node: string,
  { pods, budgets }: { readonly pods: Watch; readonly budgets: Watch },
): Promise<{ drained: boolean; evictions: Evictions }> => {
  const until = Date.now() + DRAIN_SECONDS * 1000
  const evictions: Evictions[number][] = []
  for (let before = ''; ; ) {
    const { drained, evictions: asked } = await cluster.drain(node, { withinSeconds: ASKING_SECONDS, signal })
    evictions.push(...asked)
    if (drained || Date.now() > until) return { drained, evictions }
    // Twice the same, with everybody at rest: nothing is under way that an eviction could wait for.
    const now = isStuck(objectsOf(pods), objectsOf(budgets)) ? versionsOf(pods, budgets) : ''
    if (now !== '' && now === before) return { drained, evictions }
    before = now
  }
}

const versionsOf = (...watches: readonly Watch[]): string =>
  watches.flatMap((watch) => objectsOf(watch).map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`)).join()

/** Every request on a connection of its own, so that the Service chooses a Pod for each. */
const planOf = (address: string): TrafficPlan => ({
  targets: [{ name: address, port: 80 }],
  request: { path: '/ticket' },
  arrivals: { kind: 'open', perSecond: PER_SECOND },
  connections: 'fresh',
  seconds: 300,
  timeoutMs: PATIENCE_MS,
})
