import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Logger } from 'pino'
import type { Catalogue } from '../labs/kit/catalogue.ts'
import type { Localized } from '../labs/kit/finding.ts'
import { Fault } from './fault.ts'
import type { Drivers } from './grading/place.ts'
import { type Slots, slotsOf } from './grading/slots.ts'
import { NOT_AHEAD, startWorker, type Worker } from './grading/worker.ts'
import { createApp } from './http/app.ts'
import { openFollowers } from './http/follow.ts'
import { cookieKey } from './http/learner.ts'
import { createMetrics } from './http/metrics.ts'
import { RATE_LIMITS, type RateLimits } from './http/rate.ts'
import packageJson from './package.json' with { type: 'json' }
import { openQueue } from './queue/queue.ts'
import type { Probed } from './sandbox/contract.ts'
import type { LazyCluster } from './sandbox/lazy-cluster.ts'
import { NO_CLUSTER } from './sandbox/missing.ts'
import { openStore } from './store/store.ts'

/** Submissions of one learner that are graded at the same time. */
const PER_LEARNER = 2
/** How long what runs may go on when the server is told to stop. */
const GRACE_SECONDS = 10
/** How old the answer to "can the engine work" may be. */
const PROBED_SECONDS = 15
const PROBE_SECONDS = 10
const SWEEP_SECONDS = 60
/** How long a client may take to send a request: bad Wi-Fi has time, a connection that only holds a place has not. */
const PATIENCE = { headersTimeout: 20_000, requestTimeout: 120_000, connectionsCheckingInterval: 5_000 } as const

/** Another program listens where this server was told to. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken'
  readonly host: string
  readonly port: number

  constructor(host: string, port: number, cause: unknown) {
    super(`port ${port} of ${host} is taken`, { cause })
    this.host = host
    this.port = port
  }
}

export interface ServerOptions extends Omit<Drivers, 'cluster'> {
  readonly cluster?: LazyCluster
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** Everything that is kept is below it. */
  readonly data: string
  readonly databaseUrl?: string
  readonly catalogue: Catalogue
  readonly siteFolder: string
  readonly log: Logger
  /** What is not isolated, shown on every page. */
  readonly banner?: Localized
  /** Further names that the server answers to. */
  readonly hosts?: readonly string[]
  readonly limits?: Partial<RateLimits>
  /** Gradings at the same time; unless given, what processors and memory allow. */
  readonly slots?: number
  readonly perLearner?: number
  readonly graceSeconds?: number
}

export interface Server extends AsyncDisposable {
  readonly url: string
  /** Resolves when a submission can be graded: what a crash left is taken back and swept, and the engine has been asked. */
  readonly ready: Promise<void>
}

/**
 * Starts everything on one machine: store, queue, worker, API and site. Disposing drains: no more is taken, what runs gets
 * some seconds and then goes back into the line, streams end, the store closes.
 *
 * @throws PortTaken, or Fault `store.locked` or `store.failed`.
 */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const { host, port, data, databaseUrl, driver, cluster, catalogue, siteFolder, log, banner } = options
  await using opening = new AsyncDisposableStack()
  const stopping = new AbortController()
  let phase: 'starting' | 'ready' | 'stopping' = 'starting'
  let worker: Worker | undefined

  const store = opening.use(await openStore({ data, ...(databaseUrl === undefined ? {} : { databaseUrl }) }))
  const key = await cookieKey(data)
  const metrics = createMetrics()
  const perLearner = options.perLearner ?? PER_LEARNER
  const queue = opening.use(
    await openQueue(store, {
      perLearner,
      onError: (thrown) => log.error({ err: Fault.from(thrown, 'store.failed') }, 'the queue reports an error'),
    }),
  )
  const followers = await openFollowers(store)
  opening.use(followers)
  const slots: Slots = options.slots === undefined ? slotsOf() : { sure: options.slots, most: options.slots }
  const app = createApp({
    store,
    queue,
    catalogue,
    driver,
    engine: rememberedProbe(driver),
    cluster: rememberedKnown(cluster),
    followers,
    metrics,
    log,
    limits: { ...RATE_LIMITS, ...options.limits },
    hosts: [...(options.hosts ?? []), host],
    cookieKey: key,
    siteFolder,
    banner,
    version: packageJson.version,
    startAhead: (coming) => worker?.startAhead(coming) ?? NOT_AHEAD,
    worker: () => ({ slots: slots.most, running: worker?.running ?? 0 }),
    phase: () => phase,
  })
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: PATIENCE })
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortTaken(host, port, cause)
    throw cause
  }
  opening.defer(async () => {
    const closed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  })

  const begin = async (): Promise<void> => {
    const takenBack = store.engine.kind === 'pglite' ? await queue.takeBackAll() : 0
    const mended = await queue.mend()
    const swept = await driver.sweep(new Date(), { signal: stopping.signal }).catch((err: unknown) => {
      log.warn({ err }, 'what an earlier run left could not be swept')
      return 0
    })
    if (takenBack + mended + swept > 0) log.info({ takenBack, mended, swept }, 'took back what an earlier run left')
    await rememberedProbe(driver)()
    if (stopping.signal.aborted) return
    worker = await startWorker({
      store,
      queue,
      catalogue,
      driver,
      ...(cluster === undefined ? {} : { cluster }),
      log,
      slots,
      perLearner,
      onVerdict: (lab, { outcome, ms }) => metrics.verdict(lab, outcome, ms),
    })
    if (phase === 'starting') phase = 'ready'
  }
  const ready = begin()
  // Whoever does not wait for it sees it in /readyz and in the log.
  ready.catch((err: unknown) => log.error({ err: Fault.from(err) }, 'the server cannot grade'))
  const sweeping = setInterval(() => {
    const limit = { signal: AbortSignal.timeout(SWEEP_SECONDS * 1000) }
    Promise.all([driver.sweep(new Date(), limit), cluster?.sweep(new Date(), limit)]).catch((err: unknown) =>
      log.warn({ err }, 'the sweep failed'),
    )
  }, SWEEP_SECONDS * 1000)
  sweeping.unref()

  const parts = opening.move()
  let disposed: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    phase = 'stopping'
    stopping.abort()
    clearInterval(sweeping)
    await ready.catch(() => {})
    await worker?.drain({ graceSeconds: options.graceSeconds ?? GRACE_SECONDS })
    await parts.disposeAsync()
  }
  return {
    url: urlOf(host, server.address() as AddressInfo),
    ready,
    [Symbol.asyncDispose]() {
      disposed ??= stop()
      return disposed
    },
  }
}

/** Asks the driver at most once in a while, however many ask us. */
const rememberedProbe = (driver: Drivers['driver']): (() => Promise<Probed>) =>
  remembered(() => driver.probe({ signal: AbortSignal.timeout(PROBE_SECONDS * 1000) }))

const rememberedKnown = (cluster: LazyCluster | undefined): (() => Promise<Probed>) =>
  remembered(async () => cluster?.known() ?? NO_CLUSTER)

const remembered = (ask: () => Promise<Probed>): (() => Promise<Probed>) => {
  let asked: { readonly at: number; readonly answer: Promise<Probed> } | undefined
  return () => {
    if (asked === undefined || Date.now() - asked.at > PROBED_SECONDS * 1000) asked = { at: Date.now(), answer: ask() }
    return asked.answer
  }
}

const urlOf = (host: string, { port }: AddressInfo): string => {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${shown}:${port}`
}
