import { Fault } from '../fault.ts'
import type { Agent } from './agent/client.ts'
import type { Abortable, ImageName, Limits } from './contract.ts'
import { Demand } from './demand.ts'
import { type Hosts, type HostsOptions, openHosts } from './hosts.ts'

/** What a slot is made for and cannot be changed in it. Two submissions of one lab always have the same. */
export interface Shape {
  readonly image: ImageName
  readonly limits: Pick<Limits, 'memoryMiB' | 'cpus' | 'pids' | 'diskMiB'>
}

/** A started container, or fresh namespaces in one, that nobody has used, with its agent. */
export interface Slot {
  readonly id: string
  readonly agent: Agent
  /** When the sweep may take it away, in milliseconds since the epoch. */
  readonly expiresAt: number
  /** Changes what the engine can change of a running container: memory, processor, processes. */
  resize(limits: Shape['limits']): Promise<void>
  /** Removes the container whatever it does. Idempotent; has its own deadline. */
  remove(): Promise<void>
}

/** Starts slots on one engine. A start that fails or is aborted leaves nothing behind. */
export type StartSlot = (shape: Shape, o: Abortable) => Promise<Slot>

export interface PoolOptions {
  readonly start: StartSlot
  /** Where namespaces can be made in warm containers: what serves whoever comes when no single-use container is ready. */
  readonly hosts?: HostsOptions
  /** Most slots of all shapes that wait or are being started, whatever the demand. */
  readonly most: number
  /** Slots of a shape that wait as long as it is remembered at all. */
  readonly least?: number
  /** How long a shape's demand is remembered; its slots go with it. */
  readonly rememberSeconds?: number
}

export interface Pool extends AsyncDisposable {
  /** A slot that nobody has used; waits for one where none is ready. Throws `Fault` as the start does. */
  take(shape: Shape, o?: Abortable): Promise<Slot>
  /** Takes a used slot for removal, soon; it is never used again. Never fails: what cannot be removed is the sweep's. */
  give(slot: Slot): void
  /** Slots ready now. */
  readonly ready: number
  /** Removes everything that nobody holds and waits for it. Idempotent. */
  [Symbol.asyncDispose](): Promise<void>
}

interface Waiter {
  readonly since: number
  readonly resolve: (slot: Slot) => void
  readonly reject: (reason: unknown) => void
}

interface Shelf {
  readonly key: string
  readonly shape: Shape
  readonly demand: Demand
  readonly hosts: Hosts | undefined
  ready: Slot[]
  starting: number
  waiting: Waiter[]
}

/** With more, an engine only queues inside. */
const STARTS_FOR_WAITING = 3
/** Whoever has waited this long gets a container of their own, though hosts are there. */
const HOSTS_BUSY_MS = 250
const STARTS_IN_CALM = 2
const REMOVALS_IN_CALM = 2
/** How long upkeep yields to submissions that run before it goes on beside them, one piece at a time. */
const YIELD_MS = 1_000
const TEND_MS = 500
/** How often a pool that nobody uses looks whether it is still wanted. */
const LOOK_MS = 10_000
/** A slot this close to its deadline is not given out any more. */
const LEFT_MS = 10 * 60_000

/**
 * Keeps started single-use containers for each shape that was lately asked for, as many as were asked for within a few seconds.
 * What is used up is replaced and removed in the background: at once while nothing runs, else after a while and one at a time,
 * so that upkeep takes little from the submissions that run.
 */
