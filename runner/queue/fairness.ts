import { sql } from 'kysely'
import type { Tx } from '../store/store.ts'
import { PLACES_COUNTED, type Place, recentGradings, waitSecondsOf } from './line.ts'

export interface Turn {
  readonly round: number
  /** Where a submission of this round would stand in line. */
  readonly place: Place
  /** Submissions of this learner without a verdict. */
  readonly unfinished: number
}

/**
 * When a learner's next submission is graded: one round after the learner's last unfinished one, but never before the round that
 * is being graded now. Whoever sends fifty takes fifty rounds; somebody who sends one joins the current round and waits for at
 * most one submission of each other learner. (Start-time fair queueing, with every grading costing the same.)
 */
export const turnOf = async (tx: Tx, learner: string): Promise<Turn> => {
  const { rows } = await sql<{ round: number; unfinished: number; place: number; running: number; seconds: number | null }>`
    with turn as (
      select greatest(
        (select max(round) + 1 from submissions where state <> 'done' and learner = ${learner}),
        coalesce(
          (select max(round) from submissions where state in ('preparing', 'checking')),
          (select min(round) from submissions where state = 'queued'),
          0
        )
      ) as round
    )
    select turn.round,
      (select count(*) from submissions where state <> 'done' and learner = ${learner})::int as unfinished,
      (select count(*) from (
        select 1 from submissions where state = 'queued' and submissions.round <= turn.round limit ${sql.lit(PLACES_COUNTED)}
      ) ahead)::int + 1 as place,
      (select count(*) from submissions where state in ('preparing', 'checking'))::int as running,
      (${recentGradings}) as seconds
    from turn`.execute(tx)
  const [row] = rows
  if (row === undefined) throw new Error('a select without a where clause gave no row')
  const { round, unfinished, place, running, seconds } = row
  return { round, unfinished, place: { place, running, ...waitSecondsOf(place, running, seconds) } }
}
