import { Fault } from '../../../fault.ts'
import { settlesWithin, unlessAborted } from '../../abortable.ts'
import { toArchive } from '../../container/archive.ts'
import { type Ending, KILLED, toExit } from '../../container/exit.ts'
import { FREE_DISK, fillDiskCommand, takeMemoryCommand } from '../../container/fill.ts'
import { LIST_FILES, LOOK_AT_LIMITS, READ_PROCESSES, toFiles, toMet, toProcesses } from '../../container/look.ts'
import { ENVIRONMENT, toClock, unpackThen } from '../../container/program.ts'
import type { Abortable, Disturbance, Exit, Limits, Service, ServiceSpec } from '../../contract.ts'
import { keepLog } from '../../kept-log.ts'
import { now } from '../../prober/program/clock.ts'
import type { PlacedProber } from '../prober.ts'
import { impossible } from './gaps.ts'
import { insideOf } from './inside.ts'
import { endingOf, type Place, removePod, type Started, startPod } from './started.ts'
import { READ_USE, toUse } from './use.ts'

const MIB = 1024 * 1024
/** What `fill` leaves of the memory unless told otherwise: room for the program that takes it. */
const LEFT_MIB = 4
const INSIDE_BYTES = 64 * 1024
/** How long a removal waits for the rest of a log. */
const LOG_SECONDS = 5
/** How long the cluster's name server may take to learn a name. */
const NAME_SECONDS = 30

export interface ServiceRequest {
  readonly place: Place
  /** Unique in the sandbox; names can come again. */
  readonly pod: string
  readonly image: string
  readonly service: ServiceSpec
  readonly limits: Limits
  readonly seconds: number
  readonly prober: () => Promise<PlacedProber>
  /** Told the address as soon as it is known. */
  readonly onAddress: (address: string) => void
}

/** Starts a Pod whose PID 1 is the service's command, and waits until it is ready or has ended. */
export const startService = async (request: ServiceRequest, o: Abortable = {}): Promise<Service> => {
  const { place, pod, image, service, limits, seconds, onAddress } = request
  const archive = await toArchive(service.files ?? {})
  const command = withLimits(limits, unpackThen(archive.length, withEnvironment(service)))
  const started = await startPod(
    place,
    { name: pod, hostname: service.name, image, command, limits, names: true, seconds, again: false },
    o,
  )
  try {
    onAddress(started.address)
    started.stdin.write(archive)
    const run = follow(place, started, limits)
    const readiness = await readinessOf(request, run, o)
    return toService(request, run, readiness)
  } catch (thrown) {
    started.close()
    await removePod(place, pod).catch(() => {})
    throw thrown
  }
}

/** What a container cannot be given in a Pod, its first process gives itself: sizes of a file and of the table of open ones, no core dumps. */
const withLimits = (
  { fileMiB, openFiles }: Limits,
  [shell = '', flag = '', script = '', ...rest]: readonly string[],
): readonly string[] => [
  shell,
  flag,
  // A shell counts a file in blocks of 512 bytes.
  `ulimit -c 0 && ulimit -n ${openFiles} && ulimit -f ${fileMiB * 2048} && ${script} < /dev/null`,
  ...rest,
]

/** Only what the lab sets: a kubelet puts the address of the API server into every container. */
const withEnvironment = ({ name, command, env, clockAheadSeconds }: ServiceSpec): readonly string[] => {
  const all = {
    ...ENVIRONMENT,
    HOSTNAME: name,
    ...env,
    ...(clockAheadSeconds !== undefined && toClock(clockAheadSeconds)),
  }
  return ['env', '-i', ...Object.entries(all).map(([variable, value]) => `${variable}=${value}`), ...command]
}

/** A service's container from its start to its end. */
interface Run {
  readonly started: Started
  readonly startedAt: number
  readonly log: ReturnType<typeof keepLog>
  readonly exit: Promise<Exit>
  readonly isOver: () => boolean
  /** Ends it at once, and notes why. */
  kill(why: 'us' | 'output'): Promise<void>
  /** Notes that processes were refused to it. */
  refuse(): void
}

const follow = (place: Place, started: Started, limits: Limits): Run => {
  const state: { killed: 'us' | 'output' | undefined; refused: boolean; over: boolean } = { killed: undefined, refused: false, over: false }
  const kill: Run['kill'] = async (why) => {
    if (state.over) return
    state.killed ??= why
    await removePod(place, started.name)
  }
  const log = keepLog({ stdout: started.stdout, stderr: started.stderr }, limits.outputKiB * 1024, () => {
    // What cannot be read as fast as it is written would be kept on the way here.
    started.close()
    kill('output').catch(() => {})
  })
  const exit = endingOf(place, started).then((ending): Exit => {
    if (ending !== undefined) return toExit(ending, state, limits)
    if (state.killed === undefined) throw new Fault('cluster.failed', `The Pod ${started.name} was removed, and not by us.`)
    // The Pod went before its kubelet had told how its container ended.
    const told: Ending = { code: KILLED, outOfMemory: false, at: now() }
    return toExit(told, state, limits)
  })
  const end = () => {
    state.over = true
  }
  exit.then(end, end)
  return { started, startedAt: now(), log, exit, isOver: () => state.over, kill, refuse: () => (state.refused = true) }
}