export const openPool = ({ start, hosts, most, least = 2, rememberSeconds = 600 }: PoolOptions): Pool => {
  const shelves = new Map<string, Shelf>()
  const removing = new Set<Promise<void>>()
  const starting = new Set<Promise<void>>()
  const used: Slot[] = []
  const nested = new WeakSet<Slot>()
  const closing = new AbortController()
  let held = 0
  let busySince = 0
  let timer: NodeJS.Timeout | undefined
  let disposing: Promise<void> | undefined

  const shelfOf = (shape: Shape): Shelf => {
    const key = JSON.stringify([shape.image, shape.limits.memoryMiB, shape.limits.cpus, shape.limits.pids, shape.limits.diskMiB])
    const shelf = shelves.get(key) ?? {
      key,
      shape,
      demand: new Demand({ keptSeconds: rememberSeconds }),
      hosts: hosts && openHosts(shape, hosts, () => tend(), closing.signal),
      ready: [],
      starting: 0,
      waiting: [],
    }
    shelves.set(key, shelf)
    return shelf
  }
  const all = () => [...shelves.values()]
  const kept = () => all().reduce((sum, { ready, starting }) => sum + ready.length + starting, 0)

  const remove = (slot: Slot): void => {
    // What could not be removed keeps its label and its deadline, and the sweep tries again.
    const removal = slot
      .remove()
      .catch(() => {})
      .finally(() => {
        removing.delete(removal)
        tend()
      })
    removing.add(removal)
  }
  const startOne = (shelf: Shelf): void => {
    shelf.starting += 1
    const begun = start(shelf.shape, { signal: closing.signal })
      .then(
        (slot) => {
          const waiter = shelf.waiting.shift()
          if (closing.signal.aborted) remove(slot)
          else if (waiter) hand(slot, waiter)
          else shelve(shelf, slot)
        },
        // Whoever has waited longest gets the reason; what was only upkeep is tried again when somebody asks.
        (reason: unknown) => {
          const waiter = shelf.waiting.shift()
          if (waiter) waiter.reject(reason)
          else shelf.demand.forget()
        },
      )
      .finally(() => {
        shelf.starting -= 1
        starting.delete(begun)
        tend()
      })
    starting.add(begun)
  }
  const shelve = (shelf: Shelf, slot: Slot): void => {
    shelf.ready.push(slot)
    void slot.agent.ended.then(() => {
      const at = shelf.ready.indexOf(slot)
      if (at >= 0) used.push(...shelf.ready.splice(at, 1))
    })
  }
  /** Serves whoever waits from hosts that are free. A host that fails costs nobody more than the wait for another. */
  const nest = (shelf: Shelf): void => {
    while (shelf.hosts && shelf.waiting.length > 0) {
      const taken = shelf.hosts.take({ signal: closing.signal })
      if (!taken) break
      const waiter = shelf.waiting.shift() as Waiter
      taken.then(
        (slot) => {
          nested.add(slot)
          hand(slot, waiter)
        },
        (reason: unknown) => {
          if (closing.signal.aborted) waiter.reject(reason)
          else shelf.waiting.unshift(waiter)
          tend()
        },
      )
    }
    if (shelf.waiting.length > 0) shelf.hosts?.grow()
  }
  const hand = (slot: Slot, { resolve }: Waiter): void => {
    if (held === 0) busySince = Date.now()
    held += 1
    resolve(slot)
  }
  const wanted = ({ demand }: Shelf, now: number): number => {
    const peak = demand.peak(now)
    return peak === 0 ? 0 : Math.max(least, peak)
  }

  /** How many containers may be started at once for those who wait: hosts serve faster, unless what runs in them takes long. */
  const startsFor = ({ hosts, waiting }: Shelf, now: number): number => {
    const longest = now - (waiting[0]?.since ?? now)
    if (hosts && (hosts.size > 0 || (most === 0 && hosts.possible))) return most > 0 && longest > HOSTS_BUSY_MS ? 1 : 0
    return STARTS_FOR_WAITING
  }

  const tend = (): void => {
    const now = Date.now()
    for (const shelf of all()) {
      nest(shelf)
      const starts = startsFor(shelf, now)
      while (shelf.starting < Math.min(starts, shelf.waiting.length)) startOne(shelf)
      const old = shelf.ready.filter(({ expiresAt }) => expiresAt - now < LEFT_MS)
      shelf.ready = shelf.ready.filter((slot) => !old.includes(slot))
      const surplus = closing.signal.aborted ? shelf.ready.splice(0) : shelf.ready.splice(wanted(shelf, now))
      used.push(...old, ...surplus)
      if (wanted(shelf, now) === 0 && shelf.starting + shelf.waiting.length + shelf.ready.length === 0) {
        shelves.delete(shelf.key)
        void shelf.hosts?.end()
      }
    }
    const calm = held === 0 && all().every(({ waiting }) => waiting.length === 0)
    const patient = !calm && now - busySince < YIELD_MS
    if (!patient || used.length > most) {
      for (const slot of used.splice(0, (calm ? REMOVALS_IN_CALM : 1) - removing.size)) remove(slot)
    }
    if (!patient && !closing.signal.aborted) {
      for (const shelf of all()) {
        const short = () => shelf.ready.length + shelf.starting < wanted(shelf, now) && kept() < most
        while (short() && starting.size < (calm ? STARTS_IN_CALM : 1)) startOne(shelf)
      }
      if (!calm) busySince = now
    }
    clearTimeout(timer)
    timer = undefined
    if (shelves.size + used.length === 0 || closing.signal.aborted) return
    timer = setTimeout(tend, calm ? LOOK_MS : TEND_MS).unref()
  }

  return {
    get ready() {
      return all().reduce((sum, { ready }) => sum + ready.length, 0)
    },
    async take(shape, { signal } = {}) {
      signal?.throwIfAborted()
      if (disposing) throw new Fault('internal', 'The pool was used after it was disposed of.')
      const shelf = shelfOf(shape)
      shelf.demand.note(Date.now())
      const { promise, resolve, reject } = Promise.withResolvers<Slot>()
      const slot = shelf.ready.shift()
      const waiter = { since: Date.now(), resolve, reject }
      if (slot) hand(slot, waiter)
      else shelf.waiting.push(waiter)
      setImmediate(tend)
      const abort = () => {
        const at = shelf.waiting.indexOf(waiter)
        if (at >= 0) shelf.waiting.splice(at, 1)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
      return promise.finally(() => signal?.removeEventListener('abort', abort))
    },
    give(slot) {
      held -= 1
      // Namespaces are gone in a millisecond, and their host is wanted again.
      if (disposing || nested.has(slot)) return remove(slot)
      used.push(slot)
      setImmediate(tend)
    },
    [Symbol.asyncDispose]() {
      disposing ??= (async () => {
        closing.abort(new Fault('internal', 'The pool was disposed of.'))
        clearTimeout(timer)
        for (const { waiting } of all()) for (const { reject } of waiting.splice(0)) reject(closing.signal.reason)
        while (starting.size + removing.size + used.length + all().reduce((sum, { ready }) => sum + ready.length, 0) > 0) {
          for (const shelf of all()) for (const slot of shelf.ready.splice(0)) remove(slot)
          for (const slot of used.splice(0)) remove(slot)
          await Promise.race([...starting, ...removing])
        }
        await Promise.all(all().map((shelf) => shelf.hosts?.end()))
      })()
      return disposing
    },
  }
}
