import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Kysely, PGliteDialect, PostgresDialect, type Transaction } from 'kysely'
import { Pool } from 'pg'
import { Fault } from '../fault.ts'
import { takeLock } from './lock.ts'
import { migrate } from './migrate.ts'
import { type Listen, listenOnLite, listenOnPool } from './notices.ts'
import { openLite } from './pglite.ts'
import { type Lite, prepared } from './prepared.ts'
import type { Tables } from './schema.ts'

export type Db = Kysely<Tables>
/** Inside a transaction nothing may use the outer `db`: the embedded engine has one connection, and would wait for itself. */
export type Tx = Transaction<Tables>

export interface Store extends AsyncDisposable {
  readonly db: Db
  /** Which engine, for the queue that shares it. */
  readonly engine: { readonly kind: 'pglite'; readonly lite: Lite } | { readonly kind: 'postgres'; readonly url: string }
  /** Calls back for each notice on a channel, sent by any process; `missed` when notices may have been lost. */
  readonly listen: Listen
  /** Flushes to the disk since the start; undefined where another process does them. */
  flushes(): number | undefined
}

/**
 * Opens the store: PostgreSQL when a URL is given, else the embedded one below the data folder, which is created, locked for
 * this process, and brought to this version's shape.
 *
 * @throws Fault `store.locked` or `store.failed`.
 */
export const openStore = async ({ data, databaseUrl }: { data: string; databaseUrl?: string }): Promise<Store> => {
  try {
    return await (databaseUrl === undefined ? openEmbedded(data) : openRemote(databaseUrl))
  } catch (thrown) {
    throw Fault.from(thrown, 'store.failed')
  }
}

const openEmbedded = async (data: string): Promise<Store> => {
  await mkdir(data, { recursive: true, mode: 0o700 })
  const opening = new DisposableStack()
  opening.use(takeLock(join(data, 'lock')))
  try {
    const folder = join(data, 'store')
    if (!existsSync(folder)) await create(folder)
    const { lite: own, flushes } = await openLite(folder)
    const lite = prepared(own)
    const db: Db = new Kysely({ dialect: new PGliteDialect({ pglite: lite }) })
    await migrate(db as never)
    const held = opening.move()
    return {
      db,
      engine: { kind: 'pglite', lite },
      listen: listenOnLite(lite),
      flushes,
      async [Symbol.asyncDispose]() {
        if (!lite.closed) await lite.close()
        held.dispose()
      },
    }
  } catch (thrown) {
    opening.dispose()
    throw thrown
  }
}

const CREATE_WITHIN_MS = 5 * 60_000

/** The folder is there whole or not at all, whenever this is interrupted. */
const create = async (folder: string): Promise<void> => {
  const making = `${folder}.new`
  await rm(making, { recursive: true, force: true })
  const program = fileURLToPath(new URL('./create.ts', import.meta.url))
  await promisify(execFile)(process.execPath, [program, making], { timeout: CREATE_WITHIN_MS })
  await rename(making, folder)
}

const openRemote = async (url: string): Promise<Store> => {
  const pool = new Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 })
  // Without a listener, an idle connection that the server closes would end this process.
  pool.on('error', () => {})
  const db: Db = new Kysely({ dialect: new PostgresDialect({ pool }) })
  try {
    await migrate(db as never)
  } catch (thrown) {
    await db.destroy()
    throw thrown
  }
  return {
    db,
    engine: { kind: 'postgres', url },
    listen: listenOnPool(url),
    flushes: () => undefined,
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}
