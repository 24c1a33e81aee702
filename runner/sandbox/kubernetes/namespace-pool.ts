import type { Abortable } from '../contract.ts'
import { Demand } from '../demand.ts'
import type { NamespaceShape } from './namespace.ts'
import type { Prepared } from './prepare.ts'

export interface NamespacePoolOptions {
  /** Prepares one; what fails or is aborted leaves nothing behind. */
  prepare(shape: NamespaceShape, o: Abortable): Promise<Prepared>
  remove(prepared: Prepared): Promise<void>
  /** Most that wait or are being made, of all shapes. */
  readonly most: number
}

export interface NamespacePool extends AsyncDisposable {
  /** A namespace nobody has used: one that waits, else a new one. Throws `Fault` as `prepare` does. */
  take(shape: NamespaceShape, o?: Abortable): Promise<Prepared>
  /** Replaces what was taken, in the background: called when the taker no longer waits for the API server. */
  tend(): void
  /** Makes one in advance for a shape; never fails, `take` would tell. */
  warm(shape: NamespaceShape): Promise<void>
  readonly ready: number
}

interface Shelf {
  readonly shape: NamespaceShape
  readonly demand: Demand
  readonly ready: Prepared[]
  making: number
}

/** One this close to its end is not given out any more. */
const LEFT_MS = 10 * 60_000

/** Keeps as many prepared namespaces of each shape as were lately asked for at once. They cost a few objects in etcd and no Pod. */
export const openNamespacePool = ({ prepare, remove, most }: NamespacePoolOptions): NamespacePool => {
  const shelves = new Map<string, Shelf>()
  const closing = new AbortController()
  const busy = new Set<Promise<void>>()
  const count = (): number => [...shelves.values()].reduce((sum, { ready, making }) => sum + ready.length + making, 0)
  const shelfOf = (shape: NamespaceShape): Shelf => {
    const key = JSON.stringify(shape)
    const shelf = shelves.get(key) ?? { shape, demand: new Demand(), ready: [], making: 0 }
    shelves.set(key, shelf)
    return shelf
  }
  const background = (work: Promise<void>): Promise<void> => {
    // What failed is tried again when somebody asks, and told then; what could not be removed is the sweep's.
    const done = work.catch(() => {}).finally(() => busy.delete(done))
    busy.add(done)
    return done
  }
  const make = async (shelf: Shelf): Promise<void> => {
    shelf.making += 1
    try {
      const prepared = await prepare(shelf.shape, { signal: closing.signal })
      if (closing.signal.aborted) await remove(prepared)
      else shelf.ready.push(prepared)
    } finally {
      shelf.making -= 1
    }
  }
  const refill = (shelf: Shelf): void => {
    const wanted = shelf.demand.peak(Date.now())
    while (!closing.signal.aborted && shelf.ready.length + shelf.making < wanted && count() < most) void background(make(shelf))
  }
  return {
    get ready() {
      return [...shelves.values()].reduce((sum, { ready }) => sum + ready.length, 0)
    },
    async take(shape, { signal } = {}) {
      signal?.throwIfAborted()
      const shelf = shelfOf(shape)
      shelf.demand.note(Date.now())
      let prepared = shelf.ready.shift()
      while (prepared !== undefined && prepared.deadline - Date.now() < LEFT_MS) {
        void background(remove(prepared))
        prepared = shelf.ready.shift()
      }
      return prepared ?? prepare(shape, signal ? { signal } : {})
    },
    tend: () => {
      for (const shelf of shelves.values()) refill(shelf)
    },
    warm: (shape) => (count() < most ? background(make(shelfOf(shape))) : Promise.resolve()),
    async [Symbol.asyncDispose]() {
      closing.abort()
      await Promise.all(busy)
      const left = [...shelves.values()].flatMap(({ ready }) => ready.splice(0))
      await Promise.all(left.map((prepared) => remove(prepared).catch(() => {})))
    },
  }
}
