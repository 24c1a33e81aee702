import { setTimeout as delay } from 'node:timers/promises'

/** What the promise resolves to, unless the signal is aborted first: then its reason is thrown. The work itself goes on. */
export const unlessAborted = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return promise
  // Nobody else may be left to see it fail.
  promise.catch(() => {})
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Whether the promise settled within so many seconds. Throws the signal's reason when that comes first. */
export const settlesWithin = async (promise: Promise<unknown>, seconds: number, signal?: AbortSignal): Promise<boolean> => {
  const over = new AbortController()
  const timer = delay(seconds * 1000, false, { signal: over.signal })
  timer.catch(() => {})
  try {
    return await unlessAborted(Promise.race([promise.then(() => true), timer]), signal)
  } finally {
    over.abort()
  }
}