const readinessOf = async (
  { service: { name, ready }, place, prober }: ServiceRequest,
  { exit, started, startedAt }: Run,
  { signal }: Abortable,
): Promise<Service['readiness']> => {
  if (!ready) return { ready: true, afterMs: 0 }
  const over = new AbortController()
  const waiting = AbortSignal.any([over.signal, ...(signal ? [signal] : [])])
  const open = async (): Promise<Service['readiness']> => {
    const { prober: probe, domain } = await prober()
    const isOpen = (host: string, withinSeconds: number) =>
      probe.waitForPort({ host, port: ready.port, withinSeconds }, { signal: waiting })
    if (!(await isOpen(started.address, ready.withinSeconds))) return { ready: false }
    const afterMs = now() - startedAt
    // Reachable by its name is more than ready: the others ask the name server, which learns of a Pod a moment after its kubelet.
    await isOpen(`${name}.${place.namespace}.svc.${domain}`, NAME_SECONDS)
    return { ready: true, afterMs }
  }
  const opened = open()
  opened.catch(() => {})
  try {
    return await unlessAborted(Promise.race([opened, exit.then((exited) => ({ ready: false, exited }) as const)]), signal)
  } finally {
    over.abort()
  }
}

const toService = ({ place, pod, service: { name }, limits }: ServiceRequest, run: Run, readiness: Service['readiness']): Service => {
  const inside = insideOf(place, pod, () => settlesWithin(run.exit, LOG_SECONDS).catch(() => true))
  const tell = async (command: readonly string[]): Promise<string> => {
    if (run.isOver()) return ''
    return Buffer.from((await inside.run(command))?.stdout ?? '').toString('utf8')
  }
  /**
   * SIGTERM and SIGHUP come from a program inside: the kernel gives them to PID 1 by the same rule as those from outside, only to a
   * handler. SIGKILL from inside never reaches PID 1, so that is the end of the Pod, which a kubelet begins with the image's own stop
   * signal; the image's is SIGKILL. Deleting the Pod with a grace period would do for `stop` as well, but the kubelet counts whole seconds
   * and rounds 0 up, and a signal that is not the last has no other way.
   */
  const signal: Service['signal'] = async (what) => {
    if (what === 'SIGKILL') return run.kill('us')
    if (!run.isOver()) await inside.run(['/bin/sh', '-c', `kill -${what.slice(3)} 1`])
  }
  const used = async () => toUse(await tell(READ_USE))
  const look = async () => {
    const met = toMet(await tell(LOOK_AT_LIMITS))
    if (met.includes('pids')) run.refuse()
    return met
  }
  return {
    name,
    readiness,
    logs: ({ signal: aborted } = {}) => run.log.lines(aborted),
    signal,
    async stop({ graceSeconds, signal: aborted }) {
      if (graceSeconds > 0) await signal('SIGTERM')
      if (!(await settlesWithin(run.exit, graceSeconds, aborted))) await signal('SIGKILL')
      return unlessAborted(run.exit, aborted)
    },
    exited: ({ signal: aborted } = {}) => unlessAborted(run.exit, aborted),
    pause: () => impossible('pause'),
    restart: () => impossible('restart'),
    isolate: () => impossible('isolate'),
    degrade: () => impossible('degrade'),
    async fill(what, { leaveMiB } = {}) {
      if (run.isOver()) throw new Fault('lab.broken', 'A service that has ended cannot have its limits filled.')
      if (what === 'disk') {
        await tell(fillDiskCommand({ leaveKiB: (leaveMiB ?? 0) * 1024, fileKiB: limits.fileMiB * 1024 }))
        return once(async () => void (await tell(FREE_DISK)))
      }
      const free = (limits.memoryMiB - (leaveMiB ?? LEFT_MIB)) * MIB - (await used()).bytes
      const { stdin, stderr, ended } = inside.begin(takeMemoryCommand(Math.max(0, free)))
      const filled = stderr[Symbol.asyncIterator]().next()
      const said = await Promise.race([filled, ended.then(() => undefined)])
      if (!/filled/.test(String(said?.value ?? '')))
        throw new Fault('sandbox.impossible', 'The memory of a Pod could not be filled: the kernel ended what was to hold it.')
      return once(async () => {
        stdin.end()
        await ended.catch(() => {})
      })
    },
    async inside(command, o = {}) {
      return run.isOver() ? undefined : inside.run(command, { ...o, most: INSIDE_BYTES })
    },
    async stats() {
      const { bytes, cpuSeconds } = await used()
      return { memoryMiB: bytes / MIB, cpuSeconds, restarts: 0, exhausted: await look() }
    },
    processes: async () => toProcesses(await tell(READ_PROCESSES)),
    files: async () => toFiles(await tell(LIST_FILES)),
    async [Symbol.asyncDispose]() {
      await run.kill('us')
      await settlesWithin(run.exit, LOG_SECONDS).catch(() => {})
      run.started.close()
      await removePod(place, pod)
    },
  }
}

/** A disturbance that is undone the first time it is disposed of. */
const once = (undo: () => Promise<void>): Disturbance => {
  let undone: Promise<void> | undefined
  return { at: now(), [Symbol.asyncDispose]: () => (undone ??= undo()) }
}
