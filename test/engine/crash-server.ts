import { join } from 'node:path'
import { pino } from 'pino'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import { startServer } from '../../runner/server.ts'
import { noEngine } from '../unit/http/harbour.ts'

/** A whole server in a process of its own, for a test that kills it: prints its address when it can grade. */
const [data = ''] = process.argv.slice(2)
const server = await startServer({
  host: '127.0.0.1',
  port: 0,
  data,
  driver: noEngine,
  catalogue: await loadCatalogue({ root: join(import.meta.dirname, '..', 'unit', 'http', 'labs') }),
  siteFolder: join(data, 'no-site'),
  log: pino({ level: 'warn' }, pino.destination(2)),
  slots: 4,
})
await server.ready
process.stdout.write(`${server.url}\n`)
process.once('SIGTERM', () => void server[Symbol.asyncDispose]())
