import { settlesWithin, unlessAborted } from '../abortable.ts'
import { toArchive } from '../container/archive.ts'
import { toClock, unpackThen } from '../container/program.ts'
import type { Abortable, LimitName, Service, ServiceSpec } from '../contract.ts'
import { type InTurn, openTurn } from '../in-turn.ts'
import type { Prober } from '../prober/probe-client.ts'
import type { ContainerSpec } from './container.ts'
import type { Edges } from './edges/edges.ts'
import type { Engine } from './engine.ts'
import type { EngineFacts } from './facts.ts'
import { listFiles } from './files.ts'
import { exhaustedIn, fillDisk, takeMemory } from './fill.ts'
import type { Seen } from './logs.ts'
import { inside, listProcesses } from './processes.ts'
import { follow, LOG_SECONDS, type Run } from './run.ts'
import { kill, type Launch, removeContainer, type Started } from './started.ts'

const MIB = 1024 * 1024
/** What `fill` leaves of the memory unless told otherwise: room for the program that takes it. */
const LEFT_MIB = 4
/** How long whoever kills a service waits for its end before the next of the sandbox may be killed. */
const END_SECONDS = 5

export interface ServiceRequest {
  readonly spec: Omit<ContainerSpec, 'command' | 'role' | 'stdin' | 'logs'>
  readonly facts: EngineFacts
  readonly service: ServiceSpec
  readonly prober: Promise<Prober>
  readonly edges: Edges
  /** Of the sandbox: in it containers leave the network one after the other, as `removeAll` has them. */
  readonly leaving: InTurn
}

/** Starts a container whose PID 1 is the service's command, and waits until it is ready or has ended. */
export const startService = async (engine: Engine, launch: Launch, request: ServiceRequest, o: Abortable = {}): Promise<Service> => {
  const { spec, facts, service } = request
  const archive = await toArchive(service.files ?? {})
  // Behind walls of its own it finds its files where they are, and may not be able to unpack any.
  const begins = service.walls
    ? { command: service.command, stdin: false }
    : { command: unpackThen(archive.length, service.command), stdin: true }
  const started = await launch(
    {
      ...spec,
      ...begins,
      env: { ...spec.env, ...(service.clockAheadSeconds !== undefined && toClock(service.clockAheadSeconds)) },
      role: 'service',
      logs: facts.logDriver,
    },
    { part: service.name, output: false, ...(begins.stdin && { input: archive }) },
  )
  const begin = async (each: Started, after?: Seen) => {
    await request.edges.moved(service.name, each.network)
    const run = await follow(engine, each, { limits: spec.limits, clockAheadMs: facts.clockAheadMs, after })
    return { run, ready: () => readinessOf(request, run, o) }
  }
  try {
    const first = await begin(started)
    const handle = toService(engine, request, first.run, begin)
    return { ...handle, readiness: await first.ready() }
  } catch (thrown) {
    await removeContainer(engine, started.container.id)
    throw thrown
  }
}

const readinessOf = async ({ service, prober }: ServiceRequest, run: Run, { signal }: Abortable): Promise<Service['readiness']> => {
  const { ready } = service
  if (!ready) return { ready: true, afterMs: 0 }
  const over = new AbortController()
  const waiting = AbortSignal.any([over.signal, ...(signal ? [signal] : [])])
  const exited = run.exit.then((exit) => ({ ready: false, exited: exit }) as const)
  const opened = prober
    .then((probe) => probe.waitForPort({ host: service.name, port: ready.port, withinSeconds: ready.withinSeconds }, { signal: waiting }))
    .then((open) => (open ? ({ ready: true, afterMs: Date.now() - run.started.startedAt } as const) : ({ ready: false } as const)))
  opened.catch(() => {})
  try {
    return await unlessAborted(Promise.race([opened, exited]), signal)
  } finally {
    over.abort()
  }
}

type Begin = (started: Started, after?: Seen) => Promise<{ readonly run: Run; ready(): Promise<Service['readiness']> }>

