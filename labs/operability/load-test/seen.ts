import { type Evidence, felt, type RequestRecord } from '../../kit/index.ts'
import type { Seen } from './observe.ts'
import type { Stretch } from './plan.ts'

/** A price, as long as somebody waited for it: the only answer that is worth anything. */
export const isGood = ({ status, error }: RequestRecord): boolean => status === 200 && error === undefined
export const isRefused = ({ status, error }: RequestRecord): boolean => status === 503 && error === undefined

export const scheduledIn = (requests: readonly RequestRecord[], { from, to }: Stretch): readonly RequestRecord[] =>
  requests.filter(({ scheduledAt }) => scheduledAt >= from && scheduledAt < to)

const perSecondOf = (requests: readonly RequestRecord[], { from, to }: Stretch): number => (requests.length * 1000) / (to - from)

/** Prices per second that arrived, in time, in a stretch. */
export const answeredIn = (requests: readonly RequestRecord[], stretch: Stretch): number =>
  perSecondOf(
    requests.filter((request) => isGood(request) && request.endedAt >= stretch.from && request.endedAt < stretch.to),
    stretch,
  )

/** Prices per second, in time, for those who came in a stretch. */
export const servedOf = (requests: readonly RequestRecord[], stretch: Stretch): number =>
  perSecondOf(scheduledIn(requests, stretch).filter(isGood), stretch)

export const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
}

const WINDOW_MS = 400

const windows = ({ requests }: Seen): readonly Stretch[] => {
  const begin = Math.min(...requests.map(({ scheduledAt }) => scheduledAt))
  const end = Math.max(...requests.map(({ endedAt }) => endedAt))
  return Array.from({ length: Math.ceil((end - begin) / WINDOW_MS) }, (_, n) => ({
    from: begin + n * WINDOW_MS,
    to: begin + (n + 1) * WINDOW_MS,
  }))
}

/** As a sentence and a table tell it. */
export const rounded = (perSecond: number): number => Math.round(perSecond * 10) / 10

/** What was offered, what came of it, and what the engine can do. */
export const loadSeries = (seen: Seen): Evidence => {
  const { requests, capacity } = seen
  const points = (found: (stretch: Stretch) => readonly RequestRecord[]) =>
    windows(seen).map((stretch) => [stretch.from, rounded(perSecondOf(found(stretch), stretch))] as const)
  const ended =
    (is: (request: RequestRecord) => boolean) =>
    ({ from, to }: Stretch) =>
      requests.filter((request) => is(request) && request.endedAt >= from && request.endedAt < to)
  return {
    kind: 'series',
    title: 'load',
    unit: '1/s',
    series: [
      { name: 'offered', dashed: true, points: points((stretch) => scheduledIn(requests, stretch)) },
      { name: '200', points: points(ended(isGood)) },
      { name: '503', points: points(ended(isRefused)) },
    ],
    marks: [],
    limits: [{ name: 'engine', value: rounded(capacity.perSecond) }],
  }
}

/** Load by load: how many came, what they got, how long they waited, and how many calculations the engine had at once. */
export const stepTable = ({ requests, steps, calls }: Seen): Evidence => ({
  kind: 'table',
  title: 'steps',
  columns: ['offered 1/s', '200', '503', 'timeout', 'p95 ms', 'calculations at once'],
  rows: steps.map((step) => {
    const came = scheduledIn(requests, step)
    const waited = came.filter((request) => !isRefused(request)).map(felt)
    const atOnce = calls.filter(({ at }) => at >= step.from && at < step.to).map((call) => call.atOnce)
    return [
      rounded(perSecondOf(came, step)),
      came.filter(isGood).length,
      came.filter(isRefused).length,
      came.filter(({ error }) => error === 'timeout').length,
      Math.round(quantile(waited, 0.95)),
      Math.max(0, ...atOnce),
    ]
  }),
})

const BOUNDS = [2, 4, 6, 8, 10, 12, 16, 20, 24, 32, 64, 128, Number.POSITIVE_INFINITY] as const

/** What the engine made of so many at once, in this run. */
export const engineTable = ({ calls }: Seen): Evidence => {
  const rows = BOUNDS.flatMap((most, index) => {
    const least = (BOUNDS[index - 1] ?? 0) + 1
    const within = calls.filter(({ atOnce }) => atOnce >= least && atOnce <= most)
    if (within.length === 0) return []
    const ms = quantile(
      within.map((call) => call.ms),
      0.5,
    )
    const atOnce = quantile(
      within.map((call) => call.atOnce),
      0.5,
    )
    return [
      [
        most === Number.POSITIVE_INFINITY ? `${least}–` : `${least}–${most}`,
        within.length,
        Math.round(ms),
        rounded((atOnce * 1000) / ms),
      ] as const,
    ]
  })
  return { kind: 'table', title: 'engine', columns: ['calculations at once', 'calls', 'ms', '1/s'], rows }
}

export const logOf = ({ log }: Seen): Evidence => ({ kind: 'log', lines: log.slice(-60) })
