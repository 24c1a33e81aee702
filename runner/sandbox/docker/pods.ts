import { isDeepStrictEqual } from 'node:util'
import { becomeWhenTold, toTelling } from '../container/program.ts'
import type { Abortable, Limits } from '../contract.ts'
import type { Kept, Start } from '../pool.ts'
import type { Prober } from '../prober/probe-client.ts'
import { type AheadOptions, ownAhead } from './ahead.ts'
import type { ContainerSpec } from './container.ts'
import type { EngineFacts } from './facts.ts'
import { freshGround, type Ground, PROBER } from './ground/ground.ts'
import type { Grounds } from './ground/grounds.ts'
import type { Owner } from './labels.ts'
import { startProber } from './prober.ts'
import { removeAll } from './remove.ts'
import { type Launch, removeContainer, type Started } from './started.ts'

/** A service that a lab's sandboxes have started before: what its container was made with. */
export interface Foreseen {
  readonly name: string
  /** The engine's name of the image. */
  readonly image: string
  readonly limits: Limits
}

/** What a pod is made for. */
export interface PodShape {
  readonly proberImage: string
  readonly services: readonly Foreseen[]
}

/** What was started for a sandbox before anybody asked for it. */
export interface Prepared {
  readonly owner: Owner
  readonly ground: Ground
  readonly prober: Promise<Prober>
  /** Starts a service in the container that waits for it; undefined when none does, after removing one that only has its name. */
  readonly launch: (...request: Parameters<Launch>) => Promise<Started | undefined>
}

/** A network with its prober, and containers on it that wait to become a service each. */
export interface Pod extends Kept, Prepared {}

export interface PodOptions extends AheadOptions {
  readonly facts: () => Promise<EngineFacts>
  /** A network that another sandbox has left, or can be left, or the pod's own. */
  readonly groundOr: Grounds['take']
}

const toSpec = (
  owner: Owner,
  network: string,
  { name, image, limits }: Foreseen,
  facts: EngineFacts,
  runtime: string | undefined,
): ContainerSpec => ({
  owner,
  role: 'service',
  image,
  command: becomeWhenTold,
  limits,
  network: { name: network, hostname: name },
  work: 'own',
  stdin: true,
  logs: facts.logDriver,
  ...(runtime !== undefined && { runtime }),
})

/** What must be the same for a waiting container to become this service; its command and its variables come with the telling. */
const isWhatWaits = (waiting: ContainerSpec, { command: _command, env: _env, ...wanted }: ContainerSpec): boolean => {
  const { command: _waits, ...there } = waiting
  return isDeepStrictEqual(JSON.parse(JSON.stringify(there)), JSON.parse(JSON.stringify(wanted)))
}

/** A waiting container that has been told, and is told the same when it is started once more. */
const told = (waiting: Started, telling: Uint8Array): Started => {
  waiting.attached.end(telling)
  return { ...waiting, startedAt: Date.now(), again: async () => told(await waiting.again(), telling) }
}

/** Starts pods on Docker Engine. Throws `Fault` `engine.*`, having left nothing. */
export const startPod =
  (options: PodOptions): Start<PodShape, Pod> =>
  async ({ proberImage, services }, { signal }: Abortable) => {
    const { engine, facts, runtime, groundOr } = options
    const known = await facts()
    signal?.throwIfAborted()
    const { owner, release } = ownAhead(options)
    let ground: Ground | undefined
    const remove = async () => {
      const removing = () => release(() => removeAll(engine, owner))
      await (ground ? ground.leave(removing) : removing())
    }
    const made: Promise<unknown>[] = []
    try {
      ground = await groundOr(() => freshGround({ engine, facts: known, owner }))
      const { launch, giveName, network: name } = ground
      const network = { name, hostname: PROBER }
      const prober = startProber(launch, { owner, image: proberImage, network, ...(runtime !== undefined && { runtime }) })
      // What another service finds must not depend on whether there was a pod. Where one waits alone, there is no other.
      const unnamed = services.length > 1
      const waiting = services.map(async (service) => {
        const spec = toSpec(owner, name, service, known, runtime)
        return { name: service.name, spec, started: await launch(spec, { part: service.name, output: false, keepOpen: true, unnamed }) }
      })
      made.push(prober, ...waiting)
      const parts = await Promise.all(waiting)
      await prober
      signal?.throwIfAborted()
      return {
        id: owner.sandbox,
        owner,
        ground,
        expiresAt: owner.deadline * 1000,
        ended: Promise.race(parts.map(({ started }) => started.ended)).then(
          () => {},
          () => {},
        ),
        prober,
        remove,
        launch: async (spec, { input }) => {
          const at = spec.role === 'service' ? parts.findIndex((part) => part.name === spec.network?.hostname) : -1
          const part = at < 0 ? undefined : parts.splice(at, 1)[0]
          if (!part) return undefined
          if (isWhatWaits(part.spec, spec)) {
            await giveName(part.name)
            return told(part.started, toTelling(spec, input))
          }
          // It stands where the one that is wanted instead will stand.
          await removeContainer(engine, part.started.container.id)
          return undefined
        },
      }
    } catch (thrown) {
      await Promise.allSettled(made)
      await remove()
      throw thrown
    }
  }
