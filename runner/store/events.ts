import { sql } from 'kysely'
import type { GradingEvent, SubmissionState } from '../grading/events.ts'
import type { Db, Tx } from './store.ts'

export const EVENTS_CHANNEL = 'hatoba_events'

export interface StoredEvent {
  readonly seq: number
  readonly event: GradingEvent
}

/** Events of one attempt, in order. */
export interface NewEvents {
  readonly submission: string
  readonly attempt: number
  /** Where they leave the submission. */
  readonly state: SubmissionState
  readonly events: readonly GradingEvent[]
}

/**
 * Stores events of some attempts and tells every server, in one statement: what a follower sees is durable. Nothing is stored
 * of an attempt that is no longer the submission's own (another worker took it) or that has its verdict; then its answer is false.
 */
export const appendEvents = async (db: Db | Tx, added: readonly NewEvents[]): Promise<readonly boolean[]> => {
  const { rows } = await sql<{ id: string }>`
    with item as (
      select * from jsonb_to_recordset(${JSON.stringify(added)}::jsonb) as item(submission uuid, attempt integer, state text, events jsonb)
    ), own as (
      update submissions set state = item.state from item
      where submissions.id = item.submission and submissions.attempt = item.attempt and submissions.state <> 'done'
      returning submissions.id, item.events
    ), stored as (
      insert into events (submission, seq, event)
      select own.id, (select coalesce(max(seq), 0) from events where submission = own.id) + event.n, event.value
      from own, jsonb_array_elements(own.events) with ordinality as event(value, n)
    )
    select id, pg_notify(${EVENTS_CHANNEL}, id::text) from own`.execute(db)
  return added.map(({ submission }) => rows.some(({ id }) => id === submission))
}

/** What each of these followers has not seen, in order. */
export const eventsAfter = async (
  db: Db,
  asked: readonly { readonly submission: string; readonly seq: number }[],
): Promise<readonly (readonly StoredEvent[])[]> => {
  const { rows } = await sql<StoredEvent & { who: number }>`
    select item.who::integer as who, events.seq, events.event
    from rows from (jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as (submission uuid, seq integer))
      with ordinality as item(submission, seen, who)
    join events on events.submission = item.submission and events.seq > item.seen
    order by item.who, events.seq`.execute(db)
  const found = asked.map((): StoredEvent[] => [])
  for (const { who, seq, event } of rows) found[who - 1]?.push({ seq, event })
  return found
}
