import {
  type Answer,
  type At,
  betweenLooks,
  type Exit,
  exhausted,
  fail,
  type Halt,
  halt,
  happensWithin,
  type LogLine,
  type Mark,
  type RequestRecord,
  type Service,
  saidSoFar,
  type Traffic,
} from '../../kit/index.ts'
import {
  BALANCER,
  type Inside,
  PATIENCE_MS,
  READY_SECONDS,
  type Said,
  type Secrets,
  SHOP,
  saidIn,
  secretsFor,
  startBalancer,
  startCustomer,
  startShop,
  startStore,
  type Told,
  tellStore,
  type Wish,
  wish,
} from './parts.ts'

/** What the platform was told by the shop itself. */
export interface Health {
  readonly livez: Told
  readonly readyz: Told
}

/** One maintenance from beginning to end, as everybody met it. */
export interface Maintenance {
  readonly secrets: Secrets
  /** Orders that the store had in hand when maintenance began. */
  readonly orders: readonly RequestRecord[]
  readonly switchedAt: number
  /** When somebody who came anew was no longer let in, if that was while the orders were still open. */
  readonly closedAt?: number
  /** When `maintenance.sh on` had ended. */
  readonly doneAt: number
  readonly stoppedAt: number
  readonly backAt: number
  readonly openedAt: number
  readonly offMs: number
  readonly during: readonly Told[]
  /** With the store back and maintenance still on. */
  readonly looks: readonly Told[]
  readonly after: readonly Told[]
  readonly health: { readonly before: Health; readonly during: Health; readonly after: Health }
  readonly kept: readonly string[]
  readonly marks: readonly Mark[]
  readonly log: readonly (LogLine & { readonly service: string })[]
}

/** Orders in the middle of their work. */
const IN_FLIGHT = 8
/** How long they are held after newcomers are turned away: whoever says now that all is done has not looked. */
const HOLD_MS = 2000

const PERSON: Wish = { who: 'person', path: '/' }
const DEEP: Wish = { who: 'person', path: '/goods/tea' }
const STOCK: Wish = { who: 'program', path: '/api/stock' }
const MONITOR: Wish = { who: 'monitor', path: '/readyz' }
export const LATE_ORDER = 'late-order'
const orderOf = (id: string): Wish => ({ who: 'program', path: '/api/orders', method: 'POST', body: JSON.stringify({ id }) })

/** Whether an answer can only have come from the shop. */
export const isShops = ({ status, body = '' }: Told, { stock }: Secrets): boolean => status === 200 && body.includes(stock)

