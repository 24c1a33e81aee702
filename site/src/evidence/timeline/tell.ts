import type { RequestRecord } from '../../../../runner/sandbox/contract.ts'
import type { Words } from '../../words.ts'
import { fateOf } from '../fate.ts'
import type { Lane, TimelineLayout } from './layout.ts'

/** `12 ms`, `1.24 s`: short, with its unit. */
export const span = (ms: number, words: Words): string => {
  const size = Math.abs(ms)
  return size < 1000 ? `${size < 10 ? Number(size.toFixed(1)) : Math.round(size)} ms` : words.run.elapsed((size / 1000).toFixed(2))
}

/** A moment told from the anchor: "12 ms before SIGTERM". */
export const moment = (at: number, { anchor }: TimelineLayout, words: Words): string => {
  const away = at - anchor.at
  const w = words.evidence
  return anchor.mark ? w.relative(span(away, words), w.marks[anchor.mark.what], away < 0) : w.fromStart(span(away, words))
}

export const laneName = ({ name }: Lane, words: Words): string => {
  switch (name.kind) {
    case 'connection':
      return words.evidence.connection(name.number)
    case 'replica':
      return name.name
    case 'nobody':
      return words.evidence.nobody
  }
}

export const laneOf = (row: number, { lanes }: TimelineLayout): Lane | undefined =>
  lanes.find((lane) => row >= lane.firstRow && row < lane.firstRow + lane.rows)

/** Whether the anchor's deed happened while this request was being answered. */
export const crosses = ({ startedAt, endedAt }: RequestRecord, { anchor }: TimelineLayout): boolean =>
  anchor.mark !== undefined && startedAt < anchor.at && endedAt > anchor.at

export const fateWord = (request: RequestRecord, words: Words): string => {
  const fate = fateOf(request)
  const word = words.evidence.fates[fate]
  return request.status === undefined || fate === 'answered' ? word : `${word} (${request.status})`
}
