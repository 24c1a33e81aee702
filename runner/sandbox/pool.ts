import { Fault } from '../fault.ts'
import type { Agent } from './agent/client.ts'
import type { Abortable, ImageName, Limits } from './contract.ts'
import { Demand } from './demand.ts'
import type { Hosts } from './hosts.ts'

/** What a slot is made for and cannot be changed in it. Two submissions of one lab always have the same. */
export interface Shape {
  readonly image: ImageName
  readonly limits: Pick<Limits, 'memoryMiB' | 'cpus' | 'pids' | 'diskMiB'>
}

/** Something started that nobody has used. */
export interface Kept {
  readonly id: string
  /** When the sweep may take it away, in milliseconds since the epoch. */
  readonly expiresAt: number
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>
  /** Removes it whatever it does. Idempotent; has its own deadline. */
  remove(): Promise<void>
}

/** A started container, or fresh namespaces in one, that nobody has used, with its agent. */
export interface Slot extends Kept {
  readonly agent: Agent
  /** Changes what the engine can change of a running container: memory, processor, processes. */
  resize(limits: Shape['limits']): Promise<void>
}

/** Starts one on an engine. A start that fails or is aborted leaves nothing behind. */
export type Start<S, T> = (shape: S, o: Abortable) => Promise<T>
export type StartSlot = Start<Shape, Slot>

export interface PoolOptions<S, T extends Kept> {
  readonly start: Start<S, T>
  /** Where there is another way: what serves whoever comes when nothing is ready. */
  readonly hosts?: (shape: S, onChange: () => void, signal: AbortSignal) => Hosts<T>
  /** Most of all shapes that wait or are being started, whatever the demand. */
  readonly most: number
  /** How many of a shape wait as long as it is remembered at all. */
  readonly least?: number
  /** How long a shape's demand is remembered; what waits goes with it. */
  readonly rememberSeconds?: number
  /** How long upkeep yields to submissions that run before it goes on beside them, one piece at a time. */
  readonly yieldSeconds?: number
  /** Whether what was used is removed as soon as it is given back, because programs may still run in it. */
  readonly removeAtOnce?: boolean
}

export interface Pool<S, T extends Kept> extends AsyncDisposable {
  /** One that nobody has used; waits for it where none is ready. Throws `Fault` as the start does. */
  take(shape: S, o?: Abortable): Promise<T>
  /** One that is ready now; undefined when none is. That it was asked for is remembered all the same. */
  spare(shape: S): T | undefined
  /** Takes back what was used, for removal, soon; it is never used again. Never fails: what cannot be removed is the sweep's. */
  give(used: T): void
  /** How many are ready now. */
  readonly ready: number
  /** Removes everything that nobody holds and waits for it. Idempotent. */
  [Symbol.asyncDispose](): Promise<void>
}

interface Waiter<T> {
  readonly since: number
  readonly resolve: (slot: T) => void
  readonly reject: (reason: unknown) => void
}

interface Shelf<S, T extends Kept> {
  readonly key: string
  readonly shape: S
  readonly demand: Demand
  readonly hosts: Hosts<T> | undefined
  ready: T[]
  starting: number
  waiting: Waiter<T>[]
}

