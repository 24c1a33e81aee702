import { beforeAll, describe, expect, it } from 'vitest'
import { ensureImages } from '../../runner/images/ensure.ts'
import type { Sandbox, Service, ServiceSpec } from '../../runner/sandbox/contract.ts'
import { dockerDriver } from '../../runner/sandbox/docker/driver.ts'
import { DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { engine, IMAGES_MS, whyNot } from './engine.ts'

const driver = dockerDriver({ host: DEFAULT_HOST, instance: `servers-${process.pid}` })
const because = await whyNot('the servers’ images')

const open = () => driver.open({ submission: 'suite', deadlineSeconds: 120, image: 'node', network: 'internal' })

const linesOf = async (service: Service): Promise<readonly string[]> => (await Array.fromAsync(service.logs())).map(({ text }) => text)

/** Runs a client of a server to its end: what it printed. */
const said = async (sandbox: Sandbox, spec: ServiceSpec): Promise<string> => {
  await using client = await sandbox.start(spec)
  await client.exited()
  return (await linesOf(client)).join('\n')
}

const WEB = `
import http from 'node:http'
http.createServer((_, response) => response.setHeader('x-served-by', process.env.NAME).end()).listen(8080)
`

const NGINX = `
worker_processes 1;
pid /tmp/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
  upstream shop { server a:8080; server b:8080; }
  server { listen 8000; location / { proxy_pass http://shop; } }
}
`

const POSTGRES = { memoryMiB: 256, diskMiB: 192, fileMiB: 64, pids: 64 }
const SETTINGS = [
  '-c',
  "listen_addresses='*'",
  '-c',
  'unix_socket_directories=/tmp',
  '-c',
  'shared_buffers=16MB',
  '-c',
  'max_connections=20',
].join(' ')
const PRIMARY = `
set -e
initdb --pgdata data --encoding UTF8 --locale C.UTF-8 --auth trust --wal-segsize 1 --username learner >/dev/null
echo 'host all,replication all samenet trust' >> data/pg_hba.conf
exec postgres -D data ${SETTINGS}
`
const REPLICA = `
set -e
pg_basebackup --host primary --username learner --pgdata data --wal-method stream --write-recovery-conf
chmod 700 data
exec postgres -D data ${SETTINGS}
`

describe.skipIf(because !== undefined)('the image of servers', () => {
  beforeAll(async () => void (await ensureImages(engine, ['node', 'redis'])), IMAGES_MS)

  it('has a redis that another service reaches by its name', async () => {
    await using sandbox = await open()
    await using store = await sandbox.start({
      name: 'store',
      image: 'redis',
      command: ['redis-server', 'redis.conf'],
      files: { 'redis.conf': 'protected-mode no\ndir /work\nappendonly yes\n' },
      ready: { port: 6379, withinSeconds: 30 },
    })
    expect(store.readiness).toMatchObject({ ready: true })
    expect(await said(sandbox, { name: 'client', image: 'redis', command: ['redis-cli', '-h', 'store', 'ping'] })).toBe('PONG')
  })

  it('has an nginx that passes requests on to two services', async () => {
    await using sandbox = await open()
    const web = (name: string) =>
      sandbox.start({
        name,
        command: ['node', 'web.mjs'],
        files: { 'web.mjs': WEB },
        env: { NAME: name },
        ready: { port: 8080, withinSeconds: 30 },
      })
    await using _a = await web('a')
    await using _b = await web('b')
    await using proxy = await sandbox.start({
      name: 'proxy',
      image: 'nginx',
      command: ['nginx', '-e', 'stderr', '-p', '/work', '-c', '/work/nginx.conf', '-g', 'daemon off;'],
      files: { 'nginx.conf': NGINX },
      ready: { port: 8000, withinSeconds: 30 },
    })
    expect([proxy.readiness.ready, ...(proxy.readiness.ready ? [] : await linesOf(proxy))]).toEqual([true])
    await using traffic = await sandbox.traffic({
      targets: [{ name: 'proxy', port: 8000 }],
      request: { path: '/' },
      arrivals: { kind: 'closed', clients: 1 },
      connections: 'keep-alive',
      requests: 6,
      seconds: 20,
      timeoutMs: 5000,
    })
    await traffic.reached({ answered: 6 })
    const { requests } = await traffic.end()
    expect(new Set(requests.map(({ servedBy }) => servedBy))).toEqual(new Set(['a', 'b']))
  })

  it('has a PostgreSQL whose replica follows the primary', async () => {
    await using sandbox = await open()
    const server = (name: string, script: string) =>
      sandbox.start({
        name,
        image: 'postgres',
        command: ['sh', 'start.sh'],
        files: { 'start.sh': script },
        limits: POSTGRES,
        ready: { port: 5432, withinSeconds: 60 },
      })
    await using primary = await server('primary', PRIMARY)
    expect([primary.readiness.ready, ...(primary.readiness.ready ? [] : await linesOf(primary))]).toEqual([true])
    await using replica = await server('replica', REPLICA)
    expect([replica.readiness.ready, ...(replica.readiness.ready ? [] : await linesOf(replica))]).toEqual([true])
    const ask = (host: string, query: string) =>
      said(sandbox, {
        name: `client-${host}`,
        image: 'postgres',
        command: ['psql', '-h', host, '-U', 'learner', '-d', 'postgres', '-Atc', query],
      })
    await ask('primary', "create table orders as select 'kept' as state")
    expect(await ask('primary', 'select state from pg_stat_replication')).toBe('streaming')
    await expect.poll(() => ask('replica', 'select state from orders'), { timeout: 30_000, interval: 200 }).toBe('kept')
    expect(await ask('replica', 'select pg_is_in_recovery()')).toBe('t')
  })
})
