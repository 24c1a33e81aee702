import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, type RequestRecord, type Service } from '../../kit/index.ts'
import type { Inside } from './observe.ts'
import { quantile } from './seen.ts'

export const ENGINE = { name: 'engine', port: 9000 } as const
/** So many calculations are done side by side. */
export const SIDE_BY_SIDE = 8
/** With so many in the engine, some of them waiting, it does all that it can. With more than that it does less. */
export const COMFORTABLE = 20

/** What the engine can do at most, as it was found before the load came. */
export interface Capacity {
  readonly perSecond: number
  /** What one calculation takes then. */
  readonly ms: number
  /** By how much the slowest answer was later than the one in the middle: on a machine that has much else to do, far later. */
  readonly stumbleMs: number
  /** So many calculations were asked for to know. */
  readonly calls: number
}

/** More than fit side by side, so that no place in the engine is ever idle for the time that an answer needs to its client and back. */
const CLIENTS = 16
const ROUNDS = 3
/** Where an answer was later than the middle one by more than this part of a calculation, more are asked for, up to so many times. */
const CALM_PART = 0.5
const MEASUREMENTS = 3
const TIMEOUT_MS = 10_000

/** Starts the engine. */
export const openEngine = async ({ sandbox, signal }: Inside): Promise<Service> => {
  const { name, port } = ENGINE
  const engine = await sandbox.start(
    {
      name,
      command: ['node', 'engine.js'],
      env: { PORT: String(port), SIDE_BY_SIDE: String(SIDE_BY_SIDE), COMFORTABLE: String(COMFORTABLE) },
      files: { 'engine.js': await readFile(join(import.meta.dirname, 'engine.js'), 'utf8') },
      ready: { port, withinSeconds: 30 },
    },
    { signal },
  )
  if (!engine.readiness.ready) throw new Error('the engine did not become ready')
  return engine
}

/** Asks the engine directly, for longer where its answers do not come evenly. */
export const measureEngine = async (inside: Inside): Promise<Capacity> => {
  const measurements: (readonly RequestRecord[])[] = []
  for (;;) {
    measurements.push(await measureOnce(inside))
    const capacity = capacityOf(measurements)
    if (capacity.stumbleMs <= CALM_PART * capacity.ms || measurements.length === MEASUREMENTS) return capacity
  }
}

/** Each of a few clients sends its next request when it has its answer. */
const measureOnce = async ({ sandbox, signal }: Inside): Promise<readonly RequestRecord[]> => {
  const requests = CLIENTS * ROUNDS
  await using traffic = await sandbox.traffic(
    {
      targets: [ENGINE],
      request: { path: '/quotes/{id}' },
      arrivals: { kind: 'closed', clients: CLIENTS },
      connections: 'keep-alive',
      requests,
      seconds: 60,
      timeoutMs: TIMEOUT_MS,
    },
    { signal },
  )
  await traffic.reached({ answered: requests }, { signal })
  const records = (await traffic.end({ signal })).requests
  if (records.length < requests || records.some(({ status }) => status !== 200)) throw new Error('the engine did not answer')
  return records
}

/** What a crowd has asked for is worked out after the crowd has left; for a larger crowd nobody waits. */
const EMPTY_WITHIN_MS = 30_000

/** Waits until the engine has done all that it was asked to do, for 30 s at most. */
export const untilEmpty = async ({ sandbox, signal }: Inside): Promise<void> => {
  await ask(sandbox, ENGINE, { path: '/empty' }, { timeoutMs: EMPTY_WITHIN_MS, signal })
}

/** Each place of the engine gives an answer every so many milliseconds, whatever the way there and back takes. Pure. */
export const capacityOf = (measurements: readonly (readonly RequestRecord[])[]): Capacity => {
  const betweenTwo = measurements.flatMap((records) => {
    const ends = records.map(({ endedAt }) => endedAt).sort((a, b) => a - b)
    return ends.slice(SIDE_BY_SIDE).map((end, index) => end - (ends[index] ?? end))
  })
  const ms = quantile(betweenTwo, 0.5)
  const times = measurements.flat().map(({ startedAt, endedAt }) => endedAt - startedAt)
  return { perSecond: (SIDE_BY_SIDE * 1000) / ms, ms, stumbleMs: Math.max(0, ...times) - quantile(times, 0.5), calls: times.length }
}
