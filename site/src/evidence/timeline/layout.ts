import type { Evidence, Mark, MarkKind } from '../../../../labs/kit/evidence.ts'
import type { RequestRecord } from '../../../../runner/sandbox/contract.ts'
import { nobodyAnswered } from '../fate.ts'

export type TimelineEvidence = Extract<Evidence, { kind: 'timeline' }>

export interface Bar {
  readonly index: number
  readonly request: RequestRecord
  /** Row of the whole picture, from 0. */
  readonly row: number
}

export interface Lane {
  readonly name:
    | { readonly kind: 'connection'; readonly number: number }
    | { readonly kind: 'replica'; readonly name: string }
    | { readonly kind: 'nobody' }
  readonly firstRow: number
  readonly rows: number
}

/** A stretch of a service's life that is not its normal one. */
export interface Band {
  readonly kind: 'stopping' | 'gone'
  readonly from: number
  readonly to: number
}

export interface TimelineLayout {
  /** In order of their start; the keyboard walks these. */
  readonly bars: readonly Bar[]
  readonly lanes: readonly Lane[]
  readonly rows: number
  readonly bands: readonly Band[]
  readonly marks: readonly Mark[]
  /** What the axis counts from: the deed the picture is about, else the beginning. */
  readonly anchor: { readonly at: number; readonly mark?: Mark }
  readonly from: number
  readonly to: number
}

const ANCHORS: readonly MarkKind[] = ['sigterm', 'killed', 'sigkill', 'cut', 'version', 'added', 'alarm']
/** More connections than this are told apart by nobody: their requests share rows, as few as were open at once. */
const MOST_CONNECTIONS = 12
/** So much of the picture stays free before the first and after the last thing; a process that is gone shows as such. */
const BEFORE = 0.02
const AFTER = 0.06

/** Where everything of a timeline stands: time along, lanes and their rows down. Pure. */
export const layOut = ({ requests, marks, lanes: named }: TimelineEvidence): TimelineLayout => {
  const sorted = [...requests].sort((a, b) => a.startedAt - b.startedAt)
  const times = [...sorted.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]), ...marks.map(({ at }) => at)]
  const first = times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY)
  const last = times.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY)
  const [begin, end] = times.length === 0 ? [0, 1000] : [first, Math.max(last, first + 1)]
  const from = begin - (end - begin) * BEFORE
  const to = end + (end - begin) * AFTER
  const mark = ANCHORS.flatMap((kind) => marks.filter(({ what }) => what === kind)).at(0)
  const { bars, lanes, rows } = intoLanes(sorted, named)
  return {
    bars,
    lanes,
    rows,
    bands: bandsOf(marks, to),
    marks: [...marks].sort((a, b) => a.at - b.at),
    anchor: mark ? { at: mark.at, mark } : { at: begin },
    from,
    to,
  }
}

const NOBODY = 'nobody'

const intoLanes = (
  requests: readonly RequestRecord[],
  named: readonly string[] | undefined,
): Pick<TimelineLayout, 'bars' | 'lanes' | 'rows'> => {
  const replicas = new Set([...(named ?? []), ...requests.filter((request) => !nobodyAnswered(request)).map(replicaOf)])
  const connections = new Set(requests.filter((request) => !nobodyAnswered(request)).map(({ connection }) => connection))
  const byConnection = replicas.size <= 1 && connections.size <= MOST_CONNECTIONS
  const keyOf = (request: RequestRecord): string =>
    nobodyAnswered(request) ? NOBODY : byConnection ? `${request.connection}` : replicaOf(request)
  const keys = byConnection ? [...connections].sort((a, b) => a - b).map(String) : [...replicas]
  if (requests.some(nobodyAnswered)) keys.push(NOBODY)

  const rowOf = new Map<number, number>()
  let firstRow = 0
  const lanes = keys.map((key): Lane => {
    const own = requests.flatMap((request, index) => (keyOf(request) === key ? [{ request, index }] : []))
    const { rows, placed } = pack(own)
    for (const [index, row] of placed) rowOf.set(index, firstRow + row)
    const lane: Lane = {
      name:
        key === NOBODY ? { kind: 'nobody' } : byConnection ? { kind: 'connection', number: Number(key) } : { kind: 'replica', name: key },
      firstRow,
      rows,
    }
    firstRow += rows
    return lane
  })
  return { lanes, rows: firstRow, bars: requests.map((request, index) => ({ index, request, row: rowOf.get(index) ?? 0 })) }
}

const replicaOf = ({ servedBy, target }: RequestRecord): string => servedBy ?? target

/** Puts overlapping requests of one lane below each other, in as few rows as there are at once. */
const pack = (
  own: readonly { readonly request: RequestRecord; readonly index: number }[],
): { rows: number; placed: Map<number, number> } => {
  const free: number[] = []
  const placed = new Map<number, number>()
  for (const { request, index } of own) {
    const found = free.findIndex((until) => until <= request.startedAt)
    const row = found === -1 ? free.length : found
    free[row] = request.endedAt
    placed.set(index, row)
  }
  return { rows: Math.max(free.length, 1), placed }
}

/** Only where one service is drawn: with several, whose stretch it is would be a guess. */
const bandsOf = (marks: readonly Mark[], to: number): Band[] => {
  if (new Set(marks.map(({ service }) => service)).size > 1) return []
  const bands: Band[] = []
  const sorted = [...marks].sort((a, b) => a.at - b.at)
  for (const [index, { what, at }] of sorted.entries()) {
    const later = sorted.slice(index + 1)
    if (what === 'sigterm') bands.push({ kind: 'stopping', from: at, to: later.find((mark) => mark.what === 'exited')?.at ?? to })
    if (what === 'exited')
      bands.push({ kind: 'gone', from: at, to: later.find((mark) => mark.what === 'restarted' || mark.what === 'ready')?.at ?? to })
  }
  return bands
}

/** Round numbers of seconds for the axis, from the anchor; about `wanted` of them. */
export const ticksOf = (from: number, to: number, anchor: number, wanted: number): readonly number[] => {
  const rough = (to - from) / Math.max(wanted, 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough
  const firstTick = Math.ceil((from - anchor) / step)
  const lastTick = Math.floor((to - anchor) / step)
  return Array.from({ length: lastTick - firstTick + 1 }, (_, index) => anchor + (firstTick + index) * step)
}

/** Rows for labels so that none covers another: each label's row, given its place and width. */
export const rowsOfLabels = (labels: readonly { readonly x: number; readonly width: number }[]): readonly number[] => {
  const ends: number[] = []
  return labels.map(({ x, width }) => {
    const found = ends.findIndex((end) => end <= x)
    const row = found === -1 ? ends.length : found
    ends[row] = x + width
    return row
  })
}
