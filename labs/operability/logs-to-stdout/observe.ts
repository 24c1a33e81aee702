import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ask,
  type Exit,
  type FoundFile,
  fail,
  type Halt,
  halt,
  happensWithin,
  type LogLine,
  type RequestRecord,
  type SandboxContext,
  type Service,
  seeded,
  type Traffic,
} from '../../kit/index.ts'
import { accountOf } from './account.ts'
import { readEvents } from './events.ts'

/** The files that the learner sees; how an amount becomes yen belongs to others. */
export const FILES = { 'server.js': 'edit', 'log.js': 'edit', 'entrypoint.sh': 'edit', 'settle.js': 'read' } as const
type Inside = SandboxContext<typeof FILES>

/** What must become of a request: the answer, and the event in the log. */
export interface Outcome {
  readonly event: 'paid' | 'declined' | 'failed'
  readonly level: 'info' | 'warn' | 'error'
  readonly status: number
}
export const OUTCOMES = {
  paid: { event: 'paid', level: 'info', status: 201 },
  declined: { event: 'declined', level: 'warn', status: 402 },
  failed: { event: 'failed', level: 'error', status: 500 },
} as const satisfies Record<string, Outcome>

/** A request, and what was to become of it. */
export interface Payment {
  readonly request: RequestRecord
  readonly wanted: Outcome
  readonly note: string
}

/** Many payments while nobody reads the log. */
export interface Burst {
  /** How many there were to be; fewer where it stood still. */
  readonly planned: number
  readonly payments: readonly Payment[]
  /** How long the same number took while the log was read, and how long was waited for it this time. */
  readonly usualMs: number
  readonly allowedMs: number
  readonly heldAt: number
  readonly releasedAt: number
  readonly exit?: Exit
  readonly log: readonly LogLine[]
}

/** All that could be seen of the service: its answers, its log as the engine has it, its files. */
export interface Day {
  readonly readyMs: number
  readonly payments: readonly Payment[]
  readonly killedAt: number
  readonly log: readonly LogLine[]
  readonly before: readonly FoundFile[]
  readonly after: readonly FoundFile[]
  /** Absent: the second copy did not start. */
  readonly burst?: Burst
  readonly secrets: Secrets
  readonly currency: string
}

/** The part of each secret that is the same in all requests of this run. */
export interface Secrets {
  readonly card: string
  readonly token: string
}

export const PORT = 8080
export const READY_SECONDS = 15
const DESK = { name: 'desk', port: PORT } as const
const READER_PORT = 9000
const PATIENCE_MS = 15_000
/** As many as can be had in the time; with fewer the verdict is the same. */
const REQUESTS = { paid: 3960, declined: 500, failed: 500 } as const
const TRAFFIC_SECONDS = 6
const LAST_REQUESTS = 42
/** Together several times what a pipe and its reader hold. */
const BURST_REQUESTS = 200
const BURST_NOTE = 'fragile '.repeat(250)

/**
 * Two copies of the service. One takes thousands of payments and is removed with the last answer: what counts is what the engine has
 * by then. The other takes a burst while nobody reads what it writes.
 */
export const observe = async (inside: Inside): Promise<Day | Halt> => {
  const { signal, doing, seed } = inside
  const choose = seeded(seed)
  const secrets: Secrets = { card: `4539-${choose.number(1000, 9999)}-${choose.number(1000, 9999)}`, token: `tok-${choose.token(12)}` }
  const currency = `X${choose.token(2).toUpperCase()}`
  const kit: Kit = { inside, secrets, currency }
  doing('start')
  const [desk, second] = await Promise.all([startDesk(inside), startBehindReader(inside)])
  const { readiness } = desk
  if (!readiness.ready) return notServing(desk, signal)

  doing('traffic')
  const before = await desk.files({ signal })
  const many = await manyPayments(kit)
  const after = await desk.files({ signal })

  doing('remove')
  const { last, killedAt } = await killedAfterThese(kit, desk)
  const payments = [...many, ...last]
  await desk[Symbol.asyncDispose]()
  const log = await Array.fromAsync(desk.logs({ signal }))

  // Where events are missing anyhow, nothing is to be learned from a pause.
  const complete = accountOf(payments, log).missing.length === 0
  if (complete) doing('burst')
  const burst = complete && second.readiness.ready ? await burstOf(kit, second) : undefined
  return { readyMs: readiness.afterMs, payments, killedAt, log, before, after, ...(burst && { burst }), secrets, currency }
}

/** What a request of this run is made of. */
interface Kit {
  readonly inside: Inside
  readonly secrets: Secrets
  readonly currency: string
}

const startDesk = ({ sandbox, signal, files }: Inside): Promise<Service> =>
  sandbox.start(
    { name: DESK.name, command: ['sh', 'entrypoint.sh'], files, ready: { port: PORT, withinSeconds: READY_SECONDS } },
    { signal },
  )

const startBehindReader = async ({ sandbox, signal, files }: Inside): Promise<Service> =>
  sandbox.start(
    {
      name: 'slow-desk',
      // Two pipes, as the engine would give it: a program may set one of them to not wait without the other.
      command: ['sh', '-c', 'mkfifo /tmp/stderr && sh entrypoint.sh 2>/tmp/stderr | exec node reader.mjs /tmp/stderr'],
      files: { ...files, 'reader.mjs': await readFile(join(import.meta.dirname, 'reader.js'), 'utf8') },
      ready: { port: PORT, withinSeconds: READY_SECONDS },
    },
    { signal },
  )

interface Sending {
  readonly to: { readonly name: string; readonly port: number }
  readonly outcome: keyof typeof OUTCOMES
  readonly note: string
  readonly clients: number
  readonly requests: number
  readonly seconds: number
  readonly timeoutMs: number
}

