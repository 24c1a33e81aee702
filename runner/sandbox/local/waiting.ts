import { setTimeout as delay } from 'node:timers/promises'

/** The promise, or the signal's reason if that comes first. */
export const unlessAborted = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return promise
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
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
