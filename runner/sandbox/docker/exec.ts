import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { FILE_TOO_LARGE } from '../container/exit.ts'
import type { Ended, ExecResult, Limits } from '../contract.ts'
import { orDiskLimit } from '../disk-limit.ts'
import type { ContainerSpec } from './container.ts'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'
import { type Ending, kill, type Launch, removeContainer, type Started } from './started.ts'

/** What the shell around a program says of the kernel's walls, after everything that the program said. */
const NOTES = { pids: '\0hatoba: processes refused\0', memory: '\0hatoba: memory ran out\0' } as const
type Note = keyof typeof NOTES
/** Says the note where one of these files of the kernel's counts more than none beside the word. */
const sayWhere = (note: Note, word: string, files: string): readonly string[] => [
  `for file in ${files}; do while read -r what times; do`,
  `[ "$what" = ${word} ] && [ "$times" -gt 0 ] && printf '${NOTES[note].replaceAll('\0', '\\0')}' >&3`,
  'done < "$file"; done',
]

/**
 * The program under a shell that waits for it, so that signals, zombies and exit codes are what they are anywhere else; as
 * PID 1 it would not even die by its own abort(). At the end the shell says what the kernel refused: an engine does not always hear of it
 * (https://github.com/containerd/containerd/issues/8180).
 */
const underShell = (command: readonly string[]): readonly string[] => [
  '/bin/sh',
  '-c',
  [
    'exec 3>&2 2>/dev/null',
    '"$@" 2>&3 3>&-',
    'code=$?',
    'cd /sys/fs/cgroup || exit $code',
    ...sayWhere('pids', 'max', 'pids/pids.events pids.events'),
    ...sayWhere('memory', 'oom_kill', 'memory/memory.oom_control memory.events'),
    'exit $code',
  ].join('\n'),
  'sh',
  ...command,
]

export interface ExecRequest {
  readonly spec: Omit<ContainerSpec, 'command' | 'role' | 'stdin' | 'logs'>
  readonly part: string
  readonly command: readonly string[]
  readonly stdin?: Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

/** Runs a program to its end in a container of its own, which is removed before this resolves. */
export const execute = async (engine: Engine, launch: Launch, { spec, part, command, stdin, signal }: ExecRequest): Promise<ExecResult> => {
  signal?.throwIfAborted()
  const limits = spec.limits
  const started = await launch(
    { ...spec, role: 'exec', command: underShell(command), stdin: stdin !== undefined, logs: 'none' },
    { part, output: true, ...(stdin && { input: stdin }) },
  )
  const over = new AbortController()
  try {
    const stop = { by: undefined as Ended | undefined }
    const end = async (by: Ended) => {
      stop.by ??= by
      await kill(engine, started.container, 'SIGKILL')
    }
    const onAbort = () => void end({ by: 'us' }).catch(() => {})
    signal?.addEventListener('abort', onAbort, { once: true, signal: over.signal })
    if (signal?.aborted) onAbort()
    sleep(limits.wallSeconds * 1000, undefined, { signal: over.signal })
      .then(
        async () => end(await whatRanOut(engine, started, limits)),
        () => {},
      )
      .catch(() => {})
    const [output, ending] = await Promise.all([
      collect(started, limits.outputKiB * 1024, () => end({ by: 'limit', limit: 'output', allowed: limits.outputKiB, unit: 'KiB' })),
      started.ended,
    ])
    signal?.throwIfAborted()
    const { stderr, notes } = withoutNotes(output.stderr)
    return { stdout: output.stdout, stderr, ended: stop.by ?? orDiskLimit(toEnded(ending, notes, limits), stderr, limits), ms: ending.ms }
  } finally {
    over.abort()
    started.attached.destroy()
    await removeContainer(engine, started.container.id)
  }
}

/** At the deadline: a program that stands at its limit of processes is stopped by that, not by the clock. */
const whatRanOut = async (engine: Engine, { container }: Started, limits: Limits): Promise<Ended> => {
  const stats = await engine.unless([404, 409], "read a container's use", () => container.stats({ stream: false, 'one-shot': true }))
  return (stats?.pids_stats?.current ?? 0) >= limits.pids
    ? { by: 'limit', limit: 'pids', allowed: limits.pids, unit: 'processes' }
    : { by: 'limit', limit: 'time', allowed: limits.wallSeconds, unit: 's' }
}

/** In the order in which the agent names them. */
const toEnded = ({ code, outOfMemory }: Ending, notes: ReadonlySet<Note>, limits: Limits): Ended => {
  if (notes.has('pids') && code !== 0) return { by: 'limit', limit: 'pids', allowed: limits.pids, unit: 'processes' }
  if ((outOfMemory || notes.has('memory')) && code !== 0) return { by: 'limit', limit: 'memory', allowed: limits.memoryMiB, unit: 'MiB' }
  if (code === FILE_TOO_LARGE) return { by: 'limit', limit: 'disk', allowed: limits.fileMiB, unit: 'MiB' }
  const signal = Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0]
  return signal === undefined ? { by: 'itself', code } : { by: 'signal', signal }
}

const collect = async (started: Started, most: number, onTooMuch: () => Promise<void>): Promise<{ stdout: Buffer; stderr: Buffer }> => {
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  let left = most
  let ending: Promise<void> | undefined
  for await (const { stream, bytes } of demux(started.attached)) {
    const kept = bytes.subarray(0, left)
    left -= kept.length
    if (kept.length > 0) parts[stream].push(kept)
    // Reading goes on: the engine reports a container's end only when its output has been taken.
    if (kept.length < bytes.length) ending ??= onTooMuch()
  }
  await ending
  return { stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) }
}

/** What processes that outlive the program write may come after the notes. A forged one makes a limit of a failure, nothing else. */
const withoutNotes = (stderr: Buffer): { stderr: Buffer; notes: ReadonlySet<Note> } => {
  const notes = new Set<Note>()
  let rest = stderr
  for (const note of Object.keys(NOTES) as Note[]) {
    const at = rest.indexOf(NOTES[note])
    if (at < 0) continue
    notes.add(note)
    rest = Buffer.concat([rest.subarray(0, at), rest.subarray(at + NOTES[note].length)])
  }
  return { stderr: rest, notes }
}
