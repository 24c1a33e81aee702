import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, betweenLooks, type Disturbance, type RequestRecord, type SandboxContext, type Service } from '../../kit/index.ts'
import type { Command } from './form.ts'
import type { Night } from './night.ts'
import { type Target, unlessSilent } from './silence.ts'

export type Inside = Pick<SandboxContext<Record<never, never>>, 'sandbox' | 'signal'>

/** The shop of one night, and the tools that the one on call has for it. */
export interface Shop {
  /** When it was broken. */
  readonly brokenAt: number
  /** Does what a command says and tells what the tool answers. */
  carryOut(command: Command): Promise<string>
  /** Lets so many customers order, one after another; fewer when one gets no answer at all. */
  order(count: number): Promise<readonly RequestRecord[]>
  /** Every order that was answered so far; its `id` is the order's. */
  readonly answered: readonly RequestRecord[]
  /** Orders that a customer was told yes for, and that nobody has who could still give them back. */
  lost(): Promise<readonly string[]>
}

const PORT = 8080
const PATIENCE_MS = 20_000
/** Questions to a service that is coming back, and the time between two that are refused, in which it can. */
const MOST_TRIES = 600
const PAUSE_MS = 50
const SILENCE = 'no answer'
/** Customers who order while the disk fills up: more than the store can keep in memory. */
const MOST_WHILE_FULL = 20

