import { sql } from 'kysely'
import type { GradingEvent, SubmissionState } from '../grading/events.ts'
import type { Db, Tx } from './store.ts'

export const EVENTS_CHANNEL = 'hatoba_events'

export interface StoredEvent {
  readonly seq: number
  readonly event: GradingEvent
}

/**
 * Stores events of one attempt and tells every server, in one statement: what a follower sees is durable. Nothing is stored
 * when the attempt is no longer the submission's own (another worker took it) or it has its verdict; then it answers false.
 */
export const appendEvents = async (
  db: Db | Tx,
  attempt: { readonly submission: string; readonly attempt: number },
  state: SubmissionState,
  events: readonly GradingEvent[],
): Promise<boolean> => {
  const { rows } = await sql`
    with own as (
      update submissions set state = ${state}
      where id = ${attempt.submission} and attempt = ${attempt.attempt} and state <> 'done'
      returning id
    ), last as (
      select coalesce(max(seq), 0) as seq from events where submission = ${attempt.submission}
    ), stored as (
      insert into events (submission, seq, event)
      select own.id, last.seq + item.n, item.event
      from own, last, jsonb_array_elements(${JSON.stringify(events)}::jsonb) with ordinality as item(event, n)
    )
    select pg_notify(${EVENTS_CHANNEL}, own.id::text) from own`.execute(db)
  return rows.length > 0
}

export const eventsAfter = (db: Db, submission: string, seq: number): Promise<StoredEvent[]> =>
  db.selectFrom('events').select(['seq', 'event']).where('submission', '=', submission).where('seq', '>', seq).orderBy('seq').execute()
