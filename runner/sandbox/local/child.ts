import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { now } from '../prober/program/clock.ts'
import { type Group, groupOf, type Identified, membersOf, startTimeOf } from './processes.ts'
import type { Launch } from './walls.ts'

/** How long output may still come when the program itself has ended. */
const REST_MS = 1000
/** A program that is itself one of those that put up the walls is not waited for any longer. */
const BECOMES_WITHIN_MS = 5000

/** A learner's program that runs or ran. */
export interface Child {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** The program's own process, as this machine numbers it. */
  readonly pid: number
  readonly group: Group
  readonly startedAt: number
  /** Every process that has to be ended when we are gone. */
  readonly processes: readonly Identified[]
  /** Resolves when the program has ended and its output is complete. */
  readonly ended: Promise<Ending>
  /** One that ended already is no failure. */
  signal(name: NodeJS.Signals): void
  /** Ends it and everything it started. */
  end(): Promise<void>
}

export interface Ending {
  readonly code: number
  readonly at: number
  readonly ms: number
}

const Told = z.object({ 'child-pid': z.int().positive() })

/** Starts a program in a session of its own. Throws `Fault` `engine.failed` when the wall does not stand. */
export const startChild = async (launch: Launch, env: Readonly<Record<string, string>>): Promise<Child> => {
  const startedAt = now()
  const child = spawn(launch.program, [...launch.args], {
    detached: true,
    env: { ...env },
    stdio: launch.tells ? ['pipe', 'pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe'],
    ...(launch.cwd === undefined ? {} : { cwd: launch.cwd }),
  }) as ChildProcessByStdio<Writable, Readable, Readable>
  // A program that ends before it has read everything closes the pipe; that is no failure.
  child.stdin.on('error', () => {})
  // Node throws away what nobody has asked for when a program ends, so somebody asks before anything else is awaited.
  const [stdout, stderr] = [kept(child.stdout), kept(child.stderr)]
  const ended = untilEnd(child, startedAt)
  ended.catch(() => {})
  const pid = launch.tells ? await toldPid(child, stderr, ended) : await spawnedPid(child, ended)
  const group = await groupOf(pid, launch.tells).catch(() => ({ kind: 'session', of: pid }) as const)
  await untilItself(pid, launch)
  const signal: Child['signal'] = (name) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    send(pid, name)
  }
  return {
    stdin: child.stdin,
    stdout,
    stderr,
    pid,
    group,
    startedAt,
    processes: [...new Set([child.pid ?? pid, pid])].flatMap((each) => identified(each)),
    ended,
    signal,
    async end() {
      signal('SIGKILL')
      if (group.kind === 'session') for (const member of await membersOf(group)) send(member, 'SIGKILL')
      await ended
    },
  }
}

/** Until what puts up the walls and the limits has become the program that was asked for, or has ended. */
const untilItself = async (pid: number, { before }: Launch): Promise<void> => {
  const until = now() + BECOMES_WITHIN_MS
  while (now() < until) {
    const first = await readFile(`/proc/${pid}/cmdline`, 'utf8').then(
      (line) => line.split('\0')[0],
      () => '',
    )
    if (first === undefined || !before.includes(first)) return
    await delay(1)
  }
}

const kept = (output: Readable): Readable => {
  const copy = new PassThrough()
  // An output that we stop reading ends like any other: what was read until then is what there is.
  output.pipe(copy, { end: false })
  output.on('close', () => copy.end())
  return copy
}

const identified = (pid: number): readonly Identified[] => {
  const startTime = startTimeOf(pid)
  return startTime === undefined ? [] : [{ pid, startTime }]
}

const send = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw new Fault('engine.failed', `${name} could not be sent`, { cause })
  }
}

/** bubblewrap writes which process it made, and closes the descriptor. */
const toldPid = async (
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  stderr: Readable,
  ended: Promise<Ending>,
): Promise<number> => {
  try {
    return Told.parse(await json(child.stdio[3] as Readable))['child-pid']
  } catch (cause) {
    const said = await ended.then(
      ({ code }) => `it ended with code ${code}`,
      (error: Error) => error.message,
    )
    const words = String(stderr.read() ?? '').trim()
    throw new Fault('engine.failed', `bubblewrap did not start a program: ${said}${words === '' ? '' : `: ${words}`}`, { cause })
  }
}

const spawnedPid = async (child: ChildProcessByStdio<Writable, Readable, Readable>, ended: Promise<Ending>): Promise<number> => {
  if (child.pid !== undefined) return child.pid
  await ended
  throw new Fault('engine.failed', 'a program did not start')
}

const untilEnd = (child: ChildProcessByStdio<Writable, Readable, Readable>, startedAt: number): Promise<Ending> =>
  new Promise((resolve, reject) => {
    child.on('error', (cause) => reject(new Fault('engine.failed', `a program could not be started: ${cause.message}`, { cause })))
    child.on('exit', (code, signal) => {
      const at = now()
      const ending = { code: code ?? 128 + constants.signals[signal ?? 'SIGKILL'], at, ms: at - startedAt }
      // A descendant outside its walls may hold the output open for as long as it likes.
      const rest = setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
      }, REST_MS)
      child.on('close', () => {
        clearTimeout(rest)
        resolve(ending)
      })
    })
  })
