import { type Halt, type LogLine, neverReady, type SandboxContext } from '../../kit/index.ts'
import { type Capacity, ENGINE, measureEngine, openEngine } from './engine.ts'
import { type Load, offer, SERVICE } from './load.ts'

/** The files of the lab. */
export const FILES = { 'server.js': 'edit', 'entrypoint.sh': 'edit' } as const
export type Inside = SandboxContext<typeof FILES>

/** One calculation of the engine, as it says itself. */
export interface Call {
  readonly at: number
  /** How many were in the engine when it came, itself among them. */
  readonly atOnce: number
  /** Until its answer. */
  readonly ms: number
}

/** A load that rose beyond what the engine can do and fell again, and what became of every request. */
export interface Seen extends Load {
  readonly readyMs: number
  readonly capacity: Capacity
  /** How long a customer waits. */
  readonly deadlineMs: number
  readonly calls: readonly Call[]
  /** So many calculations the service asked for, all in all. */
  readonly asked: number
  readonly log: readonly LogLine[]
}

const READY_SECONDS = 20
/** A customer waits so many times as long as a calculation takes, and longer where the slowest answer was late; at most so many times. */
const DEADLINE_TIMES = 6
const STUMBLE_TIMES = 1.5
const LONGEST_TIMES = 10

/** How long a customer waits. Pure. */
export const deadlineOf = ({ ms, stumbleMs }: Pick<Capacity, 'ms' | 'stumbleMs'>): number =>
  Math.round(Math.min(LONGEST_TIMES * ms, DEADLINE_TIMES * ms + STUMBLE_TIMES * stumbleMs))

/** Measures what the engine can do on this machine now, then offers the service loads that follow from that. */
export const observe = async (inside: Inside): Promise<Seen | Halt> => {
  const { files, sandbox, signal, doing } = inside
  doing('calibrate')
  await using engine = await openEngine(inside)
  const capacity = await measureEngine(inside)
  const deadlineMs = deadlineOf(capacity)
  doing('start')
  await using service = await sandbox.start(
    {
      name: SERVICE.name,
      command: ['sh', 'entrypoint.sh'],
      files,
      env: { ENGINE_URL: `http://${ENGINE.name}:${ENGINE.port}` },
      ready: { port: SERVICE.port, withinSeconds: READY_SECONDS },
    },
    { signal },
  )
  if (!service.readiness.ready) return neverReady(service, { port: SERVICE.port, seconds: READY_SECONDS, signal })

  doing('load')
  const load = await offer(inside, capacity, deadlineMs)
  const begun = Math.min(...load.requests.map(({ scheduledAt }) => scheduledAt))
  await engine.signal('SIGKILL')
  const calls = callsIn(await Array.fromAsync(engine.logs({ signal })))
  await service.signal('SIGKILL')
  const log = await Array.fromAsync(service.logs({ signal }))
  const asked = calls.length - capacity.calls
  return { ...load, readyMs: service.readiness.afterMs, capacity, deadlineMs, calls: calls.filter(({ at }) => at >= begun), asked, log }
}

const callsIn = (lines: readonly LogLine[]): Call[] =>
  lines.flatMap(({ at, text }) => {
    const [, atOnce, ms] = /^call (\d+) (\d+)$/.exec(text) ?? []
    return atOnce === undefined || ms === undefined ? [] : [{ at, atOnce: Number(atOnce), ms: Number(ms) }]
  })
