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

/** Counts an attempt of each and hands out what it needs; undefined for a submission that has its verdict already. */
export const beginAttempts = async (db: Db | Tx, ids: readonly string[]): Promise<readonly (Begun | undefined)[]> => {
  const { rows } = await sql<Begun>`
    update submissions set state = 'preparing', attempt = attempt + 1, started = clock_timestamp()
    where id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)) and state <> 'done'
    returning id, learner, lab, files, attempt`.execute(db)
  return ids.map((id) => rows.find((row) => row.id === id))
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

/** How an attempt ended: what happened last in it, and its verdict. */
export interface NewVerdict {
  readonly id: string
  readonly attempt: number
  readonly events: readonly GradingEvent[]
  readonly verdict: Verdict
}

/**
 * Stores verdicts, each with the attempt's last events, its own event and what it does to the learner's progress, and tells every
 * server, in one statement. False where there is a verdict already, or another worker took the submission over; then nothing of it
 * changes.
 */
export const storeVerdicts = async (tx: Tx, verdicts: readonly NewVerdict[]): Promise<readonly boolean[]> => {
  const items = verdicts.map(({ id, attempt, events, verdict }) => {
    const own: GradingEvent = { type: 'verdict', verdict }
    return { id, attempt, outcome: verdict.outcome, verdict, events: [...events, own], ...COUNTS[verdict.outcome] }
  })
  const { rows } = await sql<{ id: string }>`
    with item as (
      select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
        as item(id uuid, attempt integer, outcome text, verdict jsonb, events jsonb, tries integer, passed boolean)
    ), own as (
      update submissions
      set state = 'done', outcome = item.outcome, verdict = item.verdict, ended = clock_timestamp() from item
      where submissions.id = item.id and submissions.attempt = item.attempt and submissions.state <> 'done'
      returning submissions.id, learner, lab, item.events, item.tries, item.passed
    ), told as (
      insert into events (submission, seq, event)
      select own.id, (select coalesce(max(seq), 0) from events where submission = own.id) + event.n, event.value
      from own, jsonb_array_elements(own.events) with ordinality as event(value, n)
    ), counts as (
      select learner, lab, sum(tries)::integer as tries, bool_or(passed) as passed from own group by learner, lab
    ), counted as (
      update progress set
        tries = progress.tries + counts.tries,
        passed = case when counts.passed then coalesce(progress.passed, clock_timestamp()) else progress.passed end,
        updated = clock_timestamp()
      from counts where progress.learner = counts.learner and progress.lab = counts.lab
    )
    select id, pg_notify(${EVENTS_CHANNEL}, id::text) from own`.execute(tx)
  return verdicts.map(({ id }) => rows.some((row) => row.id === id))
}
