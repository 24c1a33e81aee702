import { settlesWithin } from '../../abortable.ts'
import { openTurn } from '../../in-turn.ts'
import type { ContainerSpec } from '../container.ts'
import type { Engine } from '../engine.ts'
import type { EngineFacts } from '../facts.ts'
import type { Owner } from '../labels.ts'
import { createNetwork } from '../network.ts'
import { type Launch, type Started, type StartOptions, startContainer } from '../started.ts'
import { type Place, startPlace } from './place.ts'

/** The network of one sandbox, and what starts containers on it. */
export interface Ground {
  readonly network: string
  /** Whoever is started `unnamed` is found by nobody before they are given their name. */
  readonly launch: (spec: ContainerSpec, options: StartOptions & { readonly unnamed?: boolean }) => Promise<Started>
  readonly giveName: (name: string) => Promise<void>
  /** The container that has the network of whoever goes by this name, where that is not its own. */
  readonly holderOf: (name: string) => string | undefined
  /** Ends the sandbox's use of it by `removing` what stands on it. Once; what was begun first counts. */
  leave(removing: () => Promise<void>): Promise<void>
}

export interface GroundParts {
  readonly engine: Engine
  readonly facts: EngineFacts
  readonly owner: Owner
}

/** A network for one sandbox, which is removed with it. Everybody on it has their name at once. Throws `Fault` `engine.*`. */
export const freshGround = async ({ engine, facts, owner }: GroundParts): Promise<Ground> => {
  let leaving: Promise<void> | undefined
  return {
    network: await createNetwork(engine, owner),
    launch: (spec, o) => startContainer(engine, facts, spec, o),
    giveName: async () => {},
    holderOf: () => undefined,
    leave: (removing) => (leaving ??= removing()),
  }
}

/** A network for one sandbox after the other. */
export interface KeptGround {
  /** For one sandbox. `onLeft` is told when that has left, and whether nothing of it stands here any more. */
  open(onLeft: (empty: boolean) => Promise<void>): Ground
  /** Takes the names of whoever was here before. Throws `Fault` `engine.*`. */
  rest(): Promise<void>
  /** Whether all of its places are there. */
  readonly stands: () => boolean
}

/** How long a service waits for the one before it of the same name to have gone. */
const END_SECONDS = 5
/** Every sandbox has one, so its place keeps its name. */
export const PROBER = 'prober'

/**
 * Services and the prober stand in places, which cost Docker next to nothing; everybody else has a network interface of their own.
 * Places are made when there is none at rest. Throws `Fault`: `engine.*`, and `sandbox.impossible` where no place can be made.
 */
export const keptGround = async ({ engine, facts, owner }: GroundParts, image: string): Promise<KeptGround> => {
  const network = await createNetwork(engine, owner)
  const start: Launch = (spec, o) => startContainer(engine, facts, spec, o)
  const parts = { engine, launch: start, base: { owner, image }, network, leaving: openTurn() }
  let made = 0
  const make = (name: string) => {
    made += 1
    return startPlace(parts, `place-${made}`, name)
  }
  const resting: Place[] = []
  const taken = new Map<string, Place>([[PROBER, await make(PROBER)]])
  const take = async (name: string, unnamed: boolean): Promise<Place> => {
    const place = taken.get(name) ?? resting.pop()
    if (place === undefined) {
      const fresh = await make(name)
      taken.set(name, fresh)
      if (unnamed) await fresh.leave()
      return fresh
    }
    // Before it is waited for: a place is for one.
    taken.set(name, place)
    if (!unnamed) await place.enter(name)
    return place
  }

  const open: KeptGround['open'] = (onLeft) => {
    let leaving: Promise<void> | undefined
    /** When who had a name last has gone. */
    const ends = new Map<string, Promise<unknown>>()
    /** With the end of what stands in a place its name and its address go, unless everything does. */
    const standing = (name: string, place: Place, started: Started): Started => {
      const ended = started.ended.finally(() => (leaving ? undefined : place.leave()))
      const gone = ended.catch(() => {})
      ends.set(name, gone)
      const again = async () => {
        await place.enter(name)
        return standing(name, place, await started.again())
      }
      return { ...started, ended, again }
    }
    return {
      network,
      holderOf: (name) => taken.get(name)?.holder,
      giveName: async (name) => taken.get(name)?.enter(name),
      async launch(spec, { unnamed = false, ...o }) {
        if (spec.edges) for (const place of taken.values()) if (place.holder === spec.edges.of) place.disturbed()
        const name = spec.network?.hostname
        if (name === undefined) return start(spec, o)
        await settlesWithin(ends.get(name) ?? Promise.resolve(), END_SECONDS)
        if (!standsInPlace(spec)) return start(spec, o)
        const place = await take(name, unnamed)
        try {
          return standing(name, place, await start({ ...spec, network: { name: network, hostname: name, holder: place.holder } }, o))
        } catch (thrown) {
          await place.leave().catch(() => {})
          throw thrown
        }
      },
      leave: (removing) =>
        (leaving ??= removing().then(
          () => onLeft(true),
          async (thrown: unknown) => {
            await onLeft(false)
            throw thrown
          },
        )),
    }
  }
  const rest = async () => {
    const left = [...taken].filter(([name]) => name !== PROBER)
    await Promise.all(
      left.map(async ([name, place]) => {
        await place.leave()
        taken.delete(name)
        resting.push(place)
      }),
    )
  }
  return { open, rest, stands: () => [...taken.values(), ...resting].every((place) => place.stands()) }
}

/** Behind walls of its own a service may be root over its network. */
const standsInPlace = ({ role, walls }: ContainerSpec): boolean => role === 'prober' || (role === 'service' && walls === undefined)
