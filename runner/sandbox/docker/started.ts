import type { Socket } from 'node:net'
import type { Container } from 'dockerode'
import type { Exit } from '../contract.ts'
import { type ContainerSpec, toContainer, WORK } from './container.ts'
import type { Engine } from './engine.ts'
import type { EngineFacts } from './facts.ts'
import { statusOf } from './fault.ts'
import { nameOf } from './network.ts'
import { toMillis } from './time.ts'

/** A container that runs or ran: its handle, and one promise of its end. */
export interface Started {
  readonly container: Container
  /** The attached stdin and, where asked for, output. */
  readonly attached: Socket
  readonly startedAt: number
  /** What the engine knows about its end. Rejects with a Fault only when the engine fails. */
  readonly ended: Promise<Ending>
}

export interface Ending {
  readonly code: number
  readonly outOfMemory: boolean
  readonly at: number
  readonly ms: number
}

/**
 * The command that unpacks files which arrive on stdin into the working directory and then *becomes* the program: `exec`
 * leaves no shell behind, so that the program is PID 1. A tmpfs exists only once the container runs, and its root cannot be
 * written, so there is no other moment at which files could be put there.
 */
export const unpackThen = (archiveBytes: number, command: readonly string[]): readonly string[] => [
  '/bin/sh',
  '-c',
  `head -c ${archiveBytes} | tar -xf - -C ${WORK} && exec "$@"`,
  'sh',
  ...command,
]

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
export const startContainer = async (
  engine: Engine,
  { clockAheadMs }: EngineFacts,
  spec: ContainerSpec,
  { part, output, input, keepOpen }: StartOptions,
): Promise<Started> => {
  const container = await engine.call('create a container', (docker) =>
    docker.createContainer({ name: nameOf(spec.owner.sandbox, part), ...toContainer(spec) }),
  )
  try {
    const attached = (await engine.call('attach to a container', () =>
      container.attach({ stream: true, hijack: true, stdin: spec.stdin, stdout: output, stderr: output }),
    )) as unknown as Socket
    // A program that ends before it has read everything closes the pipe; that is no failure.
    attached.on('error', () => {})
    await engine.call('start a container', () => container.start())
    if (input) attached.write(input)
    if (spec.stdin && !keepOpen) attached.end()
    const ended = waitFor(engine, container, clockAheadMs)
    ended.catch(() => {})
    return { container, attached, startedAt: Date.now(), ended }
  } catch (thrown) {
    await removeContainer(engine, container.id)
    throw thrown
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

/** Who ended it: ours is only what SIGKILL did. */
export const toExit = (ending: Ending, killedByUs: boolean): Exit => ({
  code: ending.code,
  by: ending.code === 137 && killedByUs ? 'us' : ending.outOfMemory && ending.code !== 0 ? 'memory' : 'itself',
  at: ending.at,
})

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
