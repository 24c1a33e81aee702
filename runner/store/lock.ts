import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../fault.ts'

/**
 * Takes the data folder for this process. The embedded PostgreSQL has no lock of its own, and two processes on one folder
 * lose each other's rows without an error. The kernel frees the lock when the process ends, however it ends, so there
 * is never a stale one.
 *
 * @throws Fault `store.locked` when another process has it.
 */
export const takeLock = (file: string): Disposable => {
  const database = new DatabaseSync(file)
  try {
    database.exec('pragma busy_timeout = 0')
    database.exec('begin exclusive')
  } catch (cause) {
    database.close()
    if (cause instanceof Error && /locked/.test(cause.message)) {
      throw new Fault('store.locked', 'another process uses this data folder', { cause })
    }
    throw new Fault('store.failed', `the lock file cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  return { [Symbol.dispose]: () => database.close() }
}
