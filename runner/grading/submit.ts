import { randomUUID } from 'node:crypto'
import type { Language } from '../../labs/kit/finding.ts'
import { nextRound, waitingOf } from '../queue/fairness.ts'
import { placesOf } from '../queue/line.ts'
import type { Queue } from '../queue/queue.ts'
import { addEvent } from '../store/events.ts'
import { keepLearner } from '../store/learners.ts'
import { begin } from '../store/progress.ts'
import type { Store } from '../store/store.ts'
import { addSubmission } from '../store/submissions.ts'

export interface Sent {
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
export const submit = ({ db }: Store, queue: Queue, { learner, lab, files, language }: Sent, allowed: number): Promise<Submitted> =>
  db.transaction().execute(async (tx) => {
    await keepLearner(tx, learner)
    if ((await waitingOf(tx, learner)) >= allowed) return { refused: 'learner.waiting', allowed }
    const id = randomUUID()
    const round = await nextRound(tx, learner)
    await addSubmission(tx, { id, learner, lab, language, files, round })
    await begin(tx, learner, lab)
    await queue.send(tx, { submission: id, learner, round })
    const place = (await placesOf(tx, [id])).get(id)
    if (place !== undefined) await addEvent(tx, id, { type: 'queued', ...place })
    return { id }
  })
