import type { Socket } from 'node:net'
import type { Container, ContainerCreateOptions } from 'dockerode'
import type { Ending as ContainerEnding } from '../container/exit.ts'
import { attach } from './attach.ts'
import { toSeccomp } from './build/seccomp.ts'
import { type ContainerSpec, toContainer } from './container.ts'
import type { Engine } from './engine.ts'
import type { EngineFacts } from './facts.ts'
import { statusOf } from './fault.ts'
import { nameOf } from './network.ts'
import { toMillis } from './time.ts'

/** A container that runs or ran: its handle, and one promise of its end. */
export interface Started {
  readonly container: Container
  /** The container in whose network it stands: itself, or the holder of its place. */
  readonly network: string
  /** The attached stdin and, where asked for, output. */
  readonly attached: Socket
  readonly startedAt: number
  /** What the engine knows about its end. Rejects with a Fault only when the engine fails. */
  readonly ended: Promise<Ending>
  /** Starts the same container once more, with the same input. Only after its end. */
  again(): Promise<Started>
}

export interface Ending extends ContainerEnding {
  readonly ms: number
}

export interface StartOptions {
  readonly part: string
  readonly output: boolean
  /** Written to its stdin right after the start, which is then closed unless `keepOpen`. */
  readonly input?: Uint8Array
  readonly keepOpen?: boolean
}

/** Starts containers of one sandbox; refuses once that is being disposed of. */
export type Launch = (spec: ContainerSpec, options: StartOptions) => Promise<Started>

/** Creates a container, attaches to it, starts it; removes it again when that fails. */
export const startContainer = async (engine: Engine, facts: EngineFacts, spec: ContainerSpec, options: StartOptions): Promise<Started> => {
  const request = facts.takesFilter ? withFilter(toContainer(spec), spec.walls ? ROOT_FILTER : FILTER) : toContainer(spec)
  const container = await engine.call('create a container', (docker) =>
    docker.createContainer({ name: nameOf(spec.owner.sandbox, options.part), ...request }),
  )
  try {
    return await begin(engine, facts, container, spec, options)
  } catch (thrown) {
    await removeContainer(engine, container.id)
    throw thrown
  }
}

/** The engine's own filter lets pass what depends on its age: rings of the kernel, sockets past the network namespace. Pure. */
const withFilter = (request: ContainerCreateOptions, filter: string): ContainerCreateOptions => ({
  ...request,
  HostConfig: { ...request.HostConfig, SecurityOpt: [...(request.HostConfig?.SecurityOpt ?? []), `seccomp=${filter}`] },
})
const FILTER = JSON.stringify(toSeccomp('run'))
/** Watches on files are counted over the whole machine for one user, and who may be root could take those of the machine's own root. */
const ROOT_FILTER = JSON.stringify(toSeccomp('run', ['inotify_init', 'inotify_init1']))

const begin = async (
  engine: Engine,
  facts: EngineFacts,
  container: Container,
  spec: ContainerSpec,
  options: StartOptions,
): Promise<Started> => {
  const { output, input, keepOpen } = options
  const attached = await attach(engine, container, { stdin: spec.stdin, output })
  await engine.call('start a container', () => container.start())
  if (input) attached.write(input)
  if (spec.stdin && !keepOpen) attached.end()
  const ended = waitFor(engine, container, facts.clockAheadMs)
  // With output, what was said last may still be on its way.
  ended.catch(() => {}).finally(() => output || attached.destroy())
  return {
    container,
    network: spec.network?.holder ?? container.id,
    attached,
    startedAt: Date.now(),
    ended,
    again: () => begin(engine, facts, container, spec, options),
  }
}

const waitFor = async (engine: Engine, container: Container, clockAheadMs: number): Promise<Ending> => {
  await engine.call('wait for a container', () => container.wait(), { seconds: 24 * 3600 })
  const { State } = await engine.call('look at a container', () => container.inspect())
  const finishedAt = toMillis(State.FinishedAt)
  return { code: State.ExitCode, outOfMemory: State.OOMKilled, at: finishedAt - clockAheadMs, ms: finishedAt - toMillis(State.StartedAt) }
}

/** Sends a signal; one that no longer runs is no failure. */
export const kill = async (engine: Engine, container: Container, signal: 'SIGTERM' | 'SIGKILL' | 'SIGHUP'): Promise<void> => {
  await engine.unless([404, 409], `send ${signal}`, () => container.kill({ signal }))
}

/** Removes a container whatever state it is in. One that somebody else is removing is waited for: its network is in use until then. */
export const removeContainer = async (engine: Engine, id: string): Promise<void> => {
  await engine.unless([404], 'remove a container', async (docker) => {
    const container = docker.getContainer(id)
    await container.remove({ force: true, v: true }).catch(async (thrown: unknown) => {
      if (statusOf(thrown) !== 409) throw thrown
      await container.wait({ condition: 'removed' })
    })
  })
}
