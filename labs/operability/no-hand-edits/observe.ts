import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  ask,
  type BuildResult,
  type BuiltImage,
  type Exit,
  type LogLine,
  type RequestRecord,
  type SandboxContext,
  type Service,
} from '../../kit/index.ts'
import { editByHand, type Touched } from './hand.ts'
import { type Content, contentsOf, type Trace, tracesIn } from './images.ts'
import { type Deployment, ENVIRONMENTS, type EnvironmentName, type Release, readRelease } from './release.ts'
import { type Account, accountsFor, readSettings, SETTINGS, type Settings } from './settings.ts'

/** The files that the learner owns, and those that say what is wanted. */
export const FILES = {
  Dockerfile: 'edit',
  'release.yaml': 'edit',
  'server.js': 'edit',
  'start.sh': 'edit',
  'notice.html': 'read',
  [SETTINGS[0]]: 'read',
  [SETTINGS[1]]: 'read',
  [SETTINGS[2]]: 'read',
} as const
type Inside = SandboxContext<typeof FILES>

/** One build of the release. */
export interface Built {
  readonly name: string
  readonly result: BuildResult
  readonly endedAt: number
  /** Which environments run what it made. */
  readonly for: readonly EnvironmentName[]
  readonly contents: readonly Content[]
  readonly traces: readonly Trace[]
}

/** The shop in one environment. Answers are absent where it did not serve. */
export interface Shop {
  readonly name: EnvironmentName
  readonly settings: Settings
  readonly account: Account
  readonly deployment: Deployment
  readonly readyMs?: number
  readonly exit?: Exit
  readonly page?: RequestRecord
  readonly stock?: RequestRecord
  readonly log: readonly LogLine[]
}

/** What a person with a shell did to production, and what is left of it in the next container. */
export interface HandEdit {
  readonly touched: readonly Touched[]
  /** The page while the edit was there, and in the container that took its place. */
  readonly edited: RequestRecord
  readonly again: Service['readiness']
  readonly after?: RequestRecord
  /** Orders that were accepted before, and how each was answered for afterwards. */
  readonly orders: readonly { readonly id: string; readonly put: RequestRecord; readonly got?: RequestRecord }[]
}

/** One request to the stock service, in its own words. */
const asked = z.object({ event: z.literal('asked'), environment: z.string(), authorized: z.boolean() })
export type Asked = z.infer<typeof asked>

export interface Deployed {
  readonly shops: Readonly<Record<EnvironmentName, Shop>>
  readonly asked: readonly Asked[]
  /** Absent when production did not serve. */
  readonly hand?: HandEdit
}

/** What the pipeline made, and what became of it; nothing is started from builds that failed or differ. */
export interface Rollout {
  readonly builds: readonly Built[]
  readonly deployed?: Deployed
}

export const PORT = 8080
export const READY_SECONDS = 30
const STOCK_PORT = 9000
const PATIENCE_MS = 30_000
const ORDERS = 3

/** Carries the release out: builds, starts it in three places, edits one of them by hand, and replaces that container. */
export const observe = async (inside: Inside): Promise<Rollout> => {
  const { files, doing } = inside
  const read = readRelease(files['release.yaml'])
  if ('answer' in read) throw new Error('release.yaml was not read, yet it is to be carried out')
  const settings = readSettings(files)
  const accounts = accountsFor(settings, inside.seed)
  const opening = startStock(inside, accounts)
  opening.catch(() => {})

  doing('build')
  const builds = await buildAll(inside, read.release)
  const images = new Map(builds.flatMap(({ name, result }) => (result.built ? [[name, result.image] as const] : [])))
  const [image] = images.values()
  const alike = image !== undefined && [...images.values()].every(({ id }) => id === image.id)
  if (images.size < builds.length || !alike) return { builds }

  doing('deploy')
  const stock = await opening
  const running = await Promise.all(
    ENVIRONMENTS.map(async (name) => {
      const deployment = read.release.environments[name]
      const account = accounts.find(({ environment }) => environment === name)
      if (account === undefined) throw new Error(`there is no stock for ${name}`)
      const service = await startShop(inside, name, deployment, image)
      return { service, shop: { name, settings: settings[name], account, deployment, ...(await lookAt(inside, service)) } }
    }),
  )
  const production = running.find(({ shop }) => shop.name === 'production')
  doing('edit')
  const hand = production?.shop.readyMs === undefined ? undefined : await editAndReplace(inside, production.service, image)

  doing('compare')
  const shops = await Promise.all(running.map(async ({ service, shop }) => [shop.name, { ...shop, ...(await endOf(inside, service)) }]))
  await stock.stop({ graceSeconds: 1, signal: inside.signal })
  const said = await Array.fromAsync(stock.logs({ signal: inside.signal }))
  return {
    builds,
    deployed: {
      shops: Object.fromEntries(shops) as Deployed['shops'],
      asked: said.flatMap(({ text }) => asked.safeParse(JSON.parse(text)).data ?? []),
      ...(hand && { hand }),
    },
  }
}

