import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import { lazyCluster } from '../../runner/sandbox/lazy-cluster.ts'
import { startServer } from '../../runner/server.ts'
import { noEngine } from '../unit/http/harbour.ts'

/**
 * A whole server in a process of its own, for a test that kills it while it grades labs on a cluster: prints its address when it can grade.
 *
 *     crash-server.ts DATA KUBECONFIG INSTANCE LAB,LAB
 */
const [data = '', kubeconfig = '', instance = '', labs = ''] = process.argv.slice(2)
const cluster = lazyCluster({ instance, find: async () => ({ kubeconfig: readFileSync(kubeconfig, 'utf8') }) })
const server = await startServer({
  host: '127.0.0.1',
  port: 0,
  data,
  driver: noEngine,
  cluster,
  catalogue: await loadCatalogue({ only: labs.split(',') }),
  siteFolder: join(data, 'no-site'),
  log: pino({ level: 'error' }, pino.destination(2)),
  slots: 2,
})
await server.ready
process.stdout.write(`${server.url}\n`)
process.once('SIGTERM', async () => {
  await server[Symbol.asyncDispose]()
  await cluster[Symbol.asyncDispose]()
})
