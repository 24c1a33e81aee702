import type { Evidence } from '../../kit/index.ts'
import { type Seen, STARTS } from './observe.ts'
import type { Start } from './start.ts'

/** How long each start took, below the line of the budget, beside a server with nothing to load. */
export const startSeries = ({ starts, budgetMs, bareMs }: Seen): Evidence => {
  const begin = starts[0]?.startedAt ?? 0
  const end = starts.at(-1)?.startedAt ?? 0
  const bare = Math.round(bareMs.reduce((sum, ms) => sum + ms, 0) / bareMs.length)
  return {
    kind: 'series',
    title: 'times',
    unit: 'ms',
    series: [
      { name: 'readyz', points: starts.map(({ startedAt, readyMs }) => [startedAt, Math.round(readyMs ?? budgetMs)] as const) },
      {
        name: 'bare',
        dashed: true,
        points: [
          [begin, bare],
          [end, bare],
        ],
      },
    ],
    marks: starts.map(({ startedAt, number }) => ({ at: startedAt, what: number === 1 ? 'added' : 'restarted' })),
    limits: [{ name: 'budget', value: budgetMs }],
  }
}

/** Every start in numbers. */
export const startTable = ({ starts, budgetMs }: Seen): Evidence => {
  const rows = starts.map(({ number, readyMs, first }) => [
    `${number}/${STARTS}`,
    readyMs === undefined ? `> ${budgetMs}` : Math.round(readyMs),
    first === undefined ? '-' : (first.record.error ?? first.record.status ?? '-'),
    first?.got === undefined ? '-' : `[${first.got.slice(0, 5).join(', ')}]`,
  ])
  return {
    kind: 'table',
    title: 'starts',
    columns: ['start', 'ready (ms)', 'HTTP', 'similar'],
    rows,
    differing: starts.flatMap(({ good, hindrance, first }, row) =>
      good ? [] : [[row, hindrance !== undefined ? 1 : first?.record.status === 200 ? 3 : 2] as const],
    ),
  }
}

/** The log of a start, with what the store did meanwhile; points at the last line. */
export const startLog = ({ log }: Start): Evidence => ({
  kind: 'log',
  title: 'log',
  lines: log,
  ...(log.length > 0 ? { points: [log.length - 1] } : {}),
})

/** What was running when the time was over. */
export const processTable = ({ processes }: Start): Evidence => ({
  kind: 'table',
  title: 'processes',
  columns: ['PID', 'PPID', 'COMMAND'],
  rows: processes.map(({ pid, parent, command }) => [pid, parent, command]),
})

/** The asking and the first request of a start. */
export const startTimeline = ({ asked, first, startedAt, readyMs }: Start): Evidence => ({
  kind: 'timeline',
  title: 'asking',
  requests: [...asked, ...(first === undefined ? [] : [first.record])],
  marks: readyMs === undefined ? [] : [{ at: startedAt + readyMs, what: 'ready' }],
})
