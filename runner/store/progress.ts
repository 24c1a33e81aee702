import type { Outcome } from '../../labs/kit/finding.ts'
import type { Db } from './store.ts'

export interface Progress {
  readonly lab: string
  readonly state: 'started' | 'passed'
  /** Verdicts that count as a try. */
  readonly tries: number
  readonly passed?: Date
}

/** What a verdict does to progress. `rejected`, `incomplete` and `faulted` cost the learner nothing. */
export const COUNTS: Readonly<Record<Outcome, { readonly tries: 0 | 1; readonly passed: boolean }>> = {
  passed: { tries: 1, passed: true },
  failed: { tries: 1, passed: false },
  exhausted: { tries: 1, passed: false },
  rejected: { tries: 0, passed: false },
  incomplete: { tries: 0, passed: false },
  faulted: { tries: 0, passed: false },
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
