import { setTimeout as pass } from 'node:timers/promises'
import type { Abortable } from '../../runner/sandbox/contract.ts'

/** Between two looks at what somebody else has to bring about: they need the processors more than whoever looks. */
export const betweenLooks = ({ signal, ms = 100 }: Required<Abortable> & { readonly ms?: number }): Promise<void> =>
  pass(ms, undefined, { signal })

/**
 * Waits until one of several things has happened, at most so long; whether one did. The others are no longer waited for.
 * Rejects with the signal's reason when that is aborted, and with whatever a wait rejects with.
 */
export const happensWithin = async (
  ms: number,
  signal: AbortSignal,
  ...waits: readonly ((o: Required<Abortable>) => Promise<unknown>)[]
): Promise<boolean> => {
  const limit = AbortSignal.timeout(ms)
  const settled = new AbortController()
  const either = AbortSignal.any([signal, limit, settled.signal])
  const over = new Promise<false>((resolve) => limit.addEventListener('abort', () => resolve(false), { once: true }))
  try {
    return await Promise.race([over, ...waits.map((wait) => wait({ signal: either }).then(() => true))])
  } catch (thrown) {
    signal.throwIfAborted()
    if (limit.aborted) return false
    throw thrown
  } finally {
    settled.abort()
  }
}
