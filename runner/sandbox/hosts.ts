import type { Abortable } from './contract.ts'
import type { Kept, Shape, Slot, Start } from './pool.ts'

/** A started container whose agent makes slots of fresh namespaces, one at a time, each for one sandbox. */
export interface Host {
  readonly expiresAt: number
  /** Settles when it has ended, whoever ended it. */
  readonly ended: Promise<void>
  /** New namespaces that nobody has used; its removal ends them and everything in them. Throws `Fault` when it cannot. */
  nest(o?: Abortable): Promise<Slot>
  /** Whether what was done in it leaves it as it was. */
  reusable(): boolean
  /** Removes the container whatever it does. Idempotent; has its own deadline. */
  remove(): Promise<void>
}

export type StartHost = Start<Shape, Host>

export interface HostsOptions {
  readonly start: StartHost
  /** Most hosts of one shape: what runs at the same time beyond the pool. */
  readonly most: number
}

/** The hosts of one shape. */
export interface Hosts<T extends Kept> {
  /** Whether it is worth waiting for one of them. */
  readonly possible: boolean
  readonly size: number
  /** Starts one more if that is allowed and none is being started; `onChange` tells when there is something to take. */
  grow(): void
  /** A slot in a host that is free now; undefined when none is. */
  take(o?: Abortable): Promise<T> | undefined
  /** Ends hosts that nobody uses; those in use end with their slot. Resolves when all that can be is removed. */
  end(): Promise<void>
}

interface Place {
  readonly host: Host
  busy: boolean
}

/** A host that has served so many sandboxes is replaced, so that nothing can add up in it for ever. */
const MOST_USES = 500
/** A host this close to its deadline is not used any more. */
const LEFT_MS = 10 * 60_000

/**
 * Keeps a few hosts for the time when more is asked for than single-use containers can be started. Where the engine or the kernel
 * does not let namespaces be made, the first failure says so, and none is started again.
 */
export const openHosts = (shape: Shape, { start, most }: HostsOptions, onChange: () => void, signal: AbortSignal): Hosts<Slot> => {
  const places = new Set<Place>()
  const uses = new WeakMap<Place, number>()
  const removing = new Set<Promise<void>>()
  let starting: Promise<void> | undefined
  let possible = most > 0
  let proven = false
  let ending = false

  const drop = (place: Place): void => {
    if (!places.delete(place)) return
    // What could not be removed keeps its label and its deadline, and the sweep tries again.
    const removal = place.host
      .remove()
      .catch(() => {})
      .finally(() => removing.delete(removal))
    removing.add(removal)
  }
  const freed = (place: Place): void => {
    place.busy = false
    if (ending || !place.host.reusable() || (uses.get(place) ?? 0) >= MOST_USES || place.host.expiresAt - Date.now() < LEFT_MS) drop(place)
    onChange()
  }
  const nest = async (place: Place, o: Abortable): Promise<Slot> => {
    place.busy = true
    uses.set(place, (uses.get(place) ?? 0) + 1)
    try {
      const slot = await place.host.nest(o)
      proven = true
      let removed: Promise<void> | undefined
      const remove = async () => {
        try {
          await slot.remove()
        } catch (thrown) {
          drop(place)
          throw thrown
        } finally {
          freed(place)
        }
      }
      return { ...slot, remove: () => (removed ??= remove()) }
    } catch (thrown) {
      drop(place)
      if (!proven && !o.signal?.aborted) possible = false
      onChange()
      throw thrown
    }
  }

  return {
    get possible() {
      return possible
    },
    get size() {
      return places.size
    },
    grow() {
      if (starting || !possible || ending || places.size >= most) return
      // One shows whether namespaces can be made here at all.
      if (places.size > 0 && !proven) return
      starting = start(shape, { signal })
        .then(
          (host) => {
            const place = { host, busy: false }
            places.add(place)
            void host.ended.then(() => drop(place))
            if (ending) drop(place)
          },
          () => {
            if (!proven && !signal.aborted) possible = false
          },
        )
        .finally(() => {
          starting = undefined
          onChange()
        })
    },
    take(o = {}) {
      const place = [...places].find(({ busy }) => !busy)
      return place && nest(place, o)
    },
    async end() {
      ending = true
      await starting
      for (const place of [...places]) if (!place.busy) drop(place)
      while (removing.size > 0) await Promise.race(removing)
      ending = signal.aborted
    },
  }
}
