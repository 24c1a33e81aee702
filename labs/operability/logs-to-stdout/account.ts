import { type LoggedEvent, levelOf, readEvents } from './events.ts'
import type { Payment } from './observe.ts'

/** What a log says about the payments that were answered. */
export interface Account {
  /** Payments with their whole answer: their event must be there. */
  readonly answered: readonly Payment[]
  readonly once: number
  readonly missing: readonly Payment[]
  readonly doubled: readonly (Payment & { readonly lines: readonly number[] })[]
  /** The event is there once, but lacks the note or has another one. */
  readonly without: readonly (Payment & { readonly line: number })[]
  /** Whether the missing ones are the last that were answered: what had not been written yet. */
  readonly tail: boolean
}

/** Payments under way at once: so far may the order of events differ from the order of answers. */
const AT_ONCE = 10

/** Whether the customer got a whole answer, of whatever status. */
export const isAnswered = ({ request }: Payment): boolean => request.status !== undefined && request.error === undefined

/** The events of a log by what they are about: the request and what became of it. */
export const byRequest = (events: readonly LoggedEvent[]): ReadonlyMap<string, readonly LoggedEvent[]> => {
  const found = new Map<string, LoggedEvent[]>()
  for (const event of events) {
    const key = keyOf(event.fields['requestId'], event.fields['event'])
    const same = found.get(key)
    if (same) same.push(event)
    else found.set(key, [event])
  }
  return found
}

const keyOf = (requestId: unknown, event: unknown): string => `${requestId} ${event}`

/** The events about one payment. */
export const eventsOf = (found: ReadonlyMap<string, readonly LoggedEvent[]>, { request, wanted }: Payment): readonly LoggedEvent[] =>
  found.get(keyOf(request.id, wanted.event)) ?? []

/** Compares the payments that were answered, in the order of their answers, with the events of a log. */
export const accountOf = (payments: readonly Payment[], log: Parameters<typeof readEvents>[0]): Account => {
  const found = byRequest(readEvents(log).events)
  const answered = payments.filter(isAnswered)
  const missing = answered.filter((payment) => eventsOf(found, payment).length === 0)
  const lost = new Set(missing)
  const firstLost = answered.findIndex((payment) => lost.has(payment))
  return {
    answered,
    once: answered.filter((payment) => eventsOf(found, payment).length === 1).length,
    missing,
    doubled: answered.flatMap((payment) => {
      const lines = eventsOf(found, payment).map(({ line }) => line)
      return lines.length > 1 ? [{ ...payment, lines }] : []
    }),
    without: answered.flatMap((payment) => {
      const [event] = eventsOf(found, payment)
      return event === undefined || event.fields['note'] === payment.note ? [] : [{ ...payment, line: event.line }]
    }),
    tail: firstLost >= answered.length - missing.length - AT_ONCE,
  }
}

/** A payment whose event has another level than its outcome. */
export interface WrongLevel {
  readonly payment: Payment
  readonly line: number
  readonly level: string
}

export const wrongLevels = (payments: readonly Payment[], log: Parameters<typeof readEvents>[0]): readonly WrongLevel[] => {
  const found = byRequest(readEvents(log).events)
  return payments.filter(isAnswered).flatMap((payment) => {
    const [event] = eventsOf(found, payment)
    if (event === undefined || levelOf(event) === payment.wanted.level) return []
    return [{ payment, line: event.line, level: String(event.fields['level']) }]
  })
}

/** The events of failed payments whose stack trace is not whole: the message with all its lines, and where it came from. */
export const wholeStacks = (payments: readonly Payment[], log: Parameters<typeof readEvents>[0], currency: string) => {
  const found = byRequest(readEvents(log).events)
  const failed = payments.filter(isAnswered).filter(({ wanted }) => wanted.event === 'failed')
  const cut = failed.flatMap((payment) => {
    const [event] = eventsOf(found, payment)
    if (event === undefined) return []
    const stack = String(event.fields['stack'] ?? '')
    const whole = stack.includes(`no rate for ${currency}`) && stack.split('\n').length >= LEAST_LINES
    return whole ? [] : [{ line: event.line, lines: stack === '' ? 0 : stack.split('\n').length }]
  })
  return { failed: failed.length, cut }
}

/** The message, and at least one place that it came through. */
const LEAST_LINES = 3
