import type { Db, Tx } from './store.ts'

/** Makes the learner's row if there is none yet. */
export const keepLearner = async (db: Db | Tx, id: string): Promise<void> => {
  await db
    .insertInto('learners')
    .values({ id })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}
