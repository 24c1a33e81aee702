import type { Claim, Queue } from '../queue/queue.ts'
import { appendEvents, type NewEvents } from '../store/events.ts'
import type { Store } from '../store/store.ts'
import { type Begun, beginAttempts, type NewVerdict, storeVerdicts } from '../store/submissions.ts'
import { together } from '../store/together.ts'

/** A job that was taken, and its attempt; that is undefined where the submission has its verdict already. */
export interface Taken {
  readonly claim: Claim
  readonly begun: Begun | undefined
}

/** What a worker writes about its attempts; what comes at the same time is written together. */
export interface Ledger {
  /** Takes up to `count` jobs, in the order of fairness, and counts an attempt of each: all of it, or none. */
  take(count: number): Promise<readonly Taken[]>
  /** False when the attempt is no longer the submission's own. */
  append(events: NewEvents): Promise<boolean>
  /** Ends the job, with its verdict where there is one to store; whether that is now the submission's verdict. */
  finish(end: { readonly claim: Claim; readonly verdict?: NewVerdict }): Promise<boolean>
}

export const openLedger = ({ db }: Store, queue: Queue): Ledger => ({
  take: (count) =>
    db.transaction().execute(async (tx) => {
      const claims = await queue.take(count, tx)
      if (claims.length === 0) return []
      const ids = claims.map(({ submission }) => submission)
      const begun = await beginAttempts(tx, ids)
      return claims.map((claim, at) => ({ claim, begun: begun[at] }))
    }),
  append: together((added: readonly NewEvents[]) => appendEvents(db, added)),
  finish: together((ends: readonly { readonly claim: Claim; readonly verdict?: NewVerdict }[]) =>
    db.transaction().execute(async (tx) => {
      const verdicts = ends.flatMap(({ verdict }) => verdict ?? [])
      const stored = verdicts.length === 0 ? [] : await storeVerdicts(tx, verdicts)
      await queue.finish(
        tx,
        ends.map(({ claim }) => claim),
      )
      return ends.map(({ verdict }) => verdict !== undefined && stored[verdicts.indexOf(verdict)] === true)
    }),
  ),
})
