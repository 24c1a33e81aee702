import { sql } from 'kysely'
import type { Tx } from '../store/store.ts'

/**
 * The round in which a learner's next submission is graded: one after the learner's last unfinished one, but never before the
 * round that is being graded now. Whoever sends fifty takes fifty rounds; somebody who sends one joins the current round and
 * waits for at most one submission of each other learner. (Start-time fair queueing, with every grading costing the same.)
 */
export const nextRound = async (tx: Tx, learner: string): Promise<number> => {
  const { rows } = await sql<{ round: number }>`
    select greatest(
      (select max(round) + 1 from submissions where state <> 'done' and learner = ${learner}),
      coalesce(
        (select max(round) from submissions where state in ('preparing', 'checking')),
        (select min(round) from submissions where state = 'queued'),
        0
      )
    ) as round`.execute(tx)
  return rows[0]?.round ?? 0
}

/** Unfinished submissions of a learner, to bound what one person can pile up. */
export const waitingOf = async (tx: Tx, learner: string): Promise<number> => {
  const { n } = await tx
    .selectFrom('submissions')
    .select(({ fn }) => fn.countAll<string>().as('n'))
    .where('learner', '=', learner)
    .where('state', '<>', 'done')
    .executeTakeFirstOrThrow()
  return Number(n)
}
