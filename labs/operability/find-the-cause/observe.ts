import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, type Disturbance, type RequestRecord, type SandboxContext, type Service, type Traffic } from '../../kit/index.ts'
import { type Action, type Case, type Cause, caseFor, guiltyRelease, SERVICES, type ServiceName } from './causes.ts'
import { type Asked, readAsked } from './looks.ts'
import { BASKETS, BASKETS_PER_SECOND, CALM, DELAY_MS, LIMIT_MS, LOUD, PACES, PLAN, RECOVERED, RELEASES, SICK, TRIES } from './plan.ts'
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
  /** The same after the first action, where more time was taken for all that is planned. */
  readonly afterLimitMs: number
  /** So many times as long everything took, because the machine was busy. */
  readonly pace: number
  readonly sickAt: number
  readonly lookedAt: number
  readonly actedAt?: number
  readonly told: Told
}

const PORT = 8080
const WEB = { name: 'web', port: PORT } as const
const basketOf = (client: string) => ({ path: '/basket', headers: { 'x-client': client } })
const PATIENCE_MS = 60_000
/** Sends for as long as anybody looks, and is ended by us. */
const LOUD_SECONDS = 600

export const isWell = ({ status, error, startedAt, endedAt }: RequestRecord, limitMs: number): boolean =>
  status === 200 && error === undefined && endedAt - startedAt <= limitMs

const wellOf = (baskets: readonly RequestRecord[], limitMs: number): number => baskets.filter((basket) => isWell(basket, limitMs)).length

export const isRecovered = ({ after, afterLimitMs }: Pick<Incident, 'after' | 'afterLimitMs'>): boolean =>
  wellOf(after, afterLimitMs) >= RECOVERED * after.length

/** Late or not. */
const isAnswered = (after: readonly RequestRecord[]): boolean => wellOf(after, Number.POSITIVE_INFINITY) >= RECOVERED * after.length

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
  const { system, before } = await settle({ inside, services, case: own, pace: PACES[0] })
  const limitMs = limitOf(system)

  doing('sick')
  const sickAt = Date.now()
  const illness = await fallIll(system)
  const during = await baskets(system, BASKETS.during)
  const lookedAt = Date.now()
  if (during.length - wellOf(during, limitMs) < SICK * during.length) throw new Error(`the system did not fall ill of ${own.cause}`)

  let afterwardsSeen: Afterwards = { after: [], afterLimitMs: limitMs }
  let actedAt: number | undefined
  // Who has looked at nothing has guessed, and nothing is done for a guess.
  if (asked.action !== undefined && asked.looks.length > 0) {
    doing('act')
    actedAt = Date.now()
    await act(system, illness, asked.action)
    afterwardsSeen = await afterwards(system, illness.line !== undefined && asked.action !== 'use-the-second-line')
  }
  await illness.loud?.end({ signal })
  const told = await Promise.all(SERVICES.map((name) => tellingOf(services[name], name, signal)))
  return {
    asked,
    cause: own.cause,
    before,
    during,
    ...afterwardsSeen,
    limitMs,
    pace: system.pace,
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
  readonly pace: number
}

const limitOf = ({ pace }: System): number => LIMIT_MS * pace

const start = async ({ sandbox, signal }: Inside, name: ServiceName): Promise<Service> => {
  const service = await sandbox.start(
    {
      name,
      command: ['node', 'part.mjs'],
      files: { 'part.mjs': await readFile(join(import.meta.dirname, 'part.js'), 'utf8') },
      env: { ROLE: name, PLAN: JSON.stringify(PLAN), RELEASE: String(RELEASES.before) },
      limits: { memoryMiB: 192, outputKiB: 65_536 },
      durable: true,
      ready: { port: PORT, withinSeconds: 60 },
    },
    { signal },
  )
  if (!service.readiness.ready) throw new Error(`${name} did not become ready`)
  return service
}

/** So many baskets of ordinary customers, and what became of each. */
const baskets = async (
  { inside: { sandbox, signal }, case: { clients }, pace }: System,
  requests: number,
): Promise<readonly RequestRecord[]> => {
  await using traffic = await sandbox.traffic(
    {
      targets: [WEB],
      request: basketOf(clients[0]),
      arrivals: { kind: 'open', perSecond: BASKETS_PER_SECOND / pace },
      connections: 'keep-alive',
      requests,
      seconds: PATIENCE_MS / 1000,
      timeoutMs: PATIENCE_MS,
    },
    { signal },
  )
  await traffic.reached({ answered: requests }, { signal })
  return (await traffic.end({ signal })).requests
}

/** The quickest pace at which this machine tells well from ill with room to spare, and its baskets while all is well. */
const settle = async (system: System): Promise<{ readonly system: System; readonly before: readonly RequestRecord[] }> => {
  const before = await baskets(system, BASKETS.before)
  const slower = PACES.find((pace) => pace > system.pace)
  if (slower === undefined || wellOf(before, limitOf(system) / 2) >= CALM * before.length) return { system, before }
  return settle(await atPace(system, slower))
}

const atPace = async (system: System, pace: number): Promise<System> => {
  for (const name of SERVICES) await control(system, name, `pace?times=${pace}`)
  return { ...system, pace }
}

interface Afterwards {
  readonly after: readonly RequestRecord[]
  readonly afterLimitMs: number
}

/** Baskets after the first action: the first that are well again, or else those that came first. */
const afterwards = async (system: System, isLineSlow: boolean): Promise<Afterwards> => {
  const sent = async (on: System, requests: number): Promise<Afterwards> => {
    // Whatever was in line before is answered before this one.
    await ask(on.inside.sandbox, WEB, basketOf(on.case.clients[0]), { signal: on.inside.signal, timeoutMs: PATIENCE_MS })
    return { after: await baskets(on, requests), afterLimitMs: limitOf(on) }
  }
  const first = await sent(system, BASKETS.after)
  let last = first
  let now = system
  for (let tries = 1; !isRecovered(last); tries++) {
    if (tries >= (wellOf(last.after, last.afterLimitMs) === 0 ? TRIES.noneWell : TRIES.most)) return first
    // Where they are only late it may be the machine: that counts for less where all that is planned takes longer, the illness too.
    if (isAnswered(last.after)) {
      now = await atPace(now, Math.min(now.pace * TRIES.slower, PACES.at(-1) ?? now.pace))
      if (isLineSlow) await slowLine(now)
    }
    last = await sent(now, BASKETS.again)
  }
  return last
}

const slowLine = ({ inside: { signal }, services, pace }: System): Promise<Disturbance> =>
  services.orders.degrade('stock', { delayMs: DELAY_MS * pace }, { signal })

const control = async ({ inside: { sandbox, signal } }: System, name: ServiceName, path: string): Promise<void> => {
  const { status } = await ask(sandbox, { name, port: PORT }, { path: `/control/${path}` }, { signal, timeoutMs: PATIENCE_MS })
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
  if (own.cause === 'slow-line') return { line: await slowLine(system) }
  if (own.cause === 'full-disk') return { disk: await services.stock.fill('disk', { signal }) }
  const loud = await sandbox.traffic(
    {
      targets: [WEB],
      request: basketOf(own.clients[1]),
      arrivals: { kind: 'open', perSecond: LOUD.perSecond / system.pace },
      connections: 'keep-alive',
      seconds: LOUD_SECONDS,
      timeoutMs: PATIENCE_MS,
    },
    { signal },
  )
  await loud.reached({ inFlight: LOUD.waiting }, { signal })
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
