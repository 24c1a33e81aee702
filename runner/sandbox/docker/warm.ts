import type { ContainerCreateOptions } from 'dockerode'
import { Fault } from '../../fault.ts'
import { AGENT_PATH, withAgentReference } from '../../images/agent/install.ts'
import { inTime } from '../abortable.ts'
import { type Agent, agentOver } from '../agent/client.ts'
import { nestingSecurity } from '../agent/nesting.ts'
import type { ImageName } from '../contract.ts'
import type { StartHost } from '../hosts.ts'
import { limitsOf } from '../limits.ts'
import type { Shape, StartSlot } from '../pool.ts'
import { type AheadOptions, ownAhead } from './ahead.ts'
import { attach, overAttach } from './attach.ts'
import { type ContainerSpec, INODES, toContainer } from './container.ts'
import type { Engine } from './engine.ts'
import type { Owner } from './labels.ts'
import { nameOf } from './network.ts'
import { removeContainer } from './started.ts'

export interface WarmOptions extends AheadOptions {
  readonly referenceOf: (image: ImageName) => string
}

/** The agent sets these for each program; the folder's size bounds what the agent itself writes. */
const CEILING = { openFiles: 8192, fileMiB: 65_536 }
const MIB = 1024 * 1024
const END_SECONDS = 10

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

/** The container of a host: the same, but its agent may make namespaces and does nothing else. Pure. */
export const toHostContainer = (spec: ContainerSpec, { apparmor }: { readonly apparmor: boolean }): ContainerCreateOptions => {
  const request = toContainer({ ...spec, command: [AGENT_PATH, 'nest'] })
  return { ...request, HostConfig: { ...request.HostConfig, ...nestingSecurity({ apparmor }) } }
}

interface Warm {
  readonly owner: Owner
  readonly agent: Agent
  readonly ended: Promise<void>
  readonly expiresAt: number
  resize(limits: Shape['limits']): Promise<void>
  remove(): Promise<void>
}

/** Starts slots, and hosts of slots, on Docker Engine. Throws `Fault`: `engine.*`, `image.missing`. */
export const startWarm = (options: WarmOptions): { readonly slot: StartSlot; readonly host: StartHost } => {
  const { engine, newId, referenceOf, runtime } = options
  const images = new Map<ImageName, Promise<string>>()
  const imageOf = (name: ImageName): Promise<string> => {
    const image = images.get(name) ?? withAgentReference(referenceOf(name))
    images.set(name, image)
    return image
  }
  let apparmor: Promise<boolean> | undefined
  const hasAppArmor = (): Promise<boolean> => {
    apparmor ??= engine
      .call('tell what it can do', (docker) => docker.info())
      .then(({ SecurityOptions }: { SecurityOptions?: readonly string[] }) =>
        (SecurityOptions ?? []).some((option) => option.includes('apparmor')),
      )
    apparmor.catch(() => (apparmor = undefined))
    return apparmor
  }

  const start = async (
    shape: Shape,
    toRequest: (spec: ContainerSpec) => ContainerCreateOptions,
    signal: AbortSignal | undefined,
  ): Promise<Warm> => {
    const image = await imageOf(shape.image)
    signal?.throwIfAborted()
    const { owner, release } = ownAhead(options)
    let agent: Agent | undefined
    let id: string | undefined
    const remove = async () => {
      try {
        await release(async () => {
          if (id !== undefined) await removeContainer(engine, id)
        })
      } finally {
        await agent?.[Symbol.asyncDispose]()
      }
    }
    try {
      const container = await engine.call('create a container', (docker) =>
        docker.createContainer({ name: nameOf(owner.sandbox), ...toRequest(toWarmContainer(owner, shape, image, runtime)) }),
      )
      id = container.id
      agent = agentOver(overAttach(await attach(engine, container, { stdin: true, output: true })))
      await engine.call('start a container', () => container.start())
      await agent.ready(signal ? { signal } : {})
      let removing: Promise<void> | undefined
      return {
        owner,
        agent,
        ended: agent.ended,
        expiresAt: owner.deadline * 1000,
        resize: (limits) => resize(engine, container.id, limits),
        remove: () => (removing ??= remove()),
      }
    } catch (thrown) {
      await remove()
      throw thrown
    }
  }

  return {
    slot: async (shape, { signal }) => {
      const { owner, ...warm } = await start(shape, toContainer, signal)
      return { id: owner.sandbox, ...warm }
    },
    host: async (shape, { signal }) => {
      const here = { apparmor: await hasAppArmor() }
      const warm = await start(shape, (spec) => toHostContainer(spec, here), signal)
      let changed = false
      return {
        expiresAt: warm.expiresAt,
        ended: warm.agent.ended,
        remove: warm.remove,
        reusable: () => !changed,
        nest: async (o = {}) => {
          const agent = warm.agent.nest({ diskMiB: shape.limits.diskMiB, inodes: INODES })
          await agent.ready(o)
          const resized = async (limits: Shape['limits']) => {
            changed = true
            await warm.resize(limits)
          }
          return { id: newId(), agent, ended: agent.ended, expiresAt: warm.expiresAt, resize: resized, remove: () => ended(agent) }
        },
      }
    },
  }
}

/** The agent and all that was in its namespaces, gone; a host in which that takes long is of no more use. */
const ended = (agent: Agent): Promise<void> =>
  inTime(
    agent[Symbol.asyncDispose](),
    END_SECONDS,
    () => new Fault('engine.timeout', `An agent's namespaces did not end within ${END_SECONDS} s.`),
  )

const resize = async (engine: Engine, id: string, { memoryMiB, cpus, pids }: Shape['limits']): Promise<void> => {
  await engine.call('change the limits of a container', (docker) =>
    docker
      .getContainer(id)
      .update({ Memory: memoryMiB * MIB, MemorySwap: memoryMiB * MIB, NanoCpus: Math.round(cpus * 1e9), PidsLimit: pids }),
  )
}
