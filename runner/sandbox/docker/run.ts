import { isOutOfMemory, toExit } from '../container/exit.ts'
import type { Exit, Limits } from '../contract.ts'
import type { Engine } from './engine.ts'
import { followLogs, type LogBuffer, type Seen } from './logs.ts'
import { kill, type Started } from './started.ts'

/** How long a removal waits for the engine to hand over the rest of a log. */
export const LOG_SECONDS = 2

/** A service's container from one start to its end. */
export interface Run {
  readonly started: Started
  readonly logs: LogBuffer
  readonly exit: Promise<Exit>
  /** Why it was sent SIGKILL, if it was. */
  killed: 'us' | 'output' | undefined
  /** Whether processes were refused to it, as far as anybody has looked while it ran: nothing tells afterwards. */
  refused: boolean
}

export interface FollowOptions {
  readonly limits: Limits
  readonly clockAheadMs: number
  readonly after: Seen | undefined
}

/** Keeps a run's log and awaits its end. Output beyond what is kept ends it. */
export const follow = async (engine: Engine, started: Started, { limits, clockAheadMs, after }: FollowOptions): Promise<Run> => {
  const { container } = started
  const state: Pick<Run, 'killed' | 'refused'> = { killed: undefined, refused: false }
  const onFull = () => {
    state.killed ??= 'output'
    kill(engine, container, 'SIGKILL').catch(() => {})
  }
  const exit = started.ended.then((ending): Exit => {
    const outOfMemory = isOutOfMemory(ending.code, { told: ending.outOfMemory, sent: state.killed !== undefined })
    return toExit({ ...ending, outOfMemory }, state, limits)
  })
  exit.catch(() => {})
  const logs = await followLogs(engine, container, { keptBytes: limits.outputKiB * 1024, clockAheadMs, onFull, ...(after && { after }) })
  return Object.assign(state, { started, exit, logs })
}
