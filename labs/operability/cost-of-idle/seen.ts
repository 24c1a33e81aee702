import type { Evidence, Mark } from '../../kit/index.ts'
import { isSame, type Stretch, yenOf } from './day.ts'
import type { Day, Played } from './observe.ts'
import { PARTS, type Part, timeOf } from './terms.ts'

const HOUR_MS = 3_600_000

/** Which part of their time the copies of a stretch had something to do, as measured where it was played. */
const busyIn = ({ played }: Day, stretch: Stretch): number => played.find((each) => isSame(each, stretch))?.busy ?? 0

/** What a stretch costs while its copies have nothing to do. */
const idleYen = (day: Day, stretch: Stretch): number => yenOf(stretch, day.layout, day.terms) * (1 - busyIn(day, stretch))

interface Idle {
  /** The part that pays most for nothing, how much that is, and how much of it in hours in which nobody asks it. */
  readonly part: Part
  readonly yen: number
  readonly unaskedYen: number
  readonly unaskedHours: number
  /** How busy its copies are when they are busiest, 0 to 1. */
  readonly busiest: number
  readonly allYen: number
}

/** Who pays most for nothing. */
export const idleOf = (day: Day): Idle => {
  const parts = PARTS.map((part) => {
    const own = day.stretches.filter((stretch) => stretch.part === part)
    const unasked = own.filter(({ perMinute, ordered }) => perMinute === 0 && ordered > 0)
    return {
      part,
      yen: own.reduce((sum, stretch) => sum + idleYen(day, stretch), 0),
      unaskedYen: unasked.reduce((sum, stretch) => sum + idleYen(day, stretch), 0),
      unaskedHours: Math.round((10 * unasked.reduce((sum, { from, to }) => sum + to - from, 0)) / 60) / 10,
      busiest: Math.max(0, ...own.map((stretch) => busyIn(day, stretch))),
    }
  })
  const worst = parts.reduce((most, each) => (each.yen > most.yen ? each : most))
  return { ...worst, allYen: parts.reduce((sum, { yen }) => sum + yen, 0) }
}

/** What is paid in every hour of the day, and what of it had something to do. */
export const yenSeries = (day: Day): Evidence => {
  const { stretches, layout, terms, recording } = day
  const changes = [...new Set(stretches.map(({ from }) => from))].sort((a, b) => a - b)
  const perHour = (minute: number, of: (stretch: Stretch) => number): number =>
    stretches
      .filter(({ from, to }) => from <= minute && minute < to)
      .reduce((sum, stretch) => sum + (60 * of(stretch)) / (stretch.to - stretch.from), 0)
  const steps = (of: (stretch: Stretch) => number): readonly (readonly [number, number])[] =>
    changes.flatMap((from, index) => {
      const value = Math.round(10 * perHour(from, of)) / 10
      const to = (changes[index + 1] ?? 1440) - 0.01
      return [[(from / 60) * HOUR_MS, value] as const, [(to / 60) * HOUR_MS, value] as const]
    })
  const marks: Mark[] = [{ at: (recording.lossAt / 60) * HOUR_MS, what: 'killed', service: 'shop' }]
  return {
    kind: 'series',
    title: 'yen',
    unit: 'yen/h',
    axis: 'hours',
    series: [
      { name: 'paid', points: steps((stretch) => yenOf(stretch, layout, terms)) },
      { name: 'used', points: steps((stretch) => yenOf(stretch, layout, terms) - idleYen(day, stretch)), dashed: true },
    ],
    marks,
  }
}

/** Every stretch of the day; of one the times are marked. */
export const dayTable = (stretches: readonly Stretch[], marked?: Stretch, played: readonly Played[] = []): Evidence => {
  const asked = stretches.filter(({ perMinute }) => perMinute > 0)
  return {
    kind: 'table',
    title: 'day',
    columns: ['part', 'from', 'to', 'requests/min', 'copies', 'ready', 'in time', 'busy'],
    rows: asked.map((stretch) => {
      const piece = played.find((each) => isSame(each, stretch))
      return [
        stretch.part,
        timeOf(stretch.from),
        timeOf(stretch.to),
        stretch.perMinute,
        stretch.ordered,
        stretch.ready,
        piece === undefined ? '-' : `${piece.inTime}/${piece.requests.length}`,
        piece === undefined ? '-' : `${Math.round(100 * piece.busy)} %`,
      ]
    }),
    differing: asked.flatMap((stretch, row) => (stretch === marked ? [played.length > 0 ? ([row, 6] as const) : ([row, 5] as const)] : [])),
  }
}

/** The bill of the day, part by part. */
export const billTable = (day: Day): Evidence => {
  const { stretches, layout, terms } = day
  const rows = PARTS.map((part) => {
    const own = stretches.filter((stretch) => stretch.part === part)
    const paid = own.reduce((sum, stretch) => sum + yenOf(stretch, layout, terms), 0)
    const idle = own.reduce((sum, stretch) => sum + idleYen(day, stretch), 0)
    const copyHours = own.reduce((sum, { from, to, ordered }) => sum + ((to - from) / 60) * ordered, 0)
    return [part, layout.size[part], Math.round(10 * copyHours) / 10, Math.round(paid), Math.round(paid - idle), Math.round(idle)] as const
  })
  const total = (column: 3 | 4 | 5): number => rows.reduce((sum, row) => sum + row[column], 0)
  const worst = rows.findIndex(([part]) => part === idleOf(day).part)
  return {
    kind: 'table',
    title: 'bill',
    columns: ['part', 'size', 'copy hours', 'yen', 'yen busy', 'yen idle'],
    rows: [...rows, ['=', '', '', total(3), total(4), total(5)]],
    differing: total(3) > terms['yen-per-day'] ? [[worst, 5]] : [],
  }
}

export const playedTimeline = ({ part, requests }: Played): Evidence => ({
  kind: 'timeline',
  title: 'played',
  of: part,
  requests,
  marks: [],
})

export const lossTimeline = ({ loss: { requests, killedAt, copies } }: Day): Evidence => ({
  kind: 'timeline',
  title: 'loss',
  requests,
  marks: [{ at: killedAt, what: 'killed', ...(copies[0] === undefined ? {} : { service: copies[0] }) }],
})

/** The shop's copies before the loss and after it. */
export const lossTopology = ({ loss: { copies } }: Day): Evidence => {
  const [lost] = copies
  const stage = (name: 'before' | 'after') => {
    const up = (copy: string): boolean => name === 'before' || copy !== lost
    return {
      name,
      services: [{ name: 'shoppers', up: true }, ...copies.map((copy) => ({ name: copy, up: up(copy) }))],
      edges: copies.map((copy) => ({ from: 'shoppers', to: copy, up: up(copy) })),
    }
  }
  return { kind: 'topology', stages: [stage('before'), stage('after')] }
}
