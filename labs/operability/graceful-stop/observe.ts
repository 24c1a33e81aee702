import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Answer,
  type At,
  ask,
  betweenLooks,
  type Exit,
  exhausted,
  fail,
  type Halt,
  halt,
  happensWithin,
  type LogLine,
  type Mark,
  type Process,
  type RequestRecord,
  type SandboxContext,
  type Service,
  type Traffic,
} from '../../kit/index.ts'
import { type KeptOrder, keptOrders } from './kept.ts'

/** The files that the learner owns. */
export const FILES = { 'server.js': 'edit', 'entrypoint.sh': 'edit' } as const
type Inside = SandboxContext<typeof FILES>

/** What was done to the service, and all that could be seen of it from outside. */
export interface Stop {
  readonly readyMs: number
  /** From the signal to the end of all patience. */
  readonly graceSeconds: number
  readonly sigtermAt: number
  readonly exit: Exit
  readonly marks: readonly Mark[]
  readonly requests: readonly RequestRecord[]
  /** Fresh connections after the signal, one after another, until one was turned away. */
  readonly knocks: readonly RequestRecord[]
  /** When a fresh connection was turned away, or the service was gone; absent if neither came while the work was held back. */
  readonly closedAt?: number
  /** The service's processes: just before the signal, or just after it when it changed nothing. */
  readonly processes: readonly Process[]
  readonly log: readonly LogLine[]
  readonly kept: readonly KeptOrder[]
}

const ORDERS = { name: 'orders', port: 8080 } as const
const STORE = { name: 'store', port: 9000 } as const
/** Answers before the stop: enough that the store has lost some of its own meanwhile. */
const WARM = 24
/** Requests in the middle of their work when the signal comes. */
const IN_FLIGHT = 8
/** How long to let them gather. A third of this is enough for a service that waits for its store. */
const HOLD_MS = 1000
/** How long it has for the rest of its work, once the store lets it go on. */
const GRACE_SECONDS = 5
/** How long anything but the stop itself may take before it counts as no answer at all. */
const PATIENCE_MS = 15_000
const READY_SECONDS = 10

/**
 * Stops the service while it works. Which request is where at the signal is not left to timing: the store holds work back when
 * told, so that requests are certainly in flight, and lets it go once the door has been tried.
 */
export const observe = async (inside: Inside): Promise<Stop | Halt> => {
  const { files, sandbox, signal, doing } = inside
  const store = await startStore(inside)
  doing('start')
  const service = await sandbox.start(
    {
      name: ORDERS.name,
      command: ['sh', 'entrypoint.sh'],
      files,
      env: { STORE_URL: `http://${STORE.name}:${STORE.port}` },
      ready: { port: ORDERS.port, withinSeconds: READY_SECONDS },
    },
    { signal },
  )
  const { readiness } = service
  if (!readiness.ready) return notServing(service, signal, readiness.exited, fail('silent', { port: ORDERS.port, seconds: READY_SECONDS }))
  const end = watch(service, signal)

  doing('traffic')
  await using orders = await steadyOrders(inside)
  const warm = await happensWithin(
    PATIENCE_MS,
    signal,
    (o) => orders.reached({ answered: WARM }, o),
    () => end.came,
  )
  if (!warm) return notServing(service, signal, undefined, fail('mute', { seconds: PATIENCE_MS / 1000, answers: WARM }))

  doing('stop')
  await ask(sandbox, STORE, { method: 'POST', path: '/hold' }, { signal, timeoutMs: PATIENCE_MS })
  // A service that answers before it has stored anything never has this many open: then it goes on with those there are.
  await happensWithin(
    HOLD_MS,
    signal,
    (o) => orders.reached({ inFlight: IN_FLIGHT }, o),
    () => end.came,
  )
  const withdrawn = await orders.withdraw(ORDERS.name)
  const roundTripMs = await fence(inside)
  const before = await service.processes({ signal })
  if (end.exit !== undefined) return notServing(service, signal, end.exit, fail('ended'))
  const sigtermAt = Date.now()
  await service.signal('SIGTERM')
  const door = await knock(inside, end, Math.max(1000, 10 * roundTripMs))
  // Node has a handler of its own, which steps aside at the first signal: only afterwards does a program without one look it.
  const after = door.closedAt === undefined ? await service.processes({ signal }) : []
  await ask(sandbox, STORE, { method: 'POST', path: '/release' }, { signal, timeoutMs: PATIENCE_MS })

  // Counted from here: how long we held its work back, and looked at it, is no fault of the service.
  const deadline = Date.now() + GRACE_SECONDS * 1000
  const inTime = await happensWithin(GRACE_SECONDS * 1000, signal, () => end.came)
  if (!inTime) await service.signal('SIGKILL')
  const exit = await end.came

  doing('count')
  const { requests } = await orders.end({ signal })
  return {
    readyMs: readiness.afterMs,
    graceSeconds: Math.round((deadline - sigtermAt) / 100) / 10,
    sigtermAt,
    exit,
    marks: [
      { at: withdrawn.at, what: 'withdrawn' },
      { at: sigtermAt, what: 'sigterm' },
      ...(inTime ? [] : [{ at: deadline, what: 'deadline' } as const]),
      { at: exit.at, what: 'exited' },
    ],
    requests,
    ...door,
    processes: after.length > 0 ? after : before,
    log: await Array.fromAsync(service.logs({ signal })),
    kept: await account(store, signal),
  }
}

