interface Waiting<T, R> {
  readonly item: T
  readonly resolve: (result: R) => void
  readonly reject: (reason: unknown) => void
}

/**
 * One call for many: whatever is asked for while a call is under way is asked for together by the next, so that a busy store is
 * asked seldom and a calm one at once. `run` answers in the order of its items, for all or none of them; when it fails for
 * several, each is tried alone, so that nobody fails for somebody else's reason.
 */
export const together = <T, R>(run: (items: readonly T[]) => Promise<readonly R[]>, { most = 32 } = {}): ((item: T) => Promise<R>) => {
  const waiting: Waiting<T, R>[] = []
  let running = false

  const alone = ({ item, resolve, reject }: Waiting<T, R>): Promise<void> => run([item]).then(([result]) => resolve(result as R), reject)
  const go = async (): Promise<void> => {
    running = true
    while (waiting.length > 0) {
      const now = waiting.splice(0, most)
      const [first] = now
      if (now.length === 1 && first) {
        await alone(first)
        continue
      }
      try {
        const results = await run(now.map(({ item }) => item))
        for (const [at, { resolve }] of now.entries()) resolve(results[at] as R)
      } catch {
        for (const each of now) await alone(each)
      }
    }
    running = false
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!running) void go()
    })
}
