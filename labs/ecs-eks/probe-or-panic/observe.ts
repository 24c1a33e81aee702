import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  applyWork,
  configMapOf,
  containerOf,
  DEPLOYMENT,
  eventTable,
  isRolledOut,
  manifestsIn,
  POD,
  type PodState,
  podState,
  podTable,
  refusedAnswer,
  type Watch,
  watchObjects,
} from '../../kit/cluster/index.ts'
import {
  ask,
  betweenLooks,
  type ClusterContext,
  type ClusterEvent,
  fail,
  type Halt,
  halt,
  happensWithin,
  type Mark,
  type RequestRecord,
  type Seen,
  type Traffic,
  type TrafficPlan,
} from '../../kit/index.ts'
import { fieldsOf, probeTiming } from '../../kit/kubernetes/index.ts'
import { type Probes, probesOf } from './probes.ts'

/** The files of the lab; the server and the Service are given. */
export const FILES = { 'deployment.yaml': 'edit', 'service.yaml': 'read', 'server.js': 'read' } as const
type Inside = ClusterContext<typeof FILES>

const BOARD = { name: 'board', port: 80 } as const
const REGISTRY = { name: 'registry', port: 80 } as const
/** The index is kept back so long at the start where the probes leave it enough time, by their numbers. */
const START_SECONDS = 10
/** A start with less time than this is held until the probes give it up: it would not survive most mornings. */
const SHORT_START_SECONDS = 30
const ROLLOUT_SECONDS = 120
const PATIENCE_MS = 10_000
/** Beyond the time that the probes of the work need themselves, for a machine that has much else to do. */
const SLACK_SECONDS = 15
/** How soon the task wants a hung board to be started anew. */
export const RESTART_SECONDS = 30
const LEAST_WATCHED_SECONDS = 12
/** The longest outage, and the longest wait for probes that begin late. */
const MOST_SECONDS = 60

/** A slow start, an outage of what the board needs, and a board that hangs, as they were seen from outside. */
export interface Morning {
  readonly probes: Probes
  readonly startedAt: number
  readonly awayAt: number
  readonly backAt: number
  /** After how long everybody was answered again; absent when that did not come. */
  readonly recoveredMs?: number
  readonly hungAt: number
  /** Empty where no board was there to hang: then they have not recovered either. */
  readonly hung: string
  /** When the hung container was started anew; absent when it was not, until `watchedUntil`. */
  readonly restartedAt?: number
  readonly watchedUntil: number
  readonly requests: readonly RequestRecord[]
  readonly pods: readonly Seen[]
  readonly marks: readonly Mark[]
  readonly events: readonly ClusterEvent[]
}

/** Lets the board start slowly, takes its registry away and gives it back, then makes one of two boards hang. */
export const observe = async (inside: Inside): Promise<Morning | Halt> => {
  const { files, cluster, signal, doing } = inside
  doing('start')
  const work = manifestsIn(files, ['deployment.yaml', 'service.yaml'])
  await applyWork(cluster, { own: await registry(files), work: [] }, { signal })
  const there = await cluster.waitFor({ ...DEPLOYMENT, name: REGISTRY.name }, isRolledOut, { withinSeconds: ROLLOUT_SECONDS, signal })
  if (!there.met) throw new Error('the registry did not come up')
  const { refusals } = await applyWork(cluster, { work }, { signal })
  const refused = refusedAnswer(refusals)
  if (refused !== undefined) return halt('accepted', refused)
  const deployment = work.find(({ title }) => title === 'Deployment/board')
  if (deployment === undefined) throw new Error('there is a Deployment, or the static check has failed')
  const probes = probesOf(containerOf(deployment), fieldsOf(fieldsOf(fieldsOf(deployment.value['spec'])['template'])['spec']))

  await using pods = await watchObjects(cluster, POD, { signal, labels: { app: BOARD.name } })
  const startedAt = Date.now()
  const restarted = await pods.until((objects) => objects.some((object) => podState(object).restarts > 0), {
    withinSeconds: heldSeconds(probes),
    signal,
  })
  if (restarted) return notStarting(inside, pods, startedAt, 'impatient', { seconds: secondsSince(startedAt) })
  await order(inside, REGISTRY.name, '/release')
  const up = await cluster.waitFor({ ...DEPLOYMENT, name: BOARD.name }, isRolledOut, { withinSeconds: ROLLOUT_SECONDS, signal })
  if (!up.met || !(await everybodyAnswered(inside)))
    return notStarting(inside, pods, startedAt, 'never', { seconds: secondsSince(startedAt) })
  await pods.until((objects) => objects.every((object) => isAskedByNow(object, probes)), { withinSeconds: MOST_SECONDS, signal })

  doing('away')
  await using visitors = await cluster.traffic(STEADY, { signal })
  await visitors.reached({ answered: 10 }, { signal })
  const awayAt = Date.now()
  await order(inside, REGISTRY.name, '/away')
  // Each board is asked at least once while the registry is away, and restarted if that is enough for it.
  const liveness = probes.liveness ?? probeTiming({})
  const outageSeconds =
    Math.min(liveness.periodSeconds * liveness.failureThreshold, liveness.periodSeconds * 2 + 5) + liveness.timeoutSeconds
  await pods.until((objects) => objects.some((object) => podState(object).restarts > 0), {
    withinSeconds: Math.min(outageSeconds + 4, MOST_SECONDS),
    signal,
  })
  const backAt = Date.now()
  await order(inside, REGISTRY.name, '/back')
  // One board can answer everybody while the other, or soon itself, is being restarted: all are to be ready again.
  const answered = await everybodyAnswered(inside)
  const recovered =
    (await pods.until((objects) => objects.map(podState).every(isReachable), { withinSeconds: MOST_SECONDS, signal })) && answered
  const recoveredMs = Date.now() - backAt

  doing('hang')
  const hungAt = Date.now()
  const victim = (pods.seen.at(-1)?.objects ?? []).map(podState).find(isReachable)
  if (victim !== undefined) await order(inside, victim.address, '/hang', 8080)
  // Where the numbers say already that it takes too long, a part of that is enough to be seen.
  const promised = probes.restartSeconds ?? Number.POSITIVE_INFINITY
  const watchSeconds = promised > RESTART_SECONDS ? LEAST_WATCHED_SECONDS : promised + SLACK_SECONDS
  const again =
    victim !== undefined &&
    (await pods.until(
      (objects) => objects.map(podState).every(({ name, restarts }) => name !== victim.name || restarts > victim.restarts),
      {
        withinSeconds: watchSeconds,
        signal,
      },
    ))
  const watchedUntil = Date.now()
  const hung = victim?.name ?? ''
  doing('count')
  const { requests } = await visitors.end({ signal })
  return {
    probes,
    startedAt,
    awayAt,
    backAt,
    ...(recovered ? { recoveredMs } : {}),
    hungAt,
    hung,
    ...(again ? { restartedAt: watchedUntil } : {}),
    watchedUntil,
    requests,
    pods: pods.seen,
    marks: [
      { at: awayAt, what: 'cut', service: REGISTRY.name },
      { at: backAt, what: 'healed', service: REGISTRY.name },
      ...(victim === undefined ? [] : [{ at: hungAt, what: 'killed', service: hung } as const]),
      ...(again ? [{ at: watchedUntil, what: 'restarted', service: hung } as const] : []),
    ],
    events: await cluster.events({ signal }),
  }
}

