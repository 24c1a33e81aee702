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
  const { promise: late, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(() => resolve(false), seconds * 1000)
  try {
    return await unlessAborted(Promise.race([promise.then(() => true), late]), signal)
  } finally {
    clearTimeout(timer)
  }
}

/**
 * What the promise resolves to, unless that takes more seconds than these: then what `late` makes is thrown. The work itself goes on.
 * Every call to an engine has one of these, so it is a plain timer: an aborted signal makes an error with its trace each time.
 */
export const inTime = async <T>(promise: Promise<T>, seconds: number, late: () => unknown): Promise<T> => {
  const { promise: over, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(late()), seconds * 1000)
  try {
    return await Promise.race([promise, over])
  } finally {
    clearTimeout(timer)
  }
}
