import { sql } from 'kysely'
import type { Language, Outcome, Verdict } from '../../labs/kit/finding.ts'
import type { GradingEvent, SubmissionState } from '../grading/events.ts'
import { EVENTS_CHANNEL } from './events.ts'
import { COUNTS } from './progress.ts'
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

/** Stores a submission with its first event and the learner's begin of the lab, in one statement. */
export const addSubmission = async (
  tx: Tx,
  { id, learner, lab, language, files, round }: NewSubmission,
  first: GradingEvent,
): Promise<void> => {
  await sql`
    with learner as (
      insert into learners (id) values (${learner}) on conflict do nothing
    ), begun as (
      insert into progress (learner, lab, tries) values (${learner}, ${lab}, 0) on conflict do nothing
    ), submission as (
      insert into submissions (id, learner, lab, language, files, state, round)
      values (${id}, ${learner}, ${lab}, ${language}, ${JSON.stringify(files)}::jsonb, 'queued', ${round})
    )
    insert into events (submission, seq, event) values (${id}, 1, ${JSON.stringify(first)}::jsonb)`.execute(tx)
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

/**
 * Stores the verdict of this attempt, its last events and what it does to the learner's progress, and tells every server, in one
 * statement. False when there is a verdict already, or another worker took the submission over; then nothing changes.
 */
export const storeVerdict = async (
  tx: Tx,
  { id, attempt }: { id: string; attempt: number },
  verdict: Verdict,
  before: readonly GradingEvent[] = [],
): Promise<boolean> => {
  const events: readonly GradingEvent[] = [...before, { type: 'verdict', verdict }]
  const { tries, passed } = COUNTS[verdict.outcome]
  const { rows } = await sql`
    with own as (
      update submissions
      set state = 'done', outcome = ${verdict.outcome}, verdict = ${JSON.stringify(verdict)}::jsonb, ended = clock_timestamp()
      where id = ${id} and attempt = ${attempt} and state <> 'done'
      returning id, learner, lab
    ), told as (
      insert into events (submission, seq, event)
      select own.id, (select coalesce(max(seq), 0) from events where submission = ${id}) + item.n, item.event
      from own, jsonb_array_elements(${JSON.stringify(events)}::jsonb) with ordinality as item(event, n)
    ), counted as (
      update progress set
        tries = tries + ${sql.lit(tries)},
        passed = case when ${sql.lit(passed)} then coalesce(passed, clock_timestamp()) else passed end,
        updated = clock_timestamp()
      from own where progress.learner = own.learner and progress.lab = own.lab
    )
    select pg_notify(${EVENTS_CHANNEL}, id::text) from own`.execute(tx)
  return rows.length > 0
}
