import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RequestRecord } from '../../contract.ts'
import type { PlacedPlan } from '../protocol.ts'
import { now } from './clock.ts'
import { type Line, openLine, send } from './request.ts'

/** Beyond this a plan ends: the records of more would not fit in the prober. */
const MOST_REQUESTS = 100_000
const PREFIX = randomBytes(3).toString('hex')
let lastId = 0

interface Condition {
  readonly answered?: number
  readonly inFlight?: number
}

/** Requests being sent by one plan. */
export interface Running {
  readonly startedAt: number
  reached(condition: Condition, signal: AbortSignal): Promise<void>
  withdraw(target: string): void
  restore(target: string): void
  /** Sends no more and waits for the answers outstanding. */
  end(): Promise<readonly RequestRecord[]>
}

/** Starts sending. Arrivals while every target is withdrawn go to nobody and are not recorded. */
export const run = (plan: PlacedPlan): Running => {
  const lines = plan.targets.map((target) => openLine(target, plan.connections))
  const withdrawn = new Set<string>()
  const records: RequestRecord[] = []
  const waiting = new Set<{ readonly condition: Condition; readonly resolve: () => void }>()
  const outstanding = new Set<Promise<void>>()
  const stop = new AbortController()
  const most = Math.min(plan.requests ?? MOST_REQUESTS, MOST_REQUESTS)
  const startedAt = now()
  let answered = 0
  let sent = 0
  let turn = 0

  const meets = ({ answered: least, inFlight }: Condition) =>
    (least === undefined || answered >= least) && (inFlight === undefined || outstanding.size >= inFlight)
  const tell = (over = false) => {
    for (const waiter of waiting) {
      if (!over && !meets(waiter.condition)) continue
      waiting.delete(waiter)
      waiter.resolve()
    }
  }
  const nextLine = (): Line | undefined => {
    for (let tried = 0; tried < lines.length; tried += 1) {
      const line = lines[turn % lines.length]
      turn += 1
      if (line && !withdrawn.has(line.target.name)) return line
    }
    return undefined
  }
  const sendOne = (scheduledAt: number): Promise<void> | undefined => {
    const line = nextLine()
    if (!line) return undefined
    sent += 1
    lastId += 1
    const answer = send({ line, template: plan.request, id: `${PREFIX}-${lastId}`, scheduledAt, timeoutMs: plan.timeoutMs }).then(
      (record) => {
        outstanding.delete(answer)
        records.push(record)
        if (record.error === undefined) answered += 1
        tell()
      },
    )
    outstanding.add(answer)
    tell()
    return answer
  }
  const endsAt = startedAt + plan.seconds * 1000
  const mayGoOn = () => !stop.signal.aborted && sent < most && now() < endsAt
  const pause = (ms: number) => sleep(Math.max(Math.ceil(ms), 0), undefined, { signal: stop.signal }).catch(() => {})

  const openLoop = async (perSecond: number) => {
    for (let arrival = 0; ; arrival += 1) {
      const dueAt = startedAt + (arrival * 1000) / perSecond
      if (dueAt >= endsAt) return
      // A timer may fire up to a millisecond early.
      while (!stop.signal.aborted && now() < dueAt) await pause(dueAt - now())
      if (stop.signal.aborted || sent >= most) return
      void sendOne(dueAt)
    }
  }
  const client = async (pauseMs: number) => {
    while (mayGoOn()) {
      const answer = sendOne(now())
      if (answer === undefined) await pause(5)
      else await Promise.race([answer, stopped])
      if (pauseMs > 0) await pause(pauseMs)
    }
  }
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true }))
  const { arrivals } = plan
  const sending =
    arrivals.kind === 'open'
      ? openLoop(arrivals.perSecond)
      : Promise.all(Array.from({ length: arrivals.clients }, () => client(arrivals.pauseMs ?? 0))).then(() => {})
  const over = sending.then(() => Promise.all(outstanding)).then(() => tell(true))

  return {
    startedAt,
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
    withdraw: (target) => void withdrawn.add(target),
    restore: (target) => void withdrawn.delete(target),
    end: async () => {
      stop.abort()
      await over
      for (const line of lines) line.close()
      return records
    },
  }
}
