import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { happensWithin, type SandboxContext, type Service, saidSoFar } from '../../kit/index.ts'

/** The files of the lab; the first three are the learner's. */
export const FILES = {
  'server.js': 'edit',
  'entrypoint.sh': 'edit',
  'balancer.conf': 'edit',
  'redis.js': 'read',
  'nginx.conf': 'read',
} as const
export type Inside = SandboxContext<typeof FILES>

export const FIRST_COPIES = ['shop-1', 'shop-2', 'shop-3'] as const
export const NEW_COPY = 'shop-4'
export const PORT = 8080
export const BALANCER = { name: 'balancer', port: 8000 } as const
const STORE = { name: 'store', port: 6379 } as const
export const READY_SECONDS = 15
export const PATIENCE_MS = 15_000
const READY_AGAIN_MS = 10_000

const own = (file: string): Promise<string> => readFile(join(import.meta.dirname, file), 'utf8')

/** Real Redis, which keeps what it is told; only the lines to it are disturbed. */
export const startStore = async ({ sandbox, signal }: Inside): Promise<Service> => {
  const store = await sandbox.start(
    {
      name: STORE.name,
      image: 'redis',
      command: ['redis-server', 'redis.conf'],
      files: { 'redis.conf': 'protected-mode no\ndir /work\nsave ""\n' },
      ready: { port: STORE.port, withinSeconds: 30 },
    },
    { signal },
  )
  if (!store.readiness.ready) throw new Error('Redis did not become ready')
  return store
}

/** One copy of the learner's program; the new one's name is known to nobody before. */
export const startCopy = ({ sandbox, files, signal }: Inside, name: string, { cold = false } = {}): Promise<Service> => {
  const { 'balancer.conf': _balancer, 'nginx.conf': _nginx, ...program } = files
  return sandbox.start(
    {
      name,
      command: ['sh', 'entrypoint.sh'],
      files: program,
      env: { REDIS_URL: `redis://${STORE.name}:${STORE.port}` },
      ready: { port: PORT, withinSeconds: READY_SECONDS },
      cold,
    },
    { signal },
  )
}

/** nginx as the learner wants it, with the copies that are there. */
export const startBalancer = async ({ sandbox, files, signal }: Inside): Promise<Service> =>
  sandbox.start(
    {
      name: BALANCER.name,
      image: 'nginx',
      command: ['sh', 'start.sh'],
      files: { 'start.sh': await own('start.sh'), 'nginx.conf': files['nginx.conf'], 'balancer.conf': files['balancer.conf'] },
      env: { FIRST_COPIES: FIRST_COPIES.join(' '), ALL_COPIES: [...FIRST_COPIES, NEW_COPY].join(' ') },
      ready: { port: BALANCER.port, withinSeconds: 30 },
    },
    { signal },
  )

const STARTED = /start worker process \d+/

/** Has the balancer look for copies again, and waits until a new nginx process goes by what it found. */
export const lookAgain = async (balancer: Service, signal: AbortSignal): Promise<void> => {
  const known = (await saidSoFar(balancer)).filter(({ text }) => STARTED.test(text)).length
  await balancer.signal('SIGHUP')
  const done = await happensWithin(READY_AGAIN_MS, signal, async ({ signal: until }) => {
    let seen = 0
    for await (const { text } of balancer.logs({ signal: until })) if (STARTED.test(text) && ++seen > known) return
  })
  if (!done) throw new Error('the balancer did not read its files again')
}
