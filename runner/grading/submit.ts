import type { Language } from '../../labs/kit/finding.ts'
import { turnOf } from '../queue/fairness.ts'
import type { NewJob, Queue } from '../queue/queue.ts'
import type { Store } from '../store/store.ts'
import { addSubmission } from '../store/submissions.ts'
import { together } from '../store/together.ts'

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
 * get exactly one verdict, whatever happens to this process. `allowed` bounds how many one learner may have unfinished. Those that
 * come while others are being stored are stored together.
 */
export const openSubmit = ({ db }: Store, queue: Queue, allowed: number): ((sent: Sent) => Promise<Submitted>) =>
  together((all: readonly Sent[]) =>
    db.transaction().execute(async (tx) => {
      const jobs: NewJob[] = []
      const answers: Submitted[] = []
      // One after the other, since each changes whose turn comes next.
      for (const { id, learner, lab, files, language } of all) {
        const { round, place, unfinished } = await turnOf(tx, learner)
        if (unfinished >= allowed) {
          answers.push({ refused: 'learner.waiting', allowed })
          continue
        }
        await addSubmission(tx, { id, learner, lab, language, files, round }, { type: 'queued', ...place })
        jobs.push({ submission: id, learner, round })
        answers.push({ id })
      }
      if (jobs.length > 0) await queue.send(tx, jobs)
      return answers
    }),
  )
