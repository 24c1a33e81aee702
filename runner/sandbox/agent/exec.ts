import { constants } from 'node:os'
import { Fault } from '../../fault.ts'
import { inTime } from '../abortable.ts'
import type { Ended, ExecOptions, ExecResult, Limits } from '../contract.ts'
import { orDiskLimit } from '../disk-limit.ts'
import type { Agent } from './client.ts'
import type { ExitFrame } from './frames.ts'

/** How much longer than its own wall-clock limit an agent may take before it counts as lost. */
const OVERDUE_SECONDS = 10
/** What a shell says of a program that it could not start: not found, not executable. */
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126
const ENOENT = 2
const ENOTDIR = 20

export interface ExecuteOptions extends Omit<ExecOptions, 'limits'> {
  /** Whether everything else in the container ends with it; else only its own group does. Default: true. */
  readonly owner?: boolean
}

/**
 * Runs a program to its end, as the owner of the agent's container where nothing else is said: nothing that it started is left when this
 * resolves.
 * An aborted signal kills it; this rejects with the signal's reason as soon as all of it is gone. Throws `Fault`: `engine.failed` when the agent is gone,
 * `engine.timeout` when it does not end what it should have ended.
 */
export const execute = async (
  agent: Agent,
  command: readonly string[],
  limits: Limits,
  { env = {}, stdin, signal, owner = true }: ExecuteOptions = {},
): Promise<ExecResult> => {
  const running = agent.start(command, {
    owner,
    env,
    wallMs: limits.wallSeconds * 1000,
    outputBytes: limits.outputKiB * 1024,
    rlimits: { fileBytes: limits.fileMiB * 1024 * 1024, openFiles: limits.openFiles },
    ...(signal && { signal }),
  })
  const kept = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  running.onOutput((stream, bytes) => kept[stream].push(bytes))
  if (stdin) running.write(stdin).catch(() => {})
  running.end()
  const mostSeconds = limits.wallSeconds + OVERDUE_SECONDS
  const overdue = () => new Fault('engine.timeout', `The agent did not end a program within ${mostSeconds} s.`)
  const exit = await inTime(running.exited, mostSeconds, overdue)
  signal?.throwIfAborted()
  const stderr = Buffer.concat(kept.stderr)
  return { stdout: Buffer.concat(kept.stdout), stderr, ended: orDiskLimit(toEnded(exit, limits), stderr, limits), ms: exit.wallMs }
}

/**
 * How a program ended, in the contract's words. A shortage counts only for a program that did not end well in spite of it. Where processes
 * were refused and memory ran out as well, the processes are named: many of them use up memory, while much memory makes no process.
 */
export const toEnded = (exit: ExitFrame, limits: Limits): Ended => {
  if (exit.errno !== 0) return { by: 'itself', code: exit.errno === ENOENT || exit.errno === ENOTDIR ? NOT_FOUND : NOT_EXECUTABLE }
  const failed = exit.how === 'signalled' || exit.code !== 0
  const outOf = {
    memory: { by: 'limit', limit: 'memory', allowed: limits.memoryMiB, unit: 'MiB' },
    pids: { by: 'limit', limit: 'pids', allowed: limits.pids, unit: 'processes' },
    output: { by: 'limit', limit: 'output', allowed: limits.outputKiB, unit: 'KiB' },
    disk: { by: 'limit', limit: 'disk', allowed: limits.fileMiB, unit: 'MiB' },
    time: { by: 'limit', limit: 'time', allowed: limits.wallSeconds, unit: 's' },
  } as const satisfies Record<string, Ended>
  if (exit.limit === 'output') return outOf.output
  if (failed && exit.refusedForks > 0) return outOf.pids
  if (failed && exit.memoryKills > 0) return outOf.memory
  if (exit.limit === 'time') return outOf.time
  // A shell says so of a program of its own.
  if (exit.how === 'exited' && exit.code === 128 + constants.signals.SIGXFSZ) return outOf.disk
  if (exit.how === 'exited') return { by: 'itself', code: exit.code }
  const name = Object.entries(constants.signals).find(([, number]) => number === exit.code)?.[0] ?? `SIG${exit.code}`
  return name === 'SIGXFSZ' ? outOf.disk : { by: 'signal', signal: name }
}