const send = ({ inside: { sandbox, signal }, secrets, currency }: Kit, sending: Sending): Promise<Traffic> =>
  sandbox.traffic(
    {
      targets: [sending.to],
      request: {
        method: 'POST',
        path: '/payments',
        headers: { 'content-type': 'application/json', 'x-request-id': '{id}', authorization: `Bearer ${secrets.token}-{id}` },
        body: JSON.stringify({
          card: `${secrets.card}-{id}`,
          amount: sending.outcome === 'declined' ? 250_000 : 1200,
          currency: sending.outcome === 'failed' ? currency : 'JPY',
          note: sending.note,
        }),
      },
      arrivals: { kind: 'closed', clients: sending.clients },
      connections: 'keep-alive',
      requests: sending.requests,
      seconds: sending.seconds,
      timeoutMs: sending.timeoutMs,
    },
    { signal },
  )

/** What somebody typed at the till: two lines and quotation marks. */
const NOTE = 'two boxes,\none "fragile"'

const manyPayments = async (kit: Kit): Promise<Payment[]> => {
  const { signal } = kit.inside
  const all = await Promise.all(
    (['paid', 'declined', 'failed'] as const).map(async (outcome) => {
      const clients = outcome === 'paid' ? 8 : 1
      const sending = {
        to: DESK,
        outcome,
        note: NOTE,
        clients,
        requests: REQUESTS[outcome],
        seconds: TRAFFIC_SECONDS,
        timeoutMs: PATIENCE_MS,
      }
      await using traffic = await send(kit, sending)
      await traffic.reached({ answered: REQUESTS[outcome] }, { signal })
      const { requests } = await traffic.end({ signal })
      return requests.map((request): Payment => ({ request, wanted: OUTCOMES[outcome], note: NOTE }))
    }),
  )
  return all.flat().sort((a, b) => a.request.endedAt - b.request.endedAt)
}

/**
 * The last payments, one after another, and the end in the moment in which the last answer is there. What the service did at once with
 * a payment is done when it has answered two more; so much may go with it, and these two are left out.
 */
const killedAfterThese = async (kit: Kit, desk: Service): Promise<{ readonly last: Payment[]; readonly killedAt: number }> => {
  const { signal } = kit.inside
  const sending = {
    to: DESK,
    outcome: 'paid',
    note: NOTE,
    clients: 1,
    requests: LAST_REQUESTS,
    seconds: 20,
    timeoutMs: PATIENCE_MS,
  } as const
  await using traffic = await send(kit, sending)
  await traffic.reached({ answered: LAST_REQUESTS }, { signal })
  const killedAt = Date.now()
  await desk.signal('SIGKILL')
  const { requests } = await traffic.end({ signal })
  return { last: requests.slice(0, -2).map((request): Payment => ({ request, wanted: OUTCOMES.paid, note: NOTE })), killedAt }
}

const burstOf = async (kit: Kit, service: Service): Promise<Burst> => {
  const { sandbox, signal } = kit.inside
  const to = { name: service.name, port: PORT }
  const reader = { name: service.name, port: READER_PORT }
  const plain = { to, outcome: 'paid', note: BURST_NOTE, clients: 4, requests: BURST_REQUESTS, seconds: 20 } as const
  const tell = (path: string) => ask(sandbox, reader, { method: 'POST', path }, { signal, timeoutMs: PATIENCE_MS })

  const startedAt = Date.now()
  await using usual = await send(kit, { ...plain, timeoutMs: PATIENCE_MS })
  await usual.reached({ answered: BURST_REQUESTS }, { signal })
  await usual.end({ signal })
  const usualMs = Date.now() - startedAt
  const allowedMs = Math.max(3000, 5 * usualMs)

  const { endedAt: heldAt } = await tell('/hold')
  await using held = await send(kit, { ...plain, timeoutMs: allowedMs + PATIENCE_MS })
  await happensWithin(
    allowedMs,
    signal,
    (o) => held.reached({ answered: BURST_REQUESTS }, o),
    (o) => service.exited(o),
  )
  const { startedAt: releasedAt } = await tell('/release')
  const { requests } = await held.end({ signal })
  // Only a service that has lost something makes us wait.
  await happensWithin(allowedMs, signal, (o) => linesOf(service, new Set(requests.map(({ id }) => id)), o.signal))
  await service.signal('SIGKILL')
  const exit = await service.exited({ signal })
  const log = await Array.fromAsync(service.logs({ signal }))
  const payments = requests.map((request): Payment => ({ request, wanted: OUTCOMES.paid, note: BURST_NOTE }))
  return { planned: BURST_REQUESTS, payments, usualMs, allowedMs, heldAt, releasedAt, log, ...(exit.by === 'us' ? {} : { exit }) }
}

/** Reads a log until it has told of all these requests. */
const linesOf = async (service: Service, ids: Set<string>, signal: AbortSignal): Promise<void> => {
  for await (const line of service.logs({ signal })) {
    for (const { fields } of readEvents([line]).events) ids.delete(String(fields['requestId']))
    if (ids.size === 0) return
  }
}

/** There is no log to look at where nothing can be paid. */
const notServing = async (service: Service, signal: AbortSignal): Promise<Halt> => {
  const { readiness } = service
  const exit = readiness.ready ? undefined : readiness.exited
  if (exit === undefined) await service.signal('SIGKILL')
  const log = await Array.fromAsync(service.logs({ signal }))
  const answer = exit === undefined ? fail('silent', { port: PORT, seconds: READY_SECONDS }) : fail('ended', { code: exit.code })
  return halt('serves', { ...answer, evidence: [{ kind: 'log', lines: log }] })
}
