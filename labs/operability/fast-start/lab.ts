import { docker, fail, lab, parseable, pass } from '../../kit/index.ts'
import { FILES, observe, type Seen, STARTS } from './observe.ts'
import { processTable, startLog, startSeries, startTable, startTimeline } from './seen.ts'
import type { Start } from './start.ts'

export default lab({
  id: 'fast-start',
  minutes: 20,
  seconds: 240,
  files: FILES,
  sandbox: docker({ image: 'node', limits: { memoryMiB: 256 } }),
  observe,
  checks: {
    syntax: parseable('build.js', 'server.js'),
    builds: {
      tier: 'sandbox',
      run: ({ seen: { build } }) => {
        const seconds = Math.round(build.seconds * 10) / 10
        return pass(
          { seconds, files: build.files, kib: Math.round(build.kib) },
          { evidence: [{ kind: 'log', title: 'build', lines: build.log }] },
        )
      },
    },
    ready: {
      tier: 'sandbox',
      needs: ['builds'],
      run: ({ seen }) => {
        const { starts, budgetMs, workMs, products } = seen
        const late = starts.find(({ hindrance }) => hindrance !== undefined)
        if (late === undefined) {
          const slowestMs = Math.round(Math.max(...starts.map(({ readyMs = 0 }) => readyMs)))
          return pass({ starts: starts.length, slowestMs, budgetMs }, { evidence: [startSeries(seen), startTable(seen)] })
        }
        const { hindrance, readyMs } = late
        const values = { start: late.number, budgetMs, bareMs: slowestBare(seen) }
        const evidence = [startLog(late), processTable(late), ...(late.number > 1 ? [startSeries(seen)] : [])]
        if (hindrance?.by === 'end') return fail('ended', { ...values, code: hindrance.code }, { evidence: [startLog(late)] })
        if (hindrance?.by === 'store') return fail('waiting', { ...values, held: hindrance.held }, { evidence })
        if (hindrance?.by === 'work') {
          const worked = { ...values, cpuMs: Math.round(hindrance.cpuMs), products }
          if (readyMs === undefined) return fail('working', worked, { evidence })
          return fail('laboured', { ...worked, readyMs: Math.round(readyMs), workMs }, { evidence })
        }
        if (hindrance?.by === 'readyz')
          return fail('unready', { ...values, status: hindrance.status }, { evidence: [startTimeline(late), ...evidence] })
        const running = late.processes.at(-1)?.command ?? ''
        return fail(
          'idle',
          { ...values, cpuMs: Math.round(hindrance?.cpuMs ?? 0), running },
          { evidence: [processTable(late), startLog(late)] },
        )
      },
    },
    truthful: {
      tier: 'sandbox',
      needs: ['ready'],
      run: ({ seen }) => {
        const lie = seen.starts.find((start) => start.first?.record.status !== 200 || start.first.record.error !== undefined)
        if (lie === undefined) return pass({ starts: seen.starts.length }, { evidence: [startTable(seen)] })
        const { status, error, startedAt, endedAt } = recordOf(lie)
        const values = { start: lie.number, product: lie.first?.product ?? '', readyMs: Math.round(lie.readyMs ?? 0) }
        const evidence = [startTimeline(lie), startLog(lie), startTable(seen)]
        if (error === 'timeout') return fail('silent', { ...values, ms: Math.round(endedAt - startedAt) }, { evidence })
        if (error !== undefined || status === undefined) return fail('broken', { ...values, error: error ?? 'none' }, { evidence })
        return fail('refused', { ...values, status }, { evidence })
      },
    },
    right: {
      tier: 'sandbox',
      needs: ['truthful'],
      run: ({ seen }) => {
        const { starts, products } = seen
        const wrong = starts.find(({ good }) => !good)
        if (wrong?.first === undefined) return pass({ starts: starts.length, products }, { evidence: [startTable(seen)] })
        const { product, expected, got, record } = wrong.first
        const values = { start: wrong.number, product, products, total: STARTS }
        const list = (ids: readonly unknown[]): string => ids.join('\n')
        const evidence = [
          {
            kind: 'diff',
            expected: list(expected),
            actual: got === undefined ? (record.body ?? '') : list(got),
            of: `/similar/${product}`,
          } as const,
          startLog(wrong),
        ]
        if (got === undefined) return fail('shapeless', values, { evidence })
        return got.length === 0 ? fail('empty', values, { evidence }) : fail('differs', values, { evidence })
      },
    },
  },
  mistakes: {
    'missing-bracket': 'syntax',
    'forgets-the-folder': 'builds',
    'sleeps-first': 'ready',
    'downloads-at-start': 'ready',
    'asks-for-news-first': 'ready',
    'recomputes-at-start': 'ready',
    'ready-before-loaded': 'truthful',
    'empty-until-loaded': 'right',
  },
})

const slowestBare = ({ bareMs }: Seen): number => Math.round(Math.max(...bareMs))

const recordOf = ({ first, number }: Start) => {
  if (first === undefined) throw new Error(`start ${number} was ready and not asked`)
  return first.record
}
