import {
  type Answer,
  type Exit,
  exhausted,
  type FoundFile,
  fail,
  type Halt,
  halt,
  happensWithin,
  type LogLine,
  type Mark,
  type RequestRecord,
  type Service,
  saidSoFar,
  seeded,
  type Traffic,
} from '../../kit/index.ts'
import { accountOf, sessionIn } from './account.ts'
import { atOnce, type Pair } from './at-once.ts'
import { complaintIn, passedTo } from './balancer.ts'
import {
  BALANCER,
  FIRST_COPIES,
  type Inside,
  lookAgain,
  NEW_COPY,
  PATIENCE_MS,
  PORT,
  READY_SECONDS,
  startBalancer,
  startCopy,
  startStore,
} from './copies.ts'
import { SHOPPERS, STEPS } from './shoppers.ts'

/** What the shoppers saw while a copy was killed and another added. */
export interface Shopping {
  /** `servedBy` is the balancer's word, not the copy's. */
  readonly requests: readonly RequestRecord[]
  readonly victim: string
  /** Between these two it was killed. */
  readonly killedAt: number
  readonly goneAt: number
  /** From here on the balancer knew of the new copy. */
  readonly addedAt: number
  readonly marks: readonly Mark[]
  readonly log: readonly LogLine[]
  /** Copies that ended without being asked to. */
  readonly ended: readonly { readonly name: string; readonly exit: Exit }[]
  /** What the copies that were left had on their own disks. */
  readonly files: readonly (FoundFile & { readonly copy: string })[]
  readonly pairs: readonly Pair[]
}

/** Answers for each shopper on average: before the kill, between it and the new copy, and with the new copy. */
const ROUNDS = { before: 7, without: 2, after: 4 } as const
const PAUSE_MS = 250

/** Lets shoppers shop, kills a copy, adds one, and then has two requests of one shopper come at the same moment. */
export const observe = async (inside: Inside): Promise<Shopping | Halt> => {
  const { signal, doing, seed } = inside
  doing('start')
  // Before the copies: one that asks it while it starts is right to, and may take its absence for the end.
  const store = await startStore(inside)
  const copies = await Promise.all(FIRST_COPIES.map((name) => startCopy(inside, name)))
  const down = copies.find(({ readiness }) => !readiness.ready)
  if (down) return notServing(down, signal, fail('silent', { name: down.name, port: PORT, seconds: READY_SECONDS }))
  const balancer = await startBalancer(inside)
  if (!balancer.readiness.ready) return notBalancing(balancer, signal)
  const watched = copies.map((copy) => watch(copy, signal))

  doing('shop')
  await using shopping = await startShopping(inside)
  const enough = await answered(shopping, ROUNDS.before * SHOPPERS, signal)
  if (!enough) return notShopping(copies, await shopping.end({ signal }), signal)

  doing('kill')
  const victim = await busiest(copies, balancer, seed)
  const killedAt = Date.now()
  await victim.signal('SIGKILL')
  const { at: goneAt } = await victim.exited({ signal })
  await lookAgain(balancer, signal)
  const soFar = (rounds: number) => rounds * SHOPPERS
  await answered(shopping, soFar(ROUNDS.before + ROUNDS.without), signal)

  doing('add')
  const added = await startCopy(inside, NEW_COPY, { cold: true })
  if (!added.readiness.ready) return notServing(added, signal, fail('silent', { name: NEW_COPY, port: PORT, seconds: READY_SECONDS }))
  await lookAgain(balancer, signal)
  const addedAt = Date.now()
  const before = passedTo(await saidSoFar(balancer)).size
  await answered(shopping, before + soFar(ROUNDS.after), signal)
  const { requests } = await shopping.end({ signal })

  doing('at-once')
  const living = [...copies.filter((copy) => copy !== victim), added]
  const ended = watched.flatMap(({ name, exit }) => (exit === undefined || name === victim.name ? [] : [{ name, exit }]))
  const sessions = accountOf(requests).loggedOut.length > 0 || ended.length > 0 ? [] : sessionsOf(requests)
  const files = await Promise.all(living.map(async (copy) => (await copy.files({ signal })).map((file) => ({ ...file, copy: copy.name }))))
  const pairs = await atOnce(inside, store, living, sessions)

  await Promise.all([balancer, ...living].map((service) => service.signal('SIGKILL')))
  const served = passedTo(await Array.fromAsync(balancer.logs({ signal })))
  return {
    requests: requests.map((request) => {
      const servedBy = served.get(request.id)
      return servedBy === undefined ? request : { ...request, servedBy }
    }),
    victim: victim.name,
    killedAt,
    goneAt,
    addedAt,
    marks: [
      { at: goneAt, what: 'killed', service: victim.name },
      { at: addedAt, what: 'added', service: NEW_COPY },
    ],
    log: await logsOf([...copies, added], signal),
    ended,
    files: files.flat(),
    pairs,
  }
}

