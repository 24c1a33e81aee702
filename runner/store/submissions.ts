import { sql } from 'kysely'
import type { Language, Outcome, Verdict } from '../../labs/kit/finding.ts'
import type { SubmissionState } from '../grading/events.ts'
import type { Db, Tx } from './store.ts'

export interface NewSubmission {
  readonly id: string
  readonly learner: string
  readonly lab: string
  readonly language: Language
  readonly files: Readonly<Record<string, string>>
  readonly round: number
}

export interface Submission {
  readonly id: string
  readonly learner: string
  readonly lab: string
  readonly language: Language
  readonly state: SubmissionState
  readonly verdict: Verdict | null
  readonly created: Date
}

export interface Begun {
  readonly id: string
  readonly learner: string
  readonly lab: string
  readonly files: Readonly<Record<string, string>>
  readonly attempt: number
}

export const addSubmission = async (tx: Tx, { files, ...submission }: NewSubmission): Promise<void> => {
  await tx
    .insertInto('submissions')
    .values({ ...submission, files: JSON.stringify(files), state: 'queued', outcome: null, verdict: null, started: null, ended: null })
    .execute()
}

/** The submission, if it is this learner's; nobody else learns that it exists. */
export const findSubmission = (db: Db, id: string, learner: string): Promise<Submission | undefined> =>
  db
    .selectFrom('submissions')
    .select(['id', 'learner', 'lab', 'language', 'state', 'verdict', 'created'])
    .where('id', '=', id)
    .where('learner', '=', learner)
    .executeTakeFirst()

/** The files of one submission of this learner. */
export const filesOf = async (db: Db, id: string, learner: string): Promise<Readonly<Record<string, string>> | undefined> => {
  const row = await db.selectFrom('submissions').select('files').where('id', '=', id).where('learner', '=', learner).executeTakeFirst()
  return row?.files
}

export interface HistoryEntry {
  readonly id: string
  readonly state: SubmissionState
  readonly outcome: Outcome | null
  readonly created: Date
}

/** Newest first. */
export const historyOf = (db: Db, learner: string, lab: string, limit: number): Promise<HistoryEntry[]> =>
  db
    .selectFrom('submissions')
    .select(['id', 'state', 'outcome', 'created'])
    .where('learner', '=', learner)
    .where('lab', '=', lab)
    .orderBy('created', 'desc')
    .limit(limit)
    .execute()

/** How many verdicts other than `passed` counted as a try. */
export const failuresOf = async (db: Db, learner: string, lab: string): Promise<number> => {
  const { n } = await db
    .selectFrom('submissions')
    .select(({ fn }) => fn.countAll<string>().as('n'))
    .where('learner', '=', learner)
    .where('lab', '=', lab)
    .where('outcome', 'in', ['failed', 'exhausted'])
    .executeTakeFirstOrThrow()
  return Number(n)
}

/** Counts an attempt and hands out what it needs; undefined when the submission has its verdict already. */
export const beginAttempt = async (db: Db, id: string): Promise<Begun | undefined> => {
  const row = await db
    .updateTable('submissions')
    .set({ state: 'preparing', attempt: sql<number>`attempt + 1`, started: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('state', '<>', 'done')
    .returning(['id', 'learner', 'lab', 'files', 'attempt'])
    .executeTakeFirst()
  return row
}

/** Puts an attempt back in line. `uncounted`: it ended because the server stops, which is no failure. */
export const requeue = async (tx: Tx, { id, attempt }: { id: string; attempt: number }, uncounted: boolean): Promise<boolean> => {
  const { numUpdatedRows } = await tx
    .updateTable('submissions')
    .set({ state: 'queued', started: null, ...(uncounted ? { attempt: sql<number>`attempt - 1` } : {}) })
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', '<>', 'done')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Stores the verdict of this attempt. False when it has one, or another worker took the submission over. */
export const storeVerdict = async (tx: Tx, { id, attempt }: { id: string; attempt: number }, verdict: Verdict): Promise<boolean> => {
  const { numUpdatedRows } = await tx
    .updateTable('submissions')
    .set({ state: 'done', outcome: verdict.outcome, verdict: JSON.stringify(verdict), ended: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', '<>', 'done')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
