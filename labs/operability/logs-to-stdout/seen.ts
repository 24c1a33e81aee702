import type { Evidence, FoundFile, LogLine } from '../../kit/index.ts'
import { type Account, isAnswered } from './account.ts'
import { readEvents } from './events.ts'
import type { Burst, Day, Payment, Secrets } from './observe.ts'

/** Log lines shown around the one that matters; the whole log has thousands. */
const AROUND = 12
/** Characters of a line that are shown. */
const WIDEST = 300
const MOST_ROWS = 12

/** The lines around one, which is pointed at. */
export const excerpt = (log: readonly LogLine[], point: number): Evidence => {
  const from = Math.max(0, point - AROUND)
  const lines = log.slice(from, point + AROUND + 1).map((line) => ({ ...line, text: shortened(line.text) }))
  return { kind: 'log', lines, ...(lines.length === 0 ? {} : { points: [Math.min(point - from, lines.length - 1)] }) }
}

export const shortened = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST)}… +${text.length - WIDEST}` : text)

/** Files that grew while payments were made, by at least a byte for each of them; the largest first. */
export const grown = ({
  before,
  after,
  payments,
}: Pick<Day, 'before' | 'after' | 'payments'>): readonly (FoundFile & { readonly was: number })[] =>
  after
    .map((file) => ({ ...file, was: before.find(({ path }) => path === file.path)?.bytes ?? 0 }))
    .filter(({ bytes, was }) => bytes - was >= Math.max(1, payments.filter(isAnswered).length))
    .sort((a, b) => b.bytes - b.was - (a.bytes - a.was))

export const fileTable = (day: Pick<Day, 'before' | 'after' | 'payments'>): Evidence => {
  const growing = grown(day).map(({ path }) => path)
  const rows = day.after.map(({ path, bytes }) => [path, day.before.find((file) => file.path === path)?.bytes ?? 0, bytes] as const)
  return {
    kind: 'table',
    title: 'files',
    columns: ['path', 'bytes before', 'bytes after'],
    rows,
    differing: rows.flatMap(([path], row) => (growing.includes(path) ? [[row, 2] as const] : [])),
  }
}

/** Payments answered and events in the log, both counted up over time: where the two part, something was kept back. */
export const growth = ({ payments, log, killedAt }: Pick<Day, 'payments' | 'log' | 'killedAt'>): Evidence => {
  const answered = payments.filter(isAnswered).map(({ request }) => request.endedAt)
  const { events } = readEvents(log)
  const logged = events.filter(({ fields }) => fields['requestId'] !== undefined).map(({ line }) => log[line]?.at ?? killedAt)
  const from = Math.min(...answered, killedAt)
  const moments = Array.from({ length: POINTS + 1 }, (_, i) => from + ((killedAt - from) * i) / POINTS)
  const counted = (times: readonly number[]) => moments.map((at) => [at, times.filter((time) => time <= at).length] as const)
  return {
    kind: 'series',
    title: 'growth',
    unit: 'events',
    series: [
      { name: 'HTTP', points: counted(answered), dashed: true },
      { name: 'log', points: counted(logged) },
    ],
    marks: [{ at: killedAt, what: 'killed' }],
  }
}

const POINTS = 60

/** Payments whose event is not in the log as it should be, and how often it is. */
export const paymentTable = ({ missing, doubled }: Account): Evidence => {
  const rows = [
    ...doubled.map((payment) => ({ ...payment, count: payment.lines.length })),
    ...missing.map((payment) => ({ ...payment, count: 0 })),
  ]
    .slice(-MOST_ROWS)
    .map(({ request, wanted, count }) => [request.id, request.status ?? '–', wanted.event, count] as const)
  return {
    kind: 'table',
    title: 'events',
    columns: ['requestId', 'HTTP', 'event', 'log'],
    rows,
    differing: rows.map((_, row) => [row, 3] as const),
  }
}

/** Payments with another answer than they must get. */
export const answerTable = (payments: readonly Payment[]): Evidence => {
  const rows = payments
    .slice(0, MOST_ROWS)
    .map(({ request, wanted }) => [request.id, wanted.event, wanted.status, request.error ?? request.status ?? '–'] as const)
  return {
    kind: 'table',
    title: 'answers',
    columns: ['requestId', 'event', 'HTTP wanted', 'HTTP'],
    rows,
    differing: rows.map((_, row) => [row, 3] as const),
  }
}

/** The payments of the burst, and when nobody read. */
export const burstTimeline = ({ payments, heldAt, releasedAt }: Burst): Evidence => ({
  kind: 'timeline',
  title: 'burst',
  requests: payments.map(({ request }) => request),
  marks: [
    { at: heldAt, what: 'cut', service: 'stdout' },
    { at: releasedAt, what: 'healed', service: 'stdout' },
  ],
})

/** The first line that holds a secret of the requests, and which. */
export const leakIn = (
  log: readonly LogLine[],
  { card, token }: Secrets,
): { readonly line: number; readonly what: 'card' | 'authorization' } | undefined => {
  const line = log.findIndex(({ text }) => text.includes(card) || text.includes(token))
  if (line < 0) return undefined
  return { line, what: log[line]?.text.includes(card) ? 'card' : 'authorization' }
}

/** How many lines hold one. */
export const leaksIn = (log: readonly LogLine[], { card, token }: Secrets): number =>
  log.filter(({ text }) => text.includes(card) || text.includes(token)).length
