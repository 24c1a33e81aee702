import { sql } from 'kysely'
import type { Db, Tx } from '../store/store.ts'

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

/** How many wait and how many are being graded, over all servers and workers. */
export const lineOf = async (db: Db): Promise<Line> => {
  const { rows } = await sql<Line>`
    select
      (count(*) filter (where state = 'queued'))::int as waiting,
      (count(*) filter (where state <> 'queued'))::int as running
    from submissions where state <> 'done'`.execute(db)
  return rows[0] ?? { waiting: 0, running: 0 }
}

/** The place in line of each of these submissions that still waits. One query however many are asked about. */
export const placesOf = async (db: Db | Tx, ids: readonly string[]): Promise<ReadonlyMap<string, Place>> => {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; place: number; running: number; seconds: number | null }>`
    select own.id,
      (select count(*) from submissions other
       where other.state = 'queued' and (other.round, other.created, other.id) <= (own.round, own.created, own.id))::int as place,
      (select count(*) from submissions where state in ('preparing', 'checking'))::int as running,
      recent.seconds
    from submissions own, (
      select avg(extract(epoch from ended - started))::float8 as seconds
      from (select ended, started from submissions where state = 'done' and started is not null order by ended desc limit 20) last
    ) recent
    where own.state = 'queued' and own.id = any(${`{${ids.join(',')}}`}::uuid[])`.execute(db)
  return new Map(
    rows.map(({ id, place, running, seconds }) => [
      id,
      { place, running, ...(seconds === null ? {} : { waitSeconds: Math.max(1, Math.ceil((place * seconds) / Math.max(1, running))) }) },
    ]),
  )
}
