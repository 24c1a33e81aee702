import type { Claim, Queue } from '../queue/queue.ts'
import { appendEvents, type NewEvents } from '../store/events.ts'
import type { Store } from '../store/store.ts'
import { type Begun, beginAttempts, type NewVerdict, storeVerdicts } from '../store/submissions.ts'
import { together } from '../store/together.ts'

/** What a worker writes about its attempts; what comes at the same time is written together. */
export interface Ledger {
  /** Counts an attempt and hands out what it needs; undefined when the submission has its verdict already. */
  begin(submission: string): Promise<Begun | undefined>
  /** False when the attempt is no longer the submission's own. */
  append(events: NewEvents): Promise<boolean>
  /** Ends the job, with its verdict where there is one to store; whether that is now the submission's verdict. */
  finish(end: { readonly claim: Claim; readonly verdict?: NewVerdict }): Promise<boolean>
}

export const openLedger = ({ db }: Store, queue: Queue): Ledger => ({
  begin: together((ids: readonly string[]) => beginAttempts(db, ids)),
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
