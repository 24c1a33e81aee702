import type { Evidence, RequestRecord } from '../../kit/index.ts'
import type { Stop } from './observe.ts'

/** Whether the customer was told yes, in a whole answer. */
export const acknowledged = ({ status, error }: RequestRecord): boolean => status === 201 && error === undefined

/** Orders that did not end with 201: before the signal, cut off without an answer after it, or answered with something else. */
export const failedOrders = ({ requests, sigtermAt }: Stop) => {
  const failed = requests.filter((request) => !acknowledged(request))
  const early = failed.filter(({ endedAt }) => endedAt < sigtermAt)
  const late = failed.filter(({ endedAt }) => endedAt >= sigtermAt)
  return {
    first: failed[0],
    early,
    cut: late.filter(({ status, error }) => status === undefined || error !== undefined),
    refused: late.filter(({ status, error }) => status !== undefined && error === undefined),
  }
}

/** How many requests were waiting for their answer at a moment. */
export const counted = (requests: readonly RequestRecord[], at: number): number =>
  requests.filter(({ startedAt, endedAt }) => startedAt <= at && endedAt > at).length

export const timeline = ({ requests, marks }: Stop): Evidence => ({ kind: 'timeline', title: 'orders', requests, marks })

/** Whoever tried to come in after the signal. */
export const knockTimeline = ({ knocks, marks }: Stop): Evidence => ({ kind: 'timeline', title: 'knocks', requests: knocks, marks })

/** The service's log; points at its first line after the signal, or at its last one. */
export const logEvidence = ({ log, sigtermAt }: Stop): Evidence => {
  const after = log.findIndex(({ at }) => at >= sigtermAt)
  const point = after === -1 ? log.length - 1 : after
  return { kind: 'log', lines: log, ...(point === -1 ? {} : { points: [point] }) }
}

const DISPOSITION = { handled: 'handler', default: 'SIG_DFL', ignored: 'SIG_IGN' } as const

/** As `ps` would show it, with what SIGTERM does to each process. */
export const processTable = ({ processes }: Stop): Evidence => ({
  kind: 'table',
  title: 'processes',
  columns: ['PID', 'PPID', 'COMMAND', 'SIGTERM'],
  rows: processes.map(({ pid, parent, command, onSigterm }) => [pid, parent, command, DISPOSITION[onSigterm]]),
  differing: processes.flatMap(({ pid, onSigterm }, row) => (pid === 1 && onSigterm !== 'handled' ? [[row, 3] as const] : [])),
})

/** A table that says it is enough; the sentences carry the numbers. */
const MOST_ROWS = 20

/** What the client was told about these orders beside what the store holds of them. */
export const keptTable = ({ requests, kept }: Stop, orders: readonly string[]): Evidence => {
  const rows = orders.slice(0, MOST_ROWS).map((order) => {
    const request = requests.find(({ id }) => id === order)
    const record = kept.find((candidate) => candidate.order === order)
    return [order, request?.status ?? request?.error ?? '-', record?.whole ?? 0, record?.half ?? 0] as const
  })
  return {
    kind: 'table',
    title: 'kept',
    columns: ['order', 'HTTP', 'store: whole', 'store: half'],
    rows,
    differing: rows.flatMap(([, , whole, half], row) => [
      ...(whole === 1 ? [] : [[row, 2] as const]),
      ...(half === 0 ? [] : [[row, 3] as const]),
    ]),
  }
}
