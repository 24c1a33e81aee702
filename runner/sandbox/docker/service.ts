import { setTimeout as sleep } from 'node:timers/promises'
import { unlessAborted } from '../abortable.ts'
import type { Abortable, Exit, Service, ServiceSpec } from '../contract.ts'
import type { Prober } from '../prober/probe-client.ts'
import { toArchive } from './archive.ts'
import type { ContainerSpec } from './container.ts'
import type { Engine } from './engine.ts'
import type { EngineFacts } from './facts.ts'
import { listFiles } from './files.ts'
import { followLogs, type LogBuffer } from './logs.ts'
import { listProcesses } from './processes.ts'
import { kill, type Launch, removeContainer, type Started, toExit, unpackThen } from './started.ts'

const MIB = 1024 * 1024
/** How long a removal waits for the engine to hand over the rest of a log. */
const LOG_SECONDS = 2

export interface ServiceRequest {
  readonly spec: Omit<ContainerSpec, 'command' | 'role' | 'stdin' | 'logs'>
  readonly facts: EngineFacts
  readonly service: ServiceSpec
  readonly prober: Promise<Prober>
}

/** Starts a container whose PID 1 is the service's command, and waits until it is ready or has ended. */
export const startService = async (
  engine: Engine,
  launch: Launch,
  { spec, facts, service, prober }: ServiceRequest,
  o: Abortable = {},
): Promise<Service> => {
  const archive = await toArchive(service.files ?? {})
  const started = await launch(
    { ...spec, role: 'service', command: unpackThen(archive.length, service.command), stdin: true, logs: facts.logDriver },
    { part: service.name, output: false, input: archive },
  )
  try {
    const logs = await followLogs(engine, started.container, { keptBytes: spec.limits.outputKiB * 1024, clockAheadMs: facts.clockAheadMs })
    const handle = toService(engine, service.name, started, logs)
    const readiness = await readinessOf(service, started, handle, prober, o)
    return { ...handle, readiness }
  } catch (thrown) {
    await removeContainer(engine, started.container.id)
    throw thrown
  }
}

const readinessOf = async (
  service: ServiceSpec,
  started: Started,
  handle: Omit<Service, 'readiness'>,
  prober: Promise<Prober>,
  { signal }: Abortable,
): Promise<Service['readiness']> => {
  const { ready } = service
  if (!ready) return { ready: true, afterMs: 0 }
  const over = new AbortController()
  const waiting = AbortSignal.any([over.signal, ...(signal ? [signal] : [])])
  const exited = handle.exited().then((exit) => ({ ready: false, exited: exit }) as const)
  const opened = prober
    .then((probe) => probe.waitForPort({ host: service.name, port: ready.port, withinSeconds: ready.withinSeconds }, { signal: waiting }))
    .then((open) => (open ? ({ ready: true, afterMs: Date.now() - started.startedAt } as const) : ({ ready: false } as const)))
  opened.catch(() => {})
  try {
    return await Promise.race([opened, exited])
  } finally {
    over.abort()
  }
}

const toService = (engine: Engine, name: string, { container, ended }: Started, logs: LogBuffer): Omit<Service, 'readiness'> => {
  let killedByUs = false
  const exit = ended.then((ending): Exit => toExit(ending, killedByUs))
  exit.catch(() => {})
  const signal: Service['signal'] = async (what) => {
    if (what === 'SIGKILL') killedByUs = true
    await kill(engine, container, what)
  }
  return {
    name,
    logs: ({ signal: aborted } = {}) => logs.lines(aborted),
    signal,
    async stop({ graceSeconds, signal: aborted }) {
      await signal('SIGTERM')
      if (!(await within(exit, graceSeconds, aborted))) await signal('SIGKILL')
      return unlessAborted(exit, aborted)
    },
    exited: ({ signal: aborted } = {}) => unlessAborted(exit, aborted),
    async stats() {
      const stats = await engine.call("read a container's use", () => container.stats({ stream: false, 'one-shot': true }))
      const used =
        (stats.memory_stats.usage ?? 0) - (stats.memory_stats.stats?.total_inactive_file ?? stats.memory_stats.stats?.inactive_file ?? 0)
      return { memoryMiB: used / MIB, cpuSeconds: (stats.cpu_stats.cpu_usage?.total_usage ?? 0) / 1e9, restarts: 0 }
    },
    processes: () => listProcesses(engine, container),
    files: () => listFiles(engine, container),
    async [Symbol.asyncDispose]() {
      killedByUs = true
      await kill(engine, container, 'SIGKILL')
      await within(logs.complete, LOG_SECONDS)
      await removeContainer(engine, container.id)
    },
  }
}

/** Whether the promise settled within so many seconds. */
const within = async (promise: Promise<unknown>, seconds: number, signal?: AbortSignal): Promise<boolean> => {
  const over = new AbortController()
  try {
    return await Promise.race([
      promise.then(() => true),
      sleep(seconds * 1000, false, { signal: signal ? AbortSignal.any([over.signal, signal]) : over.signal }),
    ])
  } catch (thrown) {
    signal?.throwIfAborted()
    throw thrown
  } finally {
    over.abort()
  }
}
