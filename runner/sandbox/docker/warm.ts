import { Duplex } from 'node:stream'
import { AGENT_PATH, withAgentReference } from '../../images/agent/install.ts'
import { type Agent, agentOver } from '../agent/client.ts'
import type { ImageName } from '../contract.ts'
import { limitsOf } from '../limits.ts'
import type { Shape, StartSlot } from '../pool.ts'
import { type ContainerSpec, toContainer } from './container.ts'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'
import type { Owner } from './labels.ts'
import { nameOf } from './network.ts'
import { removeContainer } from './started.ts'

export interface WarmOptions {
  readonly engine: Engine
  readonly instance: string
  readonly newId: () => string
  readonly referenceOf: (image: ImageName) => string
  /** Sandboxes that this process holds; a slot is in it from before its start until after its removal. */
  readonly inUse: Set<string>
  readonly runtime?: string | undefined
}

/** How long a slot may live, waiting and used; then the sweep takes it, whoever holds it. */
const LIFE_SECONDS = 3600
/** The agent sets these for each program; the folder's size bounds what the agent itself writes. */
const CEILING = { openFiles: 8192, fileMiB: 65_536 }
const MIB = 1024 * 1024

/** The container of a slot: no network, one writable folder, the agent in it. Pure. */
export const toWarmContainer = (owner: Owner, { limits }: Shape, image: string, runtime?: string): ContainerSpec => ({
  owner,
  role: 'exec',
  image,
  command: [AGENT_PATH],
  limits: limitsOf(limits, CEILING),
  work: 'own',
  stdin: true,
  logs: 'none',
  ...(runtime !== undefined && { runtime }),
})

/** Starts slots on Docker Engine. Throws `Fault`: `engine.*`, `image.missing`. */
export const startWarm =
  ({ engine, instance, newId, referenceOf, inUse, runtime }: WarmOptions): StartSlot =>
  async (shape, { signal }) => {
    const deadline = Math.ceil(Date.now() / 1000) + LIFE_SECONDS
    const owner: Owner = { instance, sandbox: newId(), submission: 'pool', deadline }
    const image = await withAgentReference(referenceOf(shape.image))
    signal?.throwIfAborted()
    inUse.add(owner.sandbox)
    let agent: Agent | undefined
    let id: string | undefined
    const remove = async () => {
      try {
        if (id !== undefined) await removeContainer(engine, id)
      } finally {
        inUse.delete(owner.sandbox)
        await agent?.[Symbol.asyncDispose]()
      }
    }
    try {
      const spec = toWarmContainer(owner, shape, image, runtime)
      const container = await engine.call('create a container', (docker) =>
        docker.createContainer({ name: nameOf(owner.sandbox), ...toContainer(spec) }),
      )
      id = container.id
      const attached = await engine.call('attach to a container', () =>
        container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true }),
      )
      agent = agentOver(overAttach(attached as unknown as Duplex))
      await engine.call('start a container', () => container.start())
      await agent.ready(signal ? { signal } : {})
      let removing: Promise<void> | undefined
      return {
        id: owner.sandbox,
        agent,
        expiresAt: deadline * 1000,
        resize: (limits) => resize(engine, container.id, limits),
        remove: () => (removing ??= remove()),
      }
    } catch (thrown) {
      await remove()
      throw thrown
    }
  }

const resize = async (engine: Engine, id: string, { memoryMiB, cpus, pids }: Shape['limits']): Promise<void> => {
  await engine.call('change the limits of a container', (docker) =>
    docker
      .getContainer(id)
      .update({ Memory: memoryMiB * MIB, MemorySwap: memoryMiB * MIB, NanoCpus: Math.round(cpus * 1e9), PidsLimit: pids }),
  )
}

/** What the program in a container says on stdout and hears on stdin, out of the engine's multiplexed stream. */
export const overAttach = (socket: Duplex): Duplex => {
  const stream = new Duplex({
    read: () => {},
    write: (bytes, _encoding, done) => void socket.write(bytes, done),
    final: (done) => void socket.end(done),
    destroy: (cause, done) => {
      socket.destroy()
      done(cause)
    },
  })
  const listen = async () => {
    for await (const frame of demux(socket)) if (frame.stream === 'stdout') stream.push(frame.bytes)
    stream.push(null)
  }
  listen().catch((cause: Error) => stream.destroy(cause))
  return stream
}
