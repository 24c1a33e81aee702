import type { Language } from '../../labs/kit/finding.ts'
import { turnOf } from '../queue/fairness.ts'
import type { Queue } from '../queue/queue.ts'
import type { Store } from '../store/store.ts'
import { addSubmission } from '../store/submissions.ts'

export interface Sent {
  readonly id: string
  readonly learner: string
  readonly lab: string
  readonly files: Readonly<Record<string, string>>
  readonly language: Language
}

export type Submitted = { readonly id: string } | { readonly refused: 'learner.waiting'; readonly allowed: number }

/**
 * Stores a screened submission together with its job: when this resolves with an id, the submission is on the disk and will
 * get exactly one verdict, whatever happens to this process. `allowed` bounds how many one learner may have unfinished.
 */
export const submit = ({ db }: Store, queue: Queue, { id, learner, lab, files, language }: Sent, allowed: number): Promise<Submitted> =>
  db.transaction().execute(async (tx) => {
    const { round, place, unfinished } = await turnOf(tx, learner)
    if (unfinished >= allowed) return { refused: 'learner.waiting', allowed }
    await addSubmission(tx, { id, learner, lab, language, files, round }, { type: 'queued', ...place })
    await queue.send(tx, { submission: id, learner, round })
    return { id }
  })
