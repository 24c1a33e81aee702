import { setTimeout as delay } from 'node:timers/promises'
import { unlessAborted } from '../abortable.ts'

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
