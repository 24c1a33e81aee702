import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, type LogLine } from '../../kit/index.ts'
import type { Product } from './catalogue.ts'
import type { Inside } from './observe.ts'

const STORE = { name: 'store', port: 9000 } as const
const PATIENCE_MS = 15_000

/** The artefact store under our control. */
export interface Store extends AsyncDisposable {
  readonly url: string
  /** From now on no answer leaves the store. */
  hold(): Promise<void>
  /** How many of its callers are waiting for an answer that it holds back. */
  held(): Promise<number>
  log(): Promise<readonly LogLine[]>
}

/** Starts the store with these products in it. */
export const openStore = async ({ sandbox, signal }: Inside, products: readonly Product[]): Promise<Store> => {
  // The learner's programs can reach the store, so the path of our orders is told to nobody.
  const control = randomUUID()
  const service = await sandbox.start(
    {
      name: STORE.name,
      command: ['node', 'store.js'],
      files: {
        'store.js': await readFile(join(import.meta.dirname, 'store.js'), 'utf8'),
        'catalogue.json': JSON.stringify({ products }),
      },
      env: { CONTROL: control },
      ready: { port: STORE.port, withinSeconds: 15 },
    },
    { signal },
  )
  if (!service.readiness.ready) throw new Error('the store did not become ready')
  const order = async (what: string): Promise<number> => {
    const { body } = await ask(sandbox, STORE, { method: 'POST', path: `/${control}/${what}` }, { signal, timeoutMs: PATIENCE_MS })
    return (JSON.parse(body ?? '{}') as { held?: number }).held ?? 0
  }
  const lines: LogLine[] = []
  const following = (async () => {
    for await (const line of service.logs()) lines.push(line)
  })()
  following.catch(() => {})
  return {
    url: `http://${STORE.name}:${STORE.port}`,
    hold: async () => void (await order('hold')),
    held: () => order('held'),
    log: async () => [...lines],
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]()
      await following
    },
  }
}
