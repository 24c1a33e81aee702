import { join } from 'node:path'
import { pino } from 'pino'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import type { SandboxDriver } from '../../runner/sandbox/contract.ts'
import { pooledDocker } from '../../runner/sandbox/docker/pooled.ts'
import { startServer } from '../../runner/server.ts'
import { noEngine } from '../unit/http/harbour.ts'

/**
 * A whole server in a process of its own, for a test that kills it: prints its address when it can grade.
 *
 *     crash-server.ts DATA                   the tests' own labs, without an engine
 *     crash-server.ts DATA HOST INSTANCE [DATABASE]     the real labs, on the engine at HOST
 */
const [data = '', host, instance = '', databaseUrl] = process.argv.slice(2)
/** Sixteen learners who ask for their verdicts all the time share one address here. */
const UNLIMITED = { submissionsPerLearner: 1e6, submissionsPerAddress: 1e6, requestsPerAddress: 1e6 }
const driver: SandboxDriver = host === undefined ? noEngine : pooledDocker({ host, instance, mostSlots: 8, mostHosts: 2, mostPods: 0 })
const server = await startServer({
  host: '127.0.0.1',
  port: 0,
  data,
  ...(databaseUrl === undefined ? {} : { databaseUrl }),
  driver,
  catalogue: await loadCatalogue(
    host === undefined ? { root: join(import.meta.dirname, '..', 'unit', 'http', 'labs') } : { only: ['hello'] },
  ),
  siteFolder: join(data, 'no-site'),
  log: pino({ level: host === undefined ? 'warn' : 'silent' }, pino.destination(2)),
  slots: 4,
  limits: UNLIMITED,
})
await server.ready
process.stdout.write(`${server.url}\n`)
process.once('SIGTERM', async () => {
  await server[Symbol.asyncDispose]()
  await driver[Symbol.asyncDispose]?.()
})