/** Starts a shop, has orders taken, and breaks it. */
export const openShop = async (inside: Inside, night: Night): Promise<Shop> => {
  const { sandbox, signal } = inside
  const parts = await startParts(inside, night)
  const state = { running: night.version, gone: false, promoted: false }
  let full: Disturbance | undefined

  const neighbour: Target = { name: night.replica ?? night.store, port: PORT }
  const request = (name: string, method: 'GET' | 'POST', path: string, body?: string): Promise<RequestRecord | undefined> =>
    unlessSilent(inside, neighbour, () =>
      ask(sandbox, { name, port: PORT }, { method, path, ...(body !== undefined && { body }) }, { signal, timeoutMs: PATIENCE_MS }),
    )
  const answered: RequestRecord[] = []
  let orders = 0
  const nextOrder = (): string => {
    orders += 1
    return `order-${orders}`
  }
  const takeOrder = async (): Promise<RequestRecord | undefined> => {
    const id = nextOrder()
    const record = await request(night.orders, 'POST', '/orders', id)
    if (record) answered.push({ ...record, id })
    return record
  }
  /** Asks a shop in which nothing is broken yet: however long a busy machine takes for it, that is not silence. */
  const inPeace = async (name: string, path: string, body?: string): Promise<RequestRecord> => {
    const posted = { method: 'POST', path, ...(body !== undefined && { body }) } as const
    const record = await ask(sandbox, { name, port: PORT }, posted, { signal, timeoutMs: PATIENCE_MS })
    if (record.status !== undefined && record.status < 300 && record.error === undefined) return record
    throw new Error(`${name} answered ${record.error ?? record.status} to ${path} although nothing was broken`)
  }
  const takeInPeace = async (count: number): Promise<void> => {
    for (let taken = 0; taken < count; taken += 1) {
      const id = nextOrder()
      answered.push({ ...(await inPeace(night.orders, '/orders', id)), id })
    }
  }
  const order: Shop['order'] = async (count) => {
    const records: RequestRecord[] = []
    while (records.length < count) {
      const record = await takeOrder()
      if (record === undefined) break
      records.push(record)
    }
    return records
  }
  /** Ends the process of a service; whoever watches over it starts it again, with what `first` has left on its disk. */
  const restart = async (service: Service, first = ':'): Promise<void> => {
    const done = await service.inside(['sh', '-c', `${first}; kill -KILL "$(cat /tmp/pid)"`], { signal })
    if (done?.code !== 0) throw new Error(`${service.name} could not be restarted`)
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { status } = await ask(sandbox, { name: service.name, port: PORT }, { path: '/healthz' }, { signal, timeoutMs: PATIENCE_MS })
      if (status === 200) return
      await betweenLooks({ signal, ms: PAUSE_MS })
    }
    throw new Error(`${service.name} did not come back`)
  }
  const deploy = async (version: string, hangs: boolean): Promise<void> => {
    await restart(parts.orders, `echo VERSION=${version} HANGS=${hangs ? 'yes' : ''} > /work/release`)
    state.running = version
  }
  const acknowledged = (): readonly string[] => answered.filter(({ status, error }) => status === 201 && !error).map(({ id }) => id)
  const missingIn = async (name: string): Promise<readonly string[]> => {
    const record = await ask(
      sandbox,
      { name, port: PORT },
      { method: 'POST', path: '/missing', body: acknowledged().join(' ') },
      { signal, timeoutMs: PATIENCE_MS },
    )
    if (record.status !== 200) throw new Error(`${name} did not tell which orders it lacks`)
    return JSON.parse(record.body ?? '[]') as string[]
  }

  const breaks: Record<Night['name'], () => Promise<unknown>> = {
    hung: () => request(night.orders, 'POST', '/hang'),
    release: async () => {
      await deploy(night.version, true)
      await takeOrder()
    },
    disk: async () => {
      full = await parts.store.fill('disk', { signal })
      for (let tries = 0; tries < MOST_WHILE_FULL; tries += 1) if ((await takeOrder())?.status !== 201) return
    },
    gone: async () => {
      await inPeace(night.store, '/hold')
      await takeInPeace(night.behind)
      await parts.store[Symbol.asyncDispose]()
      state.gone = true
    },
  }

  const told = (record: RequestRecord | undefined): string =>
    record?.status === undefined ? SILENCE : `${record.status} ${record.body ?? ''}`.trim()
  const tools: Record<Command, () => Promise<string>> = {
    health: async () => told(await request(night.orders, 'GET', '/healthz')),
    order: async () => told(await takeOrder()),
    store: async () => told(await request(night.store, 'GET', '/healthz')),
    disk: async () => (await request(night.store, 'GET', '/disk'))?.body ?? SILENCE,
    version: async () =>
      `${state.running}, released ${state.running === night.version ? night.released : 'just now'}; before it ${night.before}`,
    replica: async () => {
      if (night.replica === undefined || !state.gone) return 'the store answers for itself'
      return `${(await missingIn(night.replica)).length} orders behind`
    },
    'restart orders': async () => {
      await restart(parts.orders)
      return `running ${state.running}`
    },
    'restart store': async () => {
      if (state.gone) return 'there is no such service: its machine is gone'
      await restart(parts.store)
      return 'running'
    },
    'clear exports': async () => {
      if (state.gone) return 'there is no such service: its machine is gone'
      await full?.[Symbol.asyncDispose]()
      return `removed last week's exports; ${(await request(night.store, 'GET', '/disk'))?.body ?? SILENCE}`
    },
    'roll back': async () => {
      await deploy(night.before, false)
      return `running ${night.before}`
    },
    'promote replica': async () => {
      if (night.replica === undefined || !state.gone) return 'refused: the store is alive'
      await request(night.orders, 'POST', '/promote', urlOf(night.replica))
      state.promoted = true
      return `${night.replica} is the store now`
    },
  }

  await takeInPeace(night.taken)
  await breaks[night.name]()
  return {
    brokenAt: Date.now(),
    carryOut: (command) => tools[command](),
    order,
    answered,
    async lost() {
      if (!state.gone) return missingIn(night.store)
      // Nobody has given the store's disk up yet: whoever knows about it can still look.
      return state.promoted && night.replica !== undefined ? missingIn(night.replica) : []
    },
  }
}

const urlOf = (name: string): string => `http://${name}:${PORT}`

const startParts = async ({ sandbox, signal }: Inside, night: Night) => {
  const source = await readFile(join(import.meta.dirname, 'shop.js'), 'utf8')
  const start = async (name: string, env: Readonly<Record<string, string>>): Promise<Service> => {
    const service = await sandbox.start(
      {
        name,
        // A process that ends is started again where it was, as a platform does.
        command: [
          'sh',
          '-c',
          'while :; do set -a; [ ! -f release ] || . ./release; set +a; node --input-type=module -e "$0"; done',
          source,
        ],
        env,
        limits: { diskMiB: 8, fileMiB: 8, memoryMiB: 96 },
        ready: { port: PORT, withinSeconds: 30 },
      },
      { signal },
    )
    if (!service.readiness.ready) throw new Error(`${name} did not become ready`)
    return service
  }
  const { replica } = night
  const version = night.name === 'release' ? night.before : night.version
  const [orders, store] = await Promise.all([
    start(night.orders, { ROLE: 'orders', VERSION: version, STORE: urlOf(night.store) }),
    start(night.store, { ROLE: 'store', ...(replica !== undefined && { REPLICA: urlOf(replica) }) }),
    replica === undefined ? undefined : start(replica, { ROLE: 'store' }),
  ])
  return { orders, store }
}
