import type { Abortable } from '../../../runner/sandbox/contract.ts'
import type { Cluster, ClusterObject, KindRef, Seen } from '../../../runner/sandbox/contract-cluster.ts'

/** All changes of one kind of object since it began, kept as they come. */
export interface Watch extends AsyncDisposable {
  readonly seen: readonly Seen[]
  /** Waits until this holds for the objects as they are, at most so long; whether it did. Rejects when the signal is aborted. */
  until(
    holds: (objects: readonly ClusterObject[]) => boolean,
    o: Required<Abortable> & { readonly withinSeconds: number },
  ): Promise<boolean>
}

/** Begins to follow a kind in the submission's namespace. The first state is there when this resolves. */
export const watchObjects = async (
  cluster: Cluster,
  kind: KindRef,
  { signal, labels }: Required<Abortable> & { readonly labels?: Readonly<Record<string, string>> },
): Promise<Watch> => {
  const stop = new AbortController()
  const seen: Seen[] = []
  let changed = Promise.withResolvers<void>()
  const follow = async (): Promise<void> => {
    const changes = cluster.follow(kind, { signal: AbortSignal.any([stop.signal, signal]), ...(labels ? { labels } : {}) })
    for await (const change of changes) {
      seen.push(change)
      changed.resolve()
      changed = Promise.withResolvers()
    }
  }
  const following = follow()
  // Told to whoever waits; a rejection must not end the runner when nobody does.
  following.catch(() => {})
  const next = (): Promise<unknown> => Promise.race([changed.promise, following])
  await next()
  return {
    seen,
    async until(holds, { withinSeconds, signal: waiting }) {
      const limit = AbortSignal.timeout(withinSeconds * 1000)
      const over = new Promise<void>((resolve) => {
        for (const each of [limit, waiting]) each.addEventListener('abort', () => resolve(), { once: true })
      })
      for (;;) {
        waiting.throwIfAborted()
        if (holds(seen.at(-1)?.objects ?? [])) return true
        if (limit.aborted || stop.signal.aborted) return false
        await Promise.race([next(), over])
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await following.catch(() => {})
    },
  }
}
