/**
 * Makes the embedded PostgreSQL's folder, which is named on the command line. A program of its own: what this takes of memory, more
 * than the store ever needs again, ends with it.
 */
import { openLite } from './pglite.ts'

const { lite } = await openLite(process.argv[2] ?? '')
await lite.close()
