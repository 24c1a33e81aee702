import { sql } from 'kysely'
import type { Db } from '../store/store.ts'

export interface Place {
  /** 1 is next. */
  readonly place: number
  readonly running: number
  /** From how long the last gradings took; absent before the first. */
  readonly waitSeconds?: number
}

export interface Line {
  readonly waiting: number
  readonly running: number
}

/** Further back than this is "far": counting a line of ten thousand for each who waits in it would make it longer. */
export const PLACES_COUNTED = 1000

/** Mean seconds of the last gradings; null before the first. */
export const recentGradings = sql<number | null>`
  select avg(extract(epoch from ended - started))::float8
  from (select ended, started from submissions where state = 'done' and started is not null order by ended desc limit 20) last`

export const waitSecondsOf = (place: number, running: number, seconds: number | null): { readonly waitSeconds?: number } =>
  seconds === null ? {} : { waitSeconds: Math.max(1, Math.ceil((place * seconds) / Math.max(1, running))) }

/** How many wait and how many are being graded, over all servers and workers. */
export const lineOf = async (db: Db): Promise<Line> => {
  const { rows } = await sql<Line>`
    select
      (count(*) filter (where state = 'queued'))::int as waiting,
      (count(*) filter (where state <> 'queued'))::int as running
    from submissions where state <> 'done'`.execute(db)
  return rows[0] ?? { waiting: 0, running: 0 }
}

/** The place in line of a submission, while it waits. */
export const placeOf = async (db: Db, id: string): Promise<Place | undefined> => {
  const { rows } = await sql<{ place: number; running: number; seconds: number | null }>`
    select
      (select count(*) from (
        select 1 from submissions other
        where other.state = 'queued' and (other.round, other.created) <= (own.round, own.created) limit ${sql.lit(PLACES_COUNTED)}
      ) ahead)::int as place,
      (select count(*) from submissions where state in ('preparing', 'checking'))::int as running,
      (${recentGradings}) as seconds
    from submissions own where own.id = ${id} and own.state = 'queued'`.execute(db)
  const [row] = rows
  return row === undefined ? undefined : { place: row.place, running: row.running, ...waitSecondsOf(row.place, row.running, row.seconds) }
}