/** A start that is given up ends when its grace is over, since nobody listens to signals yet. */
const heldSeconds = ({ startSeconds, startGraceSeconds }: Probes): number =>
  startSeconds === undefined || startSeconds > SHORT_START_SECONDS ? START_SECONDS : startSeconds + startGraceSeconds + SLACK_SECONDS

const secondsSince = (at: number): number => Math.round((Date.now() - at) / 1000)

/** The lab's own registry, with the board's program beside it. */
const registry = async (files: Inside['files']) => {
  const own = async (name: string) => readFile(join(import.meta.dirname, name), 'utf8')
  return [
    configMapOf('registry', { 'registry.mjs': await own('registry.js') }),
    configMapOf('board', { 'server.js': files['server.js'] }),
    ...manifestsIn({ 'registry.yaml': await own('registry.yaml') }, ['registry.yaml']),
  ]
}

/** Tells the registry, or one board by its address, to do something; asked again until it is there to hear it. */
const order = async ({ cluster, signal }: Inside, name: string, path: string, port = 80): Promise<void> => {
  let answered: RequestRecord | undefined
  await happensWithin(ROLLOUT_SECONDS * 1000, signal, async (o) => {
    while (answered?.status === undefined && !o.signal.aborted)
      answered = await ask(cluster, { name, port }, { method: 'POST', path }, { timeoutMs: PATIENCE_MS, signal: o.signal })
  })
  if (answered?.status === undefined) throw new Error(`${name} did not hear ${path} (${answered?.error ?? 'no answer'})`)
}

const STEADY: TrafficPlan = {
  targets: [BOARD],
  request: { path: '/arrivals' },
  arrivals: { kind: 'open', perSecond: 6 },
  connections: 'fresh',
  seconds: 240,
  timeoutMs: 3000,
}

const ANSWERS = 12
const ANSWERED_SECONDS = 60

/** Whether a round of requests in which nobody goes without an answer comes within a minute. */
const everybodyAnswered = async ({ cluster, signal }: Inside): Promise<boolean> => {
  const round = async (): Promise<boolean> => {
    await using asked: Traffic = await cluster.traffic(
      { ...STEADY, arrivals: { kind: 'closed', clients: 2 }, requests: ANSWERS, seconds: ANSWERED_SECONDS },
      { signal },
    )
    await asked.reached({ answered: ANSWERS }, { signal })
    return (await asked.end({ signal })).requests.every(({ status }) => status === 200)
  }
  const until = Date.now() + ANSWERED_SECONDS * 1000
  while (Date.now() < until) {
    if (await round()) return true
    await betweenLooks({ signal })
  }
  return false
}

const isReachable = (pod: PodState): pod is PodState & { readonly address: string } => pod.ready && pod.address !== undefined

/** A probe that begins late says nothing before. */
const isAskedByNow = (object: Parameters<typeof podState>[0], { liveness }: Probes): boolean => {
  const [container] = podState(object).containers
  const startedAt = container?.state.running?.startedAt
  return startedAt !== undefined && Date.now() >= startedAt + (liveness?.initialDelaySeconds ?? 0) * 1000
}

const notStarting = async (
  { cluster, signal }: Inside,
  pods: Watch,
  startedAt: number,
  as: string,
  values: Readonly<Record<string, number>>,
): Promise<Halt> => {
  const objects = pods.seen.at(-1)?.objects ?? []
  const states = objects.map(podState)
  const evidence = [podTable(objects), eventTable(await cluster.events({ signal }), startedAt)]
  return halt(
    'starts',
    fail(
      as,
      {
        ...values,
        pods: states.length,
        ready: states.filter(({ ready }) => ready).length,
        restarts: states.reduce((sum, { restarts }) => sum + restarts, 0),
      },
      { evidence },
    ),
  )
}