/** Turns maintenance on while orders are open, stops the store when it is said to be safe, starts it again and turns maintenance off. */
export const observe = async (inside: Inside): Promise<Maintenance | Halt> => {
  const { signal, doing, seed } = inside
  const secrets = secretsFor(seed)
  doing('start')
  // Before the shop: one that asks its store while it starts finds it there.
  const [store] = await Promise.all([startStore(inside, secrets), startCustomer(inside)])
  const shop = await startShop(inside)
  if (!shop.readiness.ready) return notServing(shop, signal, fail('silent', { port: SHOP.port, seconds: READY_SECONDS }))
  const balancer = await startBalancer(inside, secrets)
  if (!balancer.readiness.ready) return notBalancing(balancer, signal)
  const before = await healthOf(inside)
  const usual = await Promise.all([PERSON, STOCK, MONITOR].map((each) => wish(inside, each)))
  const wrong =
    [...usual, before.livez, before.readyz].find(({ status }) => status !== 200) ??
    usual.find((told) => told.wish === STOCK && !isShops(told, secrets))
  if (wrong) return notAsUsual(wrong, shop, signal)

  doing('on')
  await tellStore(inside, 'hold')
  await using orders = await startOrders(inside)
  const inHand = await happensWithin(PATIENCE_MS, signal, ({ signal: until }) =>
    says(store, (said) => count(said, 'came') >= IN_FLIGHT, until),
  )
  if (!inHand) return notAsUsual(undefined, shop, signal)
  const switchedAt = Date.now()
  await balancer.signal('SIGHUP')
  const isDone = (to: string) => (said: readonly Said[]) => said.some((each) => each.event === 'done' && each.to === to)
  const over = new AbortController()
  const done = says(balancer, isDone('on'), AbortSignal.any([signal, over.signal]))
  done.catch(() => {})
  const closedAt = await closing(inside, secrets)
  const early = await happensWithin(HOLD_MS, signal, () => done)
  if (!early) {
    await tellStore(inside, 'release')
    await happensWithin(PATIENCE_MS, signal, (o) => orders.reached({ answered: IN_FLIGHT }, o))
  }
  const inTime = early || (await happensWithin(PATIENCE_MS, signal, () => done))
  over.abort()
  if (!inTime) return notDone('never', balancer, signal, { seconds: PATIENCE_MS / 1000 })
  const { at: doneAt = 0, code = 0 } = saidIn(await saidSoFar(balancer)).find((each) => each.event === 'done') ?? {}
  if (code !== 0) return notDone('failed', balancer, signal, { code })

  doing('work')
  // The database team: at the word that it is safe, and as databases are stopped.
  const { at: stoppedAt } = await store.stop({ graceSeconds: 0, signal })
  const [during, sick] = await Promise.all([
    Promise.all([PERSON, DEEP, STOCK, orderOf(LATE_ORDER), MONITOR].map((each) => wish(inside, each))),
    healthOf(inside),
  ])
  const { requests } = await orders.end({ signal })

  doing('back')
  const readiness = await store.restart({ graceSeconds: 0, signal })
  if (!readiness.ready) throw new Error('the store did not come back')
  const backAt = Date.now()
  const well = await readyAgain(inside)
  const looks = await Promise.all(
    [{ ...STOCK, who: 'tester', preview: secrets.previewKey } as const, { ...STOCK, who: 'stranger', preview: 'let-me-in' } as const].map(
      (each) => wish(inside, each),
    ),
  )

  doing('off')
  const offAt = Date.now()
  await balancer.signal('SIGHUP')
  const offDone = await happensWithin(PATIENCE_MS, signal, ({ signal: until }) => says(balancer, isDone('off'), until))
  if (!offDone) return notDone('never-off', balancer, signal, { seconds: PATIENCE_MS / 1000 })
  const openedAt = Date.now()
  const after = await Promise.all([PERSON, STOCK, orderOf('after'), MONITOR].map((each) => wish(inside, each)))

  await Promise.all([store, shop, balancer].map((service) => service.signal('SIGKILL')))
  const logs = await Promise.all(
    [shop, balancer].map(async (service) =>
      (await Array.fromAsync(service.logs({ signal }))).map((line) => ({ ...line, service: service.name })),
    ),
  )
  return {
    secrets,
    orders: requests,
    switchedAt,
    ...(closedAt === undefined ? {} : { closedAt }),
    doneAt,
    stoppedAt,
    backAt,
    openedAt,
    offMs: openedAt - offAt,
    during,
    looks,
    after,
    health: { before, during: sick, after: well },
    kept: saidIn(await Array.fromAsync(store.logs({ signal }))).flatMap((each) => (each.event === 'kept' ? (each.order ?? []) : [])),
    marks: [
      { at: switchedAt, what: 'withdrawn', service: SHOP.name },
      { at: stoppedAt, what: 'killed', service: store.name },
      { at: backAt, what: 'restarted', service: store.name },
      { at: openedAt, what: 'ready', service: SHOP.name },
    ],
    log: logs.flat().sort((a, b) => a.at - b.at),
  }
}

const startOrders = ({ sandbox, signal }: Inside): Promise<Traffic> =>
  sandbox.traffic(
    {
      targets: [BALANCER],
      request: { method: 'POST', path: '/api/orders', headers: { 'content-type': 'application/json' }, body: '{"id":"{id}"}' },
      arrivals: { kind: 'closed', clients: IN_FLIGHT },
      connections: 'fresh',
      requests: IN_FLIGHT,
      seconds: 60,
      timeoutMs: 3 * PATIENCE_MS,
    },
    { signal },
  )

const count = (said: readonly Said[], what: string): number => said.filter(({ event }) => event === what).length