/** With more, an engine only queues inside. */
const STARTS_FOR_WAITING = 3
/** Whoever has waited this long gets a container of their own, though hosts are there. */
const HOSTS_BUSY_MS = 250
/** How often one is started beside what runs where hosts serve: there it costs everybody more than it saves one. */
const HOSTED_MS = 10_000
/** How long nothing must have run until it counts as calm: between two of many submissions there is often none in hand. */
const CALM_MS = 100
const STARTS_IN_CALM = 2
const REMOVALS_IN_CALM = 2
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
export const openPool = <S, T extends Kept>({
  start,
  hosts,
  most,
  least = 2,
  rememberSeconds = 600,
  yieldSeconds = 1,
  removeAtOnce = false,
}: PoolOptions<S, T>): Pool<S, T> => {
  const shelves = new Map<string, Shelf<S, T>>()
  const removing = new Set<Promise<void>>()
  const starting = new Set<Promise<void>>()
  const used: T[] = []
  const nested = new WeakSet<T>()
  const closing = new AbortController()
  let held = 0
  let busySince = 0
  let idleSince = 0
  let startedAt = 0
  let timer: NodeJS.Timeout | undefined
  let disposing: Promise<void> | undefined

  const shelfOf = (shape: S): Shelf<S, T> => {
    const key = JSON.stringify(shape)
    const shelf = shelves.get(key) ?? {
      key,
      shape,
      demand: new Demand({ keptSeconds: rememberSeconds }),
      hosts: hosts?.(shape, () => tend(), closing.signal),
      ready: [],
      starting: 0,
      waiting: [],
    }
    shelves.set(key, shelf)
    return shelf
  }
  const all = () => [...shelves.values()]
  const isCalm = (now: number) => held === 0 && now - idleSince >= CALM_MS
  const kept = () => all().reduce((sum, { ready, starting }) => sum + ready.length + starting, 0)

  const remove = (slot: T): void => {
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
  const startOne = (shelf: Shelf<S, T>): void => {
    shelf.starting += 1
    startedAt = Date.now()
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
  const shelve = (shelf: Shelf<S, T>, slot: T): void => {
    shelf.ready.push(slot)
    void slot.ended.then(() => {
      const at = shelf.ready.indexOf(slot)
      if (at >= 0) used.push(...shelf.ready.splice(at, 1))
    })
  }
  /** Serves whoever waits from hosts that are free. A host that fails costs nobody more than the wait for another. */
  const nest = (shelf: Shelf<S, T>): void => {
    while (shelf.hosts && shelf.waiting.length > 0) {
      const taken = shelf.hosts.take({ signal: closing.signal })
      if (!taken) break
      const waiter = shelf.waiting.shift() as Waiter<T>
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
  const hand = (slot: T, { resolve }: Waiter<T>): void => {
    const now = Date.now()
    if (isCalm(now)) busySince = now
    held += 1
    resolve(slot)
  }
  const wanted = ({ demand }: Shelf<S, T>, now: number): number => {
    const peak = demand.peak(now)
    return peak === 0 ? 0 : Math.max(least, peak)
  }

  /** How many containers may be started at once for those who wait: hosts serve faster, unless what runs in them takes long. */
  const startsFor = ({ hosts, waiting }: Shelf<S, T>, now: number): number => {
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
    const calm = isCalm(now) && all().every(({ waiting }) => waiting.length === 0)
    const patient = !calm && now - busySince < yieldSeconds * 1000
    if (!patient || used.length > most) {
      for (const slot of used.splice(0, (calm ? REMOVALS_IN_CALM : 1) - removing.size)) remove(slot)
    }
    if (!patient && !closing.signal.aborted) {
      for (const shelf of all()) {
        if (!calm && shelf.hosts && shelf.hosts.size > 0 && now - startedAt < HOSTED_MS) continue
        const short = () => shelf.ready.length + shelf.starting < wanted(shelf, now) && kept() < most
        while (short() && starting.size < (calm ? STARTS_IN_CALM : 1)) startOne(shelf)
      }
      if (!calm) busySince = now
    }
    clearTimeout(timer)
    timer = undefined
    if (shelves.size + used.length === 0 || closing.signal.aborted) return
    timer = setTimeout(tend, calm ? LOOK_MS : held === 0 ? CALM_MS : TEND_MS).unref()
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
      const { promise, resolve, reject } = Promise.withResolvers<T>()
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
    spare(shape) {
      if (disposing) return undefined
      const shelf = shelfOf(shape)
      shelf.demand.note(Date.now())
      setImmediate(tend)
      const slot = shelf.ready.shift()
      if (slot) hand(slot, { since: 0, resolve: () => {}, reject: () => {} })
      return slot
    },
    give(slot) {
      held -= 1
      if (held === 0) idleSince = Date.now()
      // Namespaces are gone in a millisecond, and their host is wanted again.
      if (disposing || removeAtOnce || nested.has(slot)) return remove(slot)
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