const startStock = async ({ sandbox, signal }: Inside, accounts: readonly Account[]): Promise<Service> => {
  const service = await sandbox.start(
    {
      name: 'stock',
      command: ['node', 'stock.mjs'],
      files: { 'stock.mjs': await readFile(join(import.meta.dirname, 'stock.js'), 'utf8') },
      env: { ACCOUNTS: JSON.stringify(accounts) },
      ready: { port: STOCK_PORT, withinSeconds: 60 },
    },
    { signal },
  )
  if (!service.readiness.ready) throw new Error('the stock service did not become ready')
  return service
}

/** One after another, as a pipeline does; what no environment runs is not built. */
const buildAll = async ({ files, sandbox, signal, seed }: Inside, { builds, environments }: Release): Promise<readonly Built[]> => {
  const built: Built[] = []
  const settings = readSettings(files)
  for (const { name, args } of builds) {
    const users = ENVIRONMENTS.filter((environment) => environments[environment].image === name)
    if (users.length === 0) continue
    // A pipeline checks its sources out again for every build.
    const context = { ...files, '.git/HEAD': `${seed}-${built.length}\n` }
    const result = await sandbox.build(context, { args, signal })
    const endedAt = Date.now()
    const contents = result.built ? await contentsOf(result.image) : []
    const traces = result.built ? await tracesIn(result.image, settings) : []
    built.push({ name, result, endedAt, for: users, contents, traces })
    if (!result.built) break
  }
  return built
}

const startShop = ({ sandbox, signal }: Inside, name: string, { command, variables, files, disk }: Deployment, image: BuiltImage) =>
  sandbox.start(
    {
      name,
      image,
      command: command ?? image.command,
      files,
      env: variables,
      durable: disk,
      ready: { port: PORT, withinSeconds: READY_SECONDS },
    },
    { signal },
  )

const send = ({ sandbox, signal }: Inside, name: string, path: string, method: 'GET' | 'PUT' = 'GET'): Promise<RequestRecord> =>
  ask(sandbox, { name, port: PORT }, { path, method }, { signal, timeoutMs: PATIENCE_MS })

const lookAt = async (inside: Inside, service: Service): Promise<Pick<Shop, 'readyMs' | 'page' | 'stock' | 'log'>> => {
  const { name, readiness } = service
  if (!readiness.ready) return { log: [] }
  return { readyMs: readiness.afterMs, page: await send(inside, name, '/'), stock: await send(inside, name, '/stock/tea'), log: [] }
}

/** Takes orders, edits the notice in the running container, then has another container take its place. */
const editAndReplace = async (inside: Inside, service: Service, image: BuiltImage): Promise<HandEdit> => {
  const { signal } = inside
  const { name } = service
  const taken: { id: string; put: RequestRecord }[] = []
  for (let number = 1; number <= ORDERS; number += 1) {
    const id = `o-${inside.seed % 9000}-${number}`
    taken.push({ id, put: await send(inside, name, `/orders/${id}`, 'PUT') })
  }
  const touched = await editByHand(service, image, signal)
  const edited = await send(inside, name, '/')
  // Nothing is owed to a container that is lost with its machine.
  await service.signal('SIGKILL')
  const again = await service.restart({ graceSeconds: 1, signal })
  if (!again.ready) return { touched, edited, again, orders: taken }
  const after = await send(inside, name, '/')
  const orders = []
  for (const order of taken) orders.push({ ...order, got: await send(inside, name, `/orders/${order.id}`) })
  return { touched, edited, again, after, orders }
}

/** Ends what is still running; the exit is told only where it came by itself. */
const endOf = async ({ signal }: Inside, service: Service): Promise<Pick<Shop, 'log' | 'exit'>> => {
  const { readiness } = service
  if (readiness.ready || readiness.exited === undefined) await service.signal('SIGKILL')
  const exit = await service.exited({ signal })
  const log = await Array.fromAsync(service.logs({ signal }))
  return { log, ...(exit.by === 'us' ? {} : { exit }) }
}