const startStore = async ({ sandbox, signal }: Inside): Promise<Service> => {
  const store = await sandbox.start(
    {
      name: STORE.name,
      command: ['node', 'store.js'],
      files: { 'store.js': await readFile(join(import.meta.dirname, 'store.js'), 'utf8') },
      ready: { port: STORE.port, withinSeconds: READY_SECONDS },
    },
    { signal },
  )
  if (!store.readiness.ready) throw new Error('the store did not become ready')
  return store
}

/** What the store says that it holds, in its last words. */
const account = async (store: Service, signal: AbortSignal): Promise<KeptOrder[]> => {
  await store.stop({ graceSeconds: 10, signal })
  return keptOrders(await Array.fromAsync(store.logs({ signal })))
}

const steadyOrders = ({ sandbox, signal }: Inside): Promise<Traffic> =>
  sandbox.traffic(
    {
      targets: [ORDERS],
      request: {
        method: 'POST',
        path: '/orders',
        headers: { 'content-type': 'application/json' },
        body: '{"id":"{id}","items":["tea","rice","miso"]}',
      },
      arrivals: { kind: 'open', perSecond: 24 },
      connections: 'keep-alive',
      seconds: 60,
      timeoutMs: PATIENCE_MS,
    },
    { signal },
  )

/** The service's end, to be waited for and to be looked at. */
interface End {
  readonly came: Promise<Exit>
  readonly exit: Exit | undefined
}

const watch = (service: Service, signal: AbortSignal): End => {
  let exit: Exit | undefined
  const came = service.exited({ signal }).then((seen) => {
    exit = seen
    return seen
  })
  // Looked at later or not at all; a rejection must not end the runner meanwhile.
  came.catch(() => {})
  return {
    came,
    get exit() {
      return exit
    },
  }
}

/**
 * Two round trips on fresh connections: what was sent before them has been read by the service, so every order sent so far counts
 * as accepted. The longer of the two, in milliseconds.
 */
const fence = async ({ sandbox, signal }: Inside): Promise<number> => {
  const trip = async (): Promise<number> => {
    const { startedAt, endedAt } = await ask(sandbox, ORDERS, { path: '/healthz' }, { signal, timeoutMs: PATIENCE_MS })
    return endedAt - startedAt
  }
  return Math.max(await trip(), await trip())
}

/** Between two tries of the door: so exactly is known when it was closed. */
const KNOCK_MS = 20

/** Tries the door until it is closed, the service is gone, or `ms` have passed. */
const knock = async ({ sandbox, signal }: Inside, end: End, ms: number): Promise<Pick<Stop, 'knocks' | 'closedAt'>> => {
  const knocks: RequestRecord[] = []
  const until = Date.now() + ms
  while (Date.now() < until) {
    const tried = await ask(sandbox, ORDERS, { path: '/healthz' }, { signal, timeoutMs: 2000 })
    knocks.push(tried)
    const turnedAway = tried.error !== undefined && tried.error !== 'timeout'
    if (turnedAway) return { knocks, closedAt: tried.endedAt }
    if (end.exit !== undefined) return { knocks, closedAt: end.exit.at }
    await betweenLooks({ signal, ms: KNOCK_MS })
  }
  return { knocks }
}

/** The service cannot be stopped under load, because it does not serve. */
const notServing = async (service: Service, signal: AbortSignal, exit: Exit | undefined, otherwise: Answer): Promise<Halt> => {
  if (exit === undefined) await service.signal('SIGKILL')
  const log = await Array.fromAsync(service.logs({ signal }))
  const ended = (exit: Exit) => (exit.limit ? exhausted(exit.limit, ORDERS.name) : fail('ended', { code: exit.code }, atOf(log)))
  const answer = exit === undefined ? otherwise : ended(exit)
  return halt('starts', { ...answer, evidence: [{ kind: 'log', lines: log }] })
}

/** Where the shell says that it could not read the script: `entrypoint.sh: 7: Syntax error: ...`. */
const atOf = (log: readonly LogLine[]): { at?: At } => {
  const line = log.map(({ text }) => /^entrypoint\.sh: (\d+): /.exec(text)?.[1]).find((found) => found !== undefined)
  return line === undefined ? {} : { at: { file: 'entrypoint.sh', line: Number(line) } }
}
