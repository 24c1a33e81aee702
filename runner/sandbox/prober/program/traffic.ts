import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RatePoint, RequestRecord, RequestTemplate, RotationChange, TrafficPlan } from '../../contract.ts'
import type { PlacedPlan } from '../protocol.ts'
import { dueSeconds } from './arrivals.ts'
import { openRotation } from './balancer.ts'
import { now } from './clock.ts'
import { openLine, type Sending, type Sent, send } from './request.ts'
import { learn, newVisitor } from './visitors.ts'

/** Beyond this a plan ends: the records of more would not fit in the prober. */
const MOST_REQUESTS = 100_000
const PREFIX = randomBytes(3).toString('hex')
let lastId = 0

/** How long a client waits when there is nobody to ask, and a balancer to say so. */
const NOBODY_MS = 5

type Visitors = Extract<TrafficPlan['arrivals'], { kind: 'visitors' }>

const requestOf = ({ request }: PlacedPlan): RequestTemplate => {
  if (request === undefined) throw new Error('the plan has no request')
  return request
}

/** What a balancer answers when nobody behind it is ready. */
const unserved = async (
  id: string,
  scheduledAt: number,
  { visitor, step }: Pick<Sending, 'visitor' | 'step'>,
  wait: () => Promise<void>,
): Promise<Sent> => {
  const startedAt = now()
  await wait()
  const at = now()
  const whose = visitor && { visitor: visitor.number, step: step ?? 0 }
  return { record: { id, target: BALANCER, connection: 0, scheduledAt, startedAt, firstByteAt: at, endedAt: at, status: 503, ...whose } }
}
const BALANCER = 'balancer'

interface Condition {
  readonly answered?: number
  readonly inFlight?: number
  readonly inRotation?: number
}

/** Requests being sent by one plan. */
export interface Running {
  readonly startedAt: number
  /** When targets went in and out of the rotation, so far. */
  readonly changes: readonly RotationChange[]
  reached(condition: Condition, signal: AbortSignal): Promise<void>
  withdraw(target: string): void
  restore(target: string): void
  /** Sends no more and waits for the answers outstanding. */
  end(): Promise<readonly RequestRecord[]>
}

/**
 * Starts sending. An arrival while no target is in the rotation is answered by the balancer, with 503; where there is none, it goes
 * to nobody and is not recorded.
 */
export const run = (plan: PlacedPlan): Running => {
  if (plan.arrivals.kind !== 'visitors') requestOf(plan)
  const rotation = openRotation(
    plan.targets.map((target) => openLine(target, plan.connections)),
    plan.balancer,
    () => tell(),
  )
  const records: RequestRecord[] = []
  const waiting = new Set<{ readonly condition: Condition; readonly resolve: () => void }>()
  const outstanding = new Set<Promise<Sent>>()
  const stop = new AbortController()
  const most = Math.min(plan.requests ?? MOST_REQUESTS, MOST_REQUESTS)
  const startedAt = now()
  let answered = 0
  let flying = 0
  let sent = 0

  const meets = ({ answered: least, inFlight, inRotation }: Condition) =>
    (least === undefined || answered >= least) &&
    (inFlight === undefined || flying >= inFlight) &&
    (inRotation === undefined || rotation.size >= inRotation)
  const tell = (over = false) => {
    for (const waiter of waiting) {
      if (!over && !meets(waiter.condition)) continue
      waiting.delete(waiter)
      waiter.resolve()
    }
  }
  const sendOne = (
    scheduledAt: number,
    template: RequestTemplate,
    by: Pick<Sending, 'visitor' | 'step'> = {},
  ): Promise<Sent> | undefined => {
    const line = rotation.next()
    if (!line && !plan.balancer) return undefined
    sent += 1
    lastId += 1
    const id = `${PREFIX}-${lastId}`
    const sending = line
      ? send({ line, template, id, scheduledAt, timeoutMs: plan.timeoutMs, ...by })
      : unserved(id, scheduledAt, by, () => pause(NOBODY_MS))
    const answer = sending.then((done) => {
      outstanding.delete(answer)
      if (line) flying -= 1
      records.push(done.record)
      if (done.record.error === undefined) answered += 1
      tell()
      return done
    })
    outstanding.add(answer)
    if (line) flying += 1
    tell()
    return answer
  }
  const endsAt = startedAt + plan.seconds * 1000
  const mayGoOn = () => !stop.signal.aborted && sent < most && now() < endsAt
  const pause = (ms: number) => sleep(Math.max(Math.ceil(ms), 0), undefined, { signal: stop.signal }).catch(() => {})

  const openLoop = async (points: readonly RatePoint[], template: RequestTemplate) => {
    for (const second of dueSeconds(points)) {
      const dueAt = startedAt + second * 1000
      if (dueAt >= endsAt) return
      // A timer may fire up to a millisecond early.
      while (!stop.signal.aborted && now() < dueAt) await pause(dueAt - now())
      if (stop.signal.aborted || sent >= most) return
      void sendOne(dueAt, template)
    }
  }
  const client = async (pauseMs: number, template: RequestTemplate) => {
    while (mayGoOn()) {
      const answer = sendOne(now(), template)
      if (answer === undefined) await pause(NOBODY_MS)
      else await Promise.race([answer, stopped])
      if (pauseMs > 0) await pause(pauseMs)
    }
  }
  const visit = async (number: number, { steps, rounds = Number.POSITIVE_INFINITY, pauseMs = 0 }: Visitors) => {
    const visitor = newVisitor(number)
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, step] of steps.entries()) {
        if (!mayGoOn()) return
        const answer = sendOne(now(), step, { visitor, step: index })
        if (answer === undefined) await pause(NOBODY_MS)
        learn(visitor, step, (await Promise.race([answer, stopped]))?.answer)
        if (pauseMs > 0) await pause(pauseMs)
      }
    }
  }
  const stopped = new Promise<undefined>((resolve) => stop.signal.addEventListener('abort', () => resolve(undefined), { once: true }))
  const { arrivals } = plan
  const begin = async () => {
    if (arrivals.kind === 'visitors') await Promise.all(Array.from({ length: arrivals.visitors }, (_, number) => visit(number, arrivals)))
    else if (arrivals.kind === 'closed')
      await Promise.all(Array.from({ length: arrivals.clients }, () => client(arrivals.pauseMs ?? 0, requestOf(plan))))
    else await openLoop(arrivals.kind === 'open' ? [{ second: 0, perSecond: arrivals.perSecond }] : arrivals.points, requestOf(plan))
  }
  const over = begin()
    .then(() => Promise.all(outstanding))
    .then(() => tell(true))

  return {
    startedAt,
    changes: rotation.changes,
    reached: (condition, signal) =>
      new Promise((resolve) => {
        const waiter = { condition, resolve }
        waiting.add(waiter)
        const giveUp = () => {
          waiting.delete(waiter)
          resolve()
        }
        signal.addEventListener('abort', giveUp, { once: true })
        tell()
        void over.then(resolve)
      }),
    withdraw: rotation.withdraw,
    restore: rotation.restore,
    end: async () => {
      stop.abort()
      await over
      rotation.close()
      return records
    },
  }
}
