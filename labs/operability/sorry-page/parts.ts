import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ask, type LogLine, type SandboxContext, type Service, seeded } from '../../kit/index.ts'

/** The files of the lab; the first four are the learner's. */
export const FILES = {
  'balancer.conf': 'edit',
  'maintenance.sh': 'edit',
  'server.js': 'edit',
  'entrypoint.sh': 'edit',
  'nginx.sh': 'read',
  'nginx.conf': 'read',
  'sorry.html': 'read',
} as const
export type Inside = SandboxContext<typeof FILES>

export const SHOP = { name: 'shop', port: 8080 } as const
export const BALANCER = { name: 'balancer', port: 8000 } as const
const STORE = { name: 'store', port: 9000 } as const
const CUSTOMER = { name: 'customer', port: 9100 } as const
export const READY_SECONDS = 15
export const PATIENCE_MS = 15_000

/** What differs between learners, so that it can be in no file. */
export interface Secrets {
  readonly seconds: number
  readonly previewKey: string
  /** What only the store can have told. */
  readonly stock: string
}

export const secretsFor = (seed: number): Secrets => {
  const choose = seeded(seed)
  return {
    seconds: choose.number(15, 90) * 60,
    previewKey: `look-${choose.token(12)}`,
    stock: `${choose.number(100, 999)}-${choose.token(6)}`,
  }
}

const own = (file: string): Promise<string> => readFile(join(import.meta.dirname, file), 'utf8')

const trusted = async ({ sandbox, signal }: Inside, { name, port }: typeof STORE | typeof CUSTOMER, file: string, env = {}) => {
  const service = await sandbox.start(
    { name, command: ['node', 'main.mjs'], files: { 'main.mjs': await own(file) }, env, ready: { port, withinSeconds: 30 } },
    { signal },
  )
  if (!service.readiness.ready) throw new Error(`${name} did not become ready`)
  return service
}

export const startStore = (inside: Inside, { stock }: Secrets): Promise<Service> => trusted(inside, STORE, 'store.js', { STOCK: stock })
export const startCustomer = (inside: Inside): Promise<Service> => trusted(inside, CUSTOMER, 'customer.js')

export const startShop = ({ sandbox, files, signal }: Inside): Promise<Service> =>
  sandbox.start(
    {
      name: SHOP.name,
      command: ['sh', 'entrypoint.sh'],
      files: { 'server.js': files['server.js'], 'entrypoint.sh': files['entrypoint.sh'] },
      env: { STORE_URL: `http://${STORE.name}:${STORE.port}` },
      ready: { port: SHOP.port, withinSeconds: READY_SECONDS },
    },
    { signal },
  )

export const startBalancer = async ({ sandbox, files, signal }: Inside, { seconds, previewKey }: Secrets): Promise<Service> => {
  const { 'server.js': _server, 'entrypoint.sh': _entrypoint, ...balancer } = files
  return sandbox.start(
    {
      name: BALANCER.name,
      image: 'nginx',
      command: ['sh', 'start.sh'],
      files: { ...balancer, 'start.sh': await own('start.sh') },
      env: { MAINTENANCE_SECONDS: String(seconds), PREVIEW_KEY: previewKey },
      ready: { port: BALANCER.port, withinSeconds: READY_SECONDS },
    },
    { signal },
  )
}

export const tellStore = async ({ sandbox, signal }: Inside, what: 'hold' | 'release'): Promise<void> => {
  await ask(sandbox, STORE, { path: `/${what}` }, { signal, timeoutMs: PATIENCE_MS })
}

const told = z.object({
  status: z.number().optional(),
  error: z.string().optional(),
  retryAfter: z.string().nullish(),
  type: z.string().nullish(),
  location: z.string().nullish(),
  body: z.string().optional(),
})

export interface Wish {
  readonly who: 'person' | 'program' | 'platform' | 'monitor' | 'tester' | 'stranger'
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly preview?: string
  readonly body?: string
  /** Past the balancer, as the platform asks. */
  readonly directly?: boolean
}

/** What somebody asked for, and all that came back. */
export interface Told extends z.infer<typeof told> {
  readonly wish: Wish
}

/** Asks on somebody's behalf. Being refused is an answer, too. */
export const wish = async ({ sandbox, signal }: Inside, asked: Wish): Promise<Told> => {
  const { name, port } = asked.directly ? SHOP : BALANCER
  const { path, method = 'GET', preview, body } = asked
  const accept = asked.who === 'person' ? 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' : 'application/json'
  const order = JSON.stringify({ to: `http://${name}:${port}${path}`, method, accept, preview, body })
  const record = await ask(sandbox, CUSTOMER, { method: 'POST', path: '/', body: order }, { signal, timeoutMs: PATIENCE_MS })
  return { wish: asked, ...told.parse(JSON.parse(record.body ?? '')) }
}

const event = z.object({ event: z.string(), order: z.string().optional(), to: z.string().optional(), code: z.number().optional() })
export type Said = z.infer<typeof event> & { readonly at: number }

/** Events in the log of a service of ours. */
export const saidIn = (log: readonly LogLine[]): Said[] =>
  log.flatMap(({ stream, text, at }) => {
    if (stream !== 'stdout' || !text.startsWith('{"event"')) return []
    const { data } = event.safeParse(JSON.parse(text))
    return data === undefined ? [] : [{ ...data, at }]
  })
