import { EVENTS_CHANNEL, eventsAfter, type StoredEvent } from '../store/events.ts'
import type { Store } from '../store/store.ts'
import { together } from '../store/together.ts'

/** Tells the followers of a submission, on whichever server they are, that something was stored for it. */
export interface Followers extends AsyncDisposable {
  readonly count: number
  /** What was stored for it after this event, in order. */
  read(submission: string, seq: number): Promise<readonly StoredEvent[]>
  /** Calls `look` after each change, and after changes may have been missed. */
  follow(submission: string, look: () => void): Disposable
  /** Aborts when the server stops: streams end, and the browser comes back to the next one. */
  readonly ended: AbortSignal
}

export const openFollowers = async (store: Store): Promise<Followers> => {
  const looks = new Map<string, Set<() => void>>()
  const ending = new AbortController()
  const listening = await store.listen(EVENTS_CHANNEL, {
    notice: (submission) => {
      for (const look of looks.get(submission) ?? []) look()
    },
    missed: () => {
      for (const each of looks.values()) for (const look of each) look()
    },
  })
  const read = together((asked: readonly { readonly submission: string; readonly seq: number }[]) => eventsAfter(store.db, asked))
  return {
    read: (submission, seq) => read({ submission, seq }),
    get count() {
      let count = 0
      for (const each of looks.values()) count += each.size
      return count
    },
    ended: ending.signal,
    follow(submission, look) {
      const each = looks.get(submission) ?? new Set()
      looks.set(submission, each.add(look))
      return {
        [Symbol.dispose]() {
          each.delete(look)
          if (each.size === 0 && looks.get(submission) === each) looks.delete(submission)
        },
      }
    },
    async [Symbol.asyncDispose]() {
      ending.abort()
      await listening[Symbol.asyncDispose]()
    },
  }
}
