import type { Evidence, LogLine } from '../../kit/index.ts'
import type { Outage } from './deaths.ts'
import type { Lag, Look } from './lag.ts'
import type { Seen } from './observe.ts'
import type { Stretch } from './stretch.ts'
import { SERVICE } from './traffic.ts'

/** What was asked over HTTP beside what the servers have run for it, by their own statistics. */
export const countTable = ({ reading, writing, lag, replacement }: Seen): Evidence => {
  const row = (what: string, { requests, counts }: Stretch) =>
    [`${requests.length} × ${what}`, counts.primary.reads, counts.primary.writes, counts.replica.reads] as const
  const rows = [
    row('GET', reading),
    row('POST', writing),
    ...(lag === undefined ? [] : [row('GET, replica behind', lag.others), ['writers’ GET, caught up', ...numbers(lag.after)] as const]),
    ...(replacement === undefined ? [] : [row('GET, new replica', replacement)]),
  ]
  return {
    kind: 'table',
    title: 'counts',
    columns: ['HTTP', 'primary: select', 'primary: insert', 'replica: select'],
    rows,
    differing: [
      ...(reading.counts.replica.reads < reading.requests.length ? [[0, 3] as const] : []),
      ...(writing.counts.primary.writes < writing.requests.length ? [[1, 2] as const] : []),
      ...(lag !== undefined && lag.others.counts.replica.reads < lag.others.requests.length ? [[2, 3] as const] : []),
      ...(lag !== undefined && lag.returnedAfterMs === undefined ? [[3, 1] as const] : []),
      ...(replacement !== undefined && replacement.usedAfterMs === undefined ? [[4, 3] as const] : []),
    ],
  }
}

const numbers = ({ primary, replica }: Stretch['counts']) => [primary.reads, primary.writes, replica.reads] as const

const MOST_ROWS = 20

/** What the writers saw of their own reviews while the replica was behind, those who missed theirs first. */
export const lookTable = (looks: readonly Look[]): Evidence => {
  const rows = [...looks].sort((a, b) => Number(a.found) - Number(b.found) || a.afterMs - b.afterMs).slice(0, MOST_ROWS)
  return {
    kind: 'table',
    title: 'looks',
    columns: ['x-customer', 'POST → GET (ms)', 'HTTP', 'own review'],
    rows: rows.map(({ customer, afterMs, request, found }) => [
      `w${customer}`,
      Math.round(afterMs),
      request.status ?? request.error ?? '-',
      found ? 1 : 0,
    ]),
    differing: rows.flatMap(({ found }, row) => (found ? [] : [[row, 3] as const])),
  }
}

export const lagTimeline = ({ marks }: Seen, { requests, heldAt, caughtUpAt }: Lag): Evidence => ({
  kind: 'timeline',
  title: 'lag',
  requests,
  marks: marks.filter(({ at }) => at >= heldAt && at <= caughtUpAt),
})

/** Requests after a server was killed. */
export const outageTimeline = ({ marks }: Seen, { at, reads, writes }: Outage): Evidence => ({
  kind: 'timeline',
  title: 'outage',
  requests: [...reads, ...writes].sort((a, b) => a.startedAt - b.startedAt),
  marks: marks.filter((mark) => mark.at === at),
})

/** Who could use whom before a server was killed and after. */
export const topology = (dead: 'primary' | 'replica', { overMs }: Outage): Evidence => {
  const stage = (name: 'before' | 'during' | 'after', up: boolean, around: boolean) => {
    const alive = (server: string): boolean => up || server !== dead
    return {
      name,
      services: [{ name: SERVICE.name, up: true }, ...['primary', 'replica'].map((server) => ({ name: server, up: alive(server) }))],
      edges: [
        { from: SERVICE.name, to: 'primary', up: dead === 'primary' ? up : around },
        { from: SERVICE.name, to: 'replica', up: dead === 'replica' ? up : around },
        { from: 'primary', to: 'replica', up },
      ],
    }
  }
  return { kind: 'topology', stages: [stage('before', true, true), stage('after', false, overMs !== undefined)] }
}

/** The service's log from a moment on; points at its first line. */
export const logFrom = (log: readonly LogLine[], at: number): Evidence => {
  const first = log.findIndex((line) => line.at >= at)
  const point = first === -1 ? log.length - 1 : first
  const begin = Math.max(0, point - 5)
  return { kind: 'log', lines: log.slice(begin, point + 40), ...(point === -1 ? {} : { points: [point - begin] }) }
}
