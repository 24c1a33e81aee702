import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, type Disturbance, type RequestRecord, type SandboxContext, type Service, type Traffic } from '../../kit/index.ts'
import { type Action, type Case, type Cause, caseFor, guiltyRelease, SERVICES, type ServiceName } from './causes.ts'
import { type Asked, readAsked } from './looks.ts'
import { readTold, type Told } from './told.ts'

export const FILES = { 'look.yaml': 'edit', 'answer.yaml': 'edit', 'system.yaml': 'read' } as const
type Inside = SandboxContext<typeof FILES>

/** One incident, from before it until after the first action. */
export interface Incident {
  readonly asked: Asked
  readonly cause: Cause
  /** Baskets while all was well, while it was not, and after the first action; empty where none was named. */
  readonly before: readonly RequestRecord[]
  readonly during: readonly RequestRecord[]
  readonly after: readonly RequestRecord[]
  /** A basket is well where it is answered with 200 within so many milliseconds. */
  readonly limitMs: number
  readonly sickAt: number
  readonly lookedAt: number
  readonly actedAt?: number
  readonly told: Told
}

const PORT = 8080
const BASKETS_PER_SECOND = 8
const BASKETS = { before: 12, during: 22, after: 20 } as const
/** More than stock can do, by a third. */
const LOUD_PER_SECOND = 100
/** The objective: so much more than what a usual basket takes on this machine, or so many times that. */
const LEAST_MORE_MS = 255
const TIMES_MORE = 1.5
/** More than the objective allows, and less than fills the pool of connections. */
const DELAY_MS = 450
/** A basket takes 85 ms on a machine with nothing else to do. */
const CALM = { ms: 170, times: 4 } as const
const PATIENCE_MS = 20_000
/** A service that is flooded hears of us when it has come so far. */
const OBEYS_MS = 60_000
const RELEASES = { before: 41, now: 42 } as const
/** Of the baskets at least this part goes wrong in every case, or the case is none. */
const SICK = 0.4

export const isWell = ({ status, error, startedAt, endedAt }: RequestRecord, limitMs: number): boolean =>
  status === 200 && error === undefined && endedAt - startedAt <= limitMs

/** Of the baskets after the first action so many must be well. */
const RECOVERED = 0.9
export const isRecovered = (after: readonly RequestRecord[], limitMs: number): boolean =>
  after.filter((basket) => isWell(basket, limitMs)).length >= RECOVERED * after.length

/** Lets a system fall ill in the way that this learner gets, and does what the learner would do first. */
export const observe = async (inside: Inside): Promise<Incident> => {
  const { files, signal, doing, seed } = inside
  const read = readAsked(files)
  if ('answer' in read) throw new Error('the files were not read, yet a system is started')
  const { asked } = read
  const own = caseFor(seed)

  doing('start')
  const started = await Promise.all(SERVICES.map((name) => start(inside, name)))
  const services = Object.fromEntries(started.map((service) => [service.name, service])) as Record<ServiceName, Service>
  const system: System = { inside, services, case: own }
  const { before, usualMs } = await usualBaskets(system)
  const limitMs = usualMs + Math.max(LEAST_MORE_MS, TIMES_MORE * usualMs)

  doing('sick')
  const sickAt = Date.now()
  const illness = await fallIll(system)
  const during = await baskets(system, BASKETS.during)
  const lookedAt = Date.now()
  if (during.filter((basket) => !isWell(basket, limitMs)).length < SICK * during.length)
    throw new Error(`the system did not fall ill of ${own.cause}`)

  let after: readonly RequestRecord[] = []
  let actedAt: number | undefined
  if (asked.action !== undefined) {
    doing('act')
    actedAt = Date.now()
    await act(system, illness, asked.action)
    after = await baskets(system, BASKETS.after)
    // A machine that stumbled is no answer; a system that is still ill is so every time.
    for (let more = 1; more < CALM.times && !isRecovered(after, limitMs); more++) {
      const again = await baskets(system, BASKETS.after)
      if (isRecovered(again, limitMs)) after = again
    }
  }
  await illness.loud?.end({ signal })
  const told = await Promise.all(SERVICES.map((name) => tellingOf(services[name], name, signal)))
  return {
    asked,
    cause: own.cause,
    before,
    during,
    after,
    limitMs,
    sickAt,
    lookedAt,
    ...(actedAt === undefined ? {} : { actedAt }),
    told: {
      spans: told.flatMap(({ spans }) => spans).sort((a, b) => a.at - b.at),
      gauges: told.flatMap(({ gauges }) => gauges).sort((a, b) => a.at - b.at),
      logs: told.flatMap(({ logs }) => logs).sort((a, b) => a.at - b.at),
    },
  }
}

interface System {
  readonly inside: Inside
  readonly services: Readonly<Record<ServiceName, Service>>
  readonly case: Case
}

