import { sql } from 'kysely'
import type { Outcome } from '../../labs/kit/finding.ts'
import type { Db, Tx } from './store.ts'

export interface Progress {
  readonly lab: string
  readonly state: 'started' | 'passed'
  /** Verdicts that count as a try. */
  readonly tries: number
  readonly passed?: Date
}

/** What a verdict does to progress. `rejected`, `incomplete` and `faulted` cost the learner nothing. */
const COUNTS: Readonly<Record<Outcome, { readonly tries: 0 | 1; readonly passed: boolean }>> = {
  passed: { tries: 1, passed: true },
  failed: { tries: 1, passed: false },
  exhausted: { tries: 1, passed: false },
  rejected: { tries: 0, passed: false },
  incomplete: { tries: 0, passed: false },
  faulted: { tries: 0, passed: false },
}

/** The learner has begun the lab. */
export const begin = async (tx: Tx, learner: string, lab: string): Promise<void> => {
  await tx
    .insertInto('progress')
    .values({ learner, lab, tries: 0, passed: null })
    .onConflict((conflict) => conflict.columns(['learner', 'lab']).doNothing())
    .execute()
}

/** Counts one verdict. Call it in the transaction that stores the verdict, so that it counts once. */
export const count = async (tx: Tx, learner: string, lab: string, outcome: Outcome): Promise<void> => {
  const { tries, passed } = COUNTS[outcome]
  await tx
    .updateTable('progress')
    .set({
      tries: sql<number>`tries + ${sql.lit(tries)}`,
      updated: sql<Date>`clock_timestamp()`,
      ...(passed ? { passed: sql<Date>`coalesce(passed, clock_timestamp())` } : {}),
    })
    .where('learner', '=', learner)
    .where('lab', '=', lab)
    .execute()
}

export const progressOf = async (db: Db, learner: string): Promise<readonly Progress[]> => {
  const rows = await db.selectFrom('progress').select(['lab', 'tries', 'passed']).where('learner', '=', learner).orderBy('lab').execute()
  return rows.map(({ lab, tries, passed }) => ({
    lab,
    tries,
    state: passed === null ? 'started' : 'passed',
    ...(passed === null ? {} : { passed }),
  }))
}
