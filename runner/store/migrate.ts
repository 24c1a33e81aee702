import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import * as submissions from './migrations/0001-submissions.ts'

/** In order; a migration that has been released is never changed. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-submissions': submissions,
}

/** Brings the store to this version's shape. Two processes may call it at once; one waits for the other. */
export const migrate = async (db: Kysely<never>): Promise<void> => {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