const start = async ({ sandbox, signal }: Inside, name: ServiceName): Promise<Service> => {
  const service = await sandbox.start(
    {
      name,
      command: ['node', 'part.mjs'],
      files: { 'part.mjs': await readFile(join(import.meta.dirname, 'part.js'), 'utf8') },
      env: { ROLE: name },
      limits: { memoryMiB: 192, outputKiB: 8192 },
      durable: true,
      ready: { port: PORT, withinSeconds: 20 },
    },
    { signal },
  )
  if (!service.readiness.ready) throw new Error(`${name} did not become ready`)
  return service
}

/** So many baskets of ordinary customers, and what became of each. */
const baskets = async ({ inside: { sandbox, signal }, case: { clients } }: System, requests: number): Promise<readonly RequestRecord[]> => {
  await using traffic = await sandbox.traffic(
    {
      targets: [{ name: 'web', port: PORT }],
      request: { path: '/basket', headers: { 'x-client': clients[0] } },
      arrivals: { kind: 'open', perSecond: BASKETS_PER_SECOND },
      connections: 'keep-alive',
      requests,
      seconds: 60,
      timeoutMs: PATIENCE_MS,
    },
    { signal },
  )
  await traffic.reached({ answered: requests }, { signal })
  return (await traffic.end({ signal })).requests
}

/** Baskets while all is well; more of them, a few times, where the machine has too much else to do to tell well from ill. */
const usualBaskets = async (system: System): Promise<{ readonly before: readonly RequestRecord[]; readonly usualMs: number }> => {
  const before: RequestRecord[] = []
  let usualMs = Number.POSITIVE_INFINITY
  for (let times = 0; times < CALM.times && usualMs > CALM.ms; times++) {
    const more = await baskets(system, BASKETS.before)
    before.push(...more)
    usualMs = Math.min(usualMs, medianOf(more.map(({ startedAt, endedAt }) => endedAt - startedAt)))
  }
  return { before, usualMs }
}

const control = async ({ inside: { sandbox, signal } }: System, name: ServiceName, path: string): Promise<void> => {
  const { status } = await ask(sandbox, { name, port: PORT }, { path: `/control/${path}` }, { signal, timeoutMs: OBEYS_MS })
  if (status !== 200) throw new Error(`${name} did not obey ${path}`)
}

/** What is the matter, as far as it can be undone. */
interface Illness {
  readonly line?: Disturbance
  readonly disk?: Disturbance
  readonly loud?: Traffic
}

const fallIll = async (system: System): Promise<Illness> => {
  const { inside, services, case: own } = system
  const { sandbox, signal } = inside
  await control(system, own.innocent, `release?release=${RELEASES.now}`)
  const guilty = guiltyRelease(own.cause)
  if (guilty !== undefined) {
    await control(system, guilty, `release?release=${RELEASES.now}&fault=${own.cause}`)
    return {}
  }
  if (own.cause === 'slow-line') return { line: await services.orders.degrade('stock', { delayMs: DELAY_MS }, { signal }) }
  if (own.cause === 'full-disk') return { disk: await services.stock.fill('disk', { signal }) }
  const loud = await sandbox.traffic(
    {
      targets: [{ name: 'web', port: PORT }],
      request: { path: '/basket', headers: { 'x-client': own.clients[1] } },
      arrivals: { kind: 'open', perSecond: LOUD_PER_SECOND },
      connections: 'keep-alive',
      seconds: 60,
      timeoutMs: PATIENCE_MS,
    },
    { signal },
  )
  return { loud }
}

/** Really does it. */
const act = async (system: System, { line, disk }: Illness, action: Action): Promise<void> => {
  const { services, inside } = system
  const restart = async (name: ServiceName): Promise<void> => {
    const readiness = await services[name].restart({ graceSeconds: 0, signal: inside.signal })
    if (!readiness.ready) throw new Error(`${name} did not become ready again`)
  }
  switch (action) {
    case 'restart-web':
    case 'restart-orders':
    case 'restart-stock':
      return restart(action.slice('restart-'.length) as ServiceName)
    case 'roll-back-web':
    case 'roll-back-orders':
    case 'roll-back-stock': {
      const name = action.slice('roll-back-'.length) as ServiceName
      await control(system, name, `release?release=${RELEASES.before}&later`)
      return restart(name)
    }
    case 'use-the-second-line':
      return line?.[Symbol.asyncDispose]()
    case 'free-the-disk':
      await disk?.[Symbol.asyncDispose]()
      return control(system, 'stock', 'clean')
    case 'refuse-the-loudest':
      return control(system, 'web', 'refuse')
    default:
      return action satisfies never
  }
}

const tellingOf = async (service: Service, name: ServiceName, signal: AbortSignal): Promise<Told> => {
  await service.signal('SIGKILL')
  await service.exited({ signal })
  return readTold(name, await Array.fromAsync(service.logs({ signal })))
}

const medianOf = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
