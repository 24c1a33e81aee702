/**
 * The latest value of each of several sources, once all have one, after every change; changes that come while the taker is busy are told
 * together. Ends when the signal is aborted; throws what a source throws.
 */
export async function* latestOf<T>(sources: readonly AsyncIterable<T>[], signal: AbortSignal): AsyncGenerator<readonly T[]> {
  const values = new Map<number, T>()
  let failed: { readonly thrown: unknown } | undefined
  let ended = 0
  let wake = Promise.withResolvers<void>()
  const tell = () => wake.resolve()
  const take = async (source: AsyncIterable<T>, index: number): Promise<void> => {
    try {
      for await (const value of source) {
        values.set(index, value)
        tell()
      }
    } catch (thrown) {
      failed ??= { thrown }
    }
    ended += 1
    tell()
  }
  for (const [index, source] of sources.entries()) void take(source, index)
  signal.addEventListener('abort', tell, { once: true })
  try {
    for (;;) {
      await wake.promise
      wake = Promise.withResolvers()
      if (signal.aborted) return
      if (failed) throw failed.thrown
      const over = ended === sources.length
      if (values.size === sources.length) yield sources.map((_, index) => values.get(index) as T)
      // What was told while the taker was busy comes first: the next turn sees it, the failure included.
      if (ended === sources.length) wake.resolve()
      if (over) return
    }
  } finally {
    signal.removeEventListener('abort', tell)
  }
}