/** Waits until what a service has said meets a condition; rejects when aborted. */
const says = async (service: Service, meets: (said: readonly Said[]) => boolean, signal: AbortSignal): Promise<void> => {
  const said: Said[] = []
  for await (const line of service.logs({ signal })) {
    said.push(...saidIn([line]))
    if (meets(said)) return
  }
  throw new Error(`${service.name} ended before it said what was waited for`)
}

/** Knocks until somebody who comes anew gets an answer that is not the shop's; undefined when that did not come in time. */
const closing = async (inside: Inside, secrets: Secrets): Promise<number | undefined> => {
  const until = Date.now() + PATIENCE_MS / 2
  while (Date.now() < until) {
    const told = await wish(inside, STOCK)
    if (told.status !== undefined && !isShops(told, secrets)) return Date.now()
    await betweenLooks(inside)
  }
  return undefined
}

const healthOf = async (inside: Inside): Promise<Health> => {
  const [livez, readyz] = await Promise.all(['/livez', '/readyz'].map((path) => wish(inside, { who: 'platform', path, directly: true })))
  if (livez === undefined || readyz === undefined) throw new Error('two questions have two answers')
  return { livez, readyz }
}

/** The shop's health once it has noticed that the store is back, or when there was time enough to notice. */
const readyAgain = async (inside: Inside): Promise<Health> => {
  const until = Date.now() + PATIENCE_MS / 2
  for (;;) {
    const health = await healthOf(inside)
    if (health.readyz.status === 200 || Date.now() > until) return health
    await betweenLooks(inside)
  }
}

const logOf = async (service: Service, signal: AbortSignal) =>
  (await Array.fromAsync(service.logs({ signal }))).map((line) => ({ ...line, service: service.name }))

const exitOf = ({ readiness }: Service): Exit | undefined => (readiness.ready ? undefined : readiness.exited)

const notServing = async (shop: Service, signal: AbortSignal, otherwise: Answer): Promise<Halt> => {
  const exit = exitOf(shop)
  if (exit === undefined) await shop.signal('SIGKILL')
  const evidence = [{ kind: 'log', of: shop.name, lines: await logOf(shop, signal) }] as const
  if (exit === undefined) return halt('starts', { ...otherwise, evidence })
  return halt('starts', { ...(exit.limit ? exhausted(exit.limit, SHOP.name) : fail('ended', { code: exit.code })), evidence })
}

/** nginx does not take what the learner wrote. */
const notBalancing = async (balancer: Service, signal: AbortSignal): Promise<Halt> => {
  await balancer.signal('SIGKILL')
  const lines = await Array.fromAsync(balancer.logs({ signal }))
  const evidence = [{ kind: 'log', of: balancer.name, lines }] as const
  const text = lines.map((line) => /\[emerg\] (?:\d+#\d+: )?(.*)$/.exec(line.text)?.[1]).find((found) => found !== undefined)
  const placed = /^(.*) in \/work\/balancer\.conf:(\d+)$/.exec(text ?? '')
  const at: { at?: At } = placed ? { at: { file: 'balancer.conf', line: Number(placed[2]) } } : {}
  if (text === undefined) return halt('starts', fail('deaf', { port: BALANCER.port, seconds: READY_SECONDS }, { evidence }))
  return halt('starts', fail('balancer', { message: placed?.[1] ?? text }, { ...at, evidence }))
}

/** Before any maintenance the shop does not do what it did when the learner got it. */
const notAsUsual = async (wrong: Told | undefined, shop: Service, signal: AbortSignal): Promise<Halt> => {
  await shop.signal('SIGKILL')
  const evidence = [{ kind: 'log', of: shop.name, lines: await logOf(shop, signal) }] as const
  const path = wrong?.wish.path ?? '/api/orders'
  return halt('starts', fail('failing', { path, status: wrong?.status ?? 0 }, { evidence }))
}

/** The learner's script does not come to its end, or says that it failed. */
const notDone = async (as: string, balancer: Service, signal: AbortSignal, values: Readonly<Record<string, number>>): Promise<Halt> => {
  await balancer.signal('SIGKILL')
  return halt('switch', fail(as, values, { evidence: [{ kind: 'log', of: balancer.name, lines: await logOf(balancer, signal) }] }))
}