const startShopping = ({ sandbox, signal }: Inside): Promise<Traffic> =>
  sandbox.traffic(
    {
      targets: [BALANCER],
      arrivals: { kind: 'visitors', visitors: SHOPPERS, steps: STEPS, rounds: 1, pauseMs: PAUSE_MS },
      // nginx closes what is idle when it reads its files again; a request on such a connection would be lost to us and to nobody else.
      connections: 'fresh',
      seconds: 60,
      timeoutMs: PATIENCE_MS,
    },
    { signal },
  )

const answered = (shopping: Traffic, count: number, signal: AbortSignal): Promise<boolean> =>
  happensWithin(PATIENCE_MS, signal, (o) => shopping.reached({ answered: count }, o))

/** The copy that has answered most, so that the kill hurts whoever relies on one; equals are told apart by the learner's seed. */
const busiest = async (copies: readonly Service[], balancer: Service, seed: number): Promise<Service> => {
  const counts = new Map<string, number>()
  for (const name of passedTo(await saidSoFar(balancer)).values()) counts.set(name, (counts.get(name) ?? 0) + 1)
  const count = ({ name }: Service) => counts.get(name) ?? 0
  const most = Math.max(...copies.map(count))
  // Turn by turn they differ by a few requests at most, which is chance.
  const equals = copies.filter((copy) => count(copy) >= most * 0.9)
  const victim = equals[seeded(seed).number(0, equals.length - 1)]
  if (victim === undefined) throw new Error('there is no copy to kill')
  return victim
}

/** Notes a copy's end when it comes. */
const watch = (service: Service, signal: AbortSignal) => {
  const seen: { name: string; exit: Exit | undefined } = { name: service.name, exit: undefined }
  service.exited({ signal }).then(
    (exit) => {
      seen.exit = exit
    },
    () => {},
  )
  return seen
}

const sessionsOf = (requests: readonly RequestRecord[]): string[] =>
  requests.flatMap(({ step, body }) => (step === 0 ? (sessionIn(body) ?? []) : []))

const logsOf = async (services: readonly Service[], signal: AbortSignal): Promise<(LogLine & { readonly service: string })[]> => {
  const logs = await Promise.all(
    services.map(async (service) => (await Array.fromAsync(service.logs({ signal }))).map((line) => ({ ...line, service: service.name }))),
  )
  return logs.flat().sort((a, b) => a.at - b.at)
}

/** A copy that ends, or that nobody can reach. */
const notServing = async (service: Service, signal: AbortSignal, otherwise: Answer): Promise<Halt> => {
  const { readiness, name } = service
  const exit = readiness.ready ? undefined : readiness.exited
  if (exit === undefined) await service.signal('SIGKILL')
  const evidence = [{ kind: 'log', of: name, lines: await logsOf([service], signal) }] as const
  if (exit === undefined) return halt('starts', { ...otherwise, evidence })
  return halt('starts', { ...(exit.limit ? exhausted(exit.limit, name) : fail('ended', { name, code: exit.code })), evidence })
}

/** nginx does not take what the learner wrote. */
const notBalancing = async (balancer: Service, signal: AbortSignal): Promise<Halt> => {
  await balancer.signal('SIGKILL')
  const lines = await Array.fromAsync(balancer.logs({ signal }))
  const complaint = complaintIn(lines)
  if (complaint === undefined) throw new Error('the balancer did not become ready')
  const { message, file, line } = complaint
  const at = file === 'balancer.conf' && line !== undefined ? { at: { file, line } } : {}
  return halt('starts', fail('balancer', { message }, { ...at, evidence: [{ kind: 'log', of: balancer.name, lines }] }))
}

/** Shoppers who get no answers cannot be watched any further. */
const notShopping = async (
  copies: readonly Service[],
  { requests }: { readonly requests: readonly RequestRecord[] },
  signal: AbortSignal,
): Promise<Halt> => {
  await Promise.all(copies.map((copy) => copy.signal('SIGKILL')))
  const evidence = [{ kind: 'log', lines: await logsOf(copies, signal) }] as const
  return halt(
    'starts',
    fail('mute', { seconds: PATIENCE_MS / 1000, answers: requests.filter(({ error }) => error === undefined).length }, { evidence }),
  )
}