const toService = (
  engine: Engine,
  { spec, service, edges, leaving }: ServiceRequest,
  first: Run,
  begin: Begin,
): Omit<Service, 'readiness'> => {
  const { name } = service
  const { container } = first.started
  const runs: Run[] = [first]
  const restartInTurn = openTurn()
  let restarting: Promise<unknown> = Promise.resolve()
  const run = () => runs.at(-1) ?? first
  const signal: Service['signal'] = async (what) => {
    if (what !== 'SIGKILL') return kill(engine, container, what)
    run().killed ??= 'us'
    await killWaiting()
  }
  const killWaiting = () =>
    leaving(async () => {
      const { exit } = run()
      await kill(engine, container, 'SIGKILL')
      // Why its end cannot be known is told to whoever asks for it.
      await settlesWithin(
        exit.catch(() => {}),
        END_SECONDS,
      )
    })
  const end = async (graceSeconds: number, aborted: AbortSignal | undefined) => {
    const { exit } = run()
    // One that has ended has nothing to tell any more.
    await used().catch(() => {})
    await signal('SIGTERM')
    if (!(await settlesWithin(exit, graceSeconds, aborted))) await signal('SIGKILL')
    return unlessAborted(exit, aborted)
  }
  const restart: Service['restart'] = async ({ graceSeconds, signal: aborted }) => {
    const before = run()
    await end(graceSeconds, aborted)
    await settlesWithin(before.logs.complete, LOG_SECONDS)
    const begun = await begin(await before.started.again(), before.logs.seen())
    runs.push(begun.run)
    return begun.ready()
  }
  const used = async () => {
    const stats = await engine.call("read a container's use", () => container.stats({ stream: false, 'one-shot': true }))
    const { usage = 0, stats: more } = stats.memory_stats
    // At its limit nothing of ours could be started in it to ask.
    if ((stats.pids_stats?.current ?? 0) >= spec.limits.pids) run().refused = true
    return {
      bytes: usage - (more?.total_inactive_file ?? more?.inactive_file ?? 0),
      cpuSeconds: (stats.cpu_stats.cpu_usage?.total_usage ?? 0) / 1e9,
    }
  }
  return {
    name,
    async *logs({ signal: aborted } = {}) {
      for (let number = 0; number < runs.length; number += 1) {
        yield* runs[number]?.logs.lines(aborted) ?? []
        await restarting.catch(() => {})
      }
    },
    signal,
    stop: ({ graceSeconds, signal: aborted }) => end(graceSeconds, aborted),
    exited: ({ signal: aborted } = {}) => unlessAborted(run().exit, aborted),
    restart(o) {
      const next = restartInTurn(() => restart(o))
      restarting = next
      return next
    },
    async pause() {
      await engine.call('pause a container', () => container.pause())
      return {
        at: Date.now(),
        [Symbol.asyncDispose]: async () => void (await engine.unless([404, 409, 500], 'resume a container', () => container.unpause())),
      }
    },
    isolate: (from, { signal: aborted } = {}) => unlessAborted(edges.disturb(name, from, { cut: true }), aborted),
    degrade: (to, { delayMs = 0, loss = 0 }, { signal: aborted } = {}) =>
      unlessAborted(edges.disturb(name, to, { ms: delayMs, loss }), aborted),
    async fill(what, { leaveMiB } = {}) {
      const undo =
        what === 'disk'
          ? await fillDisk(engine, container, { leaveKiB: (leaveMiB ?? 0) * 1024, fileKiB: spec.limits.fileMiB * 1024 })
          : await takeMemory(engine, container, Math.max(0, (spec.limits.memoryMiB - (leaveMiB ?? LEFT_MIB)) * MIB - (await used()).bytes))
      let undone: Promise<void> | undefined
      return { at: Date.now(), [Symbol.asyncDispose]: () => (undone ??= undo()) }
    },
    inside: (command, o = {}) => inside(engine, container, command, o),
    async stats() {
      const { bytes, cpuSeconds } = await used()
      const met = run().refused ? new Set<LimitName>(['pids']) : new Set(await exhaustedIn(engine, container))
      if (met.has('pids')) run().refused = true
      return { memoryMiB: bytes / MIB, cpuSeconds, restarts: runs.length - 1, exhausted: [...met] }
    },
    processes: () => listProcesses(engine, container),
    files: () => listFiles(engine, container),
    async [Symbol.asyncDispose]() {
      run().killed ??= 'us'
      await killWaiting()
      await settlesWithin(run().logs.complete, LOG_SECONDS)
      await removeContainer(engine, container.id)
    },
  }
}
