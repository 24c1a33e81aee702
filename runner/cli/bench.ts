import Table from 'cli-table3'
import type { BenchReport, BenchRow } from '../bench/report.ts'
import { SUITES } from '../bench/suites.ts'
import { discoverEngine } from '../engine/discover.ts'
import { addressOf } from '../engine/endpoint.ts'
import { readEnvironment } from '../environment.ts'
import { Complaint } from './complaint.ts'
import { command, countOf } from './flags.ts'
import { interruption } from './interruption.ts'
import { progress, say } from './terminal.ts'

const NAMES = Object.keys(SUITES)

export const benchCommand = command({
  meta: { name: 'bench', description: 'Ratios against docker run and against no sandbox, measured in one interleaved run' },
  args: {
    suite: { type: 'positional', description: `${NAMES.join(', ')}; all runs every one`, required: true },
    n: { type: 'string', default: '40', description: 'measurements of each kind', valueHint: 'number' },
    json: { type: 'boolean', description: 'as JSON; of all suites a list' },
  },
  run: async ({ args }) => {
    const asked = args.suite === 'all' ? NAMES : NAMES.filter((name) => name === args.suite)
    if (asked.length === 0) throw new Complaint(`There is no suite ${args.suite}.`, `There are: ${NAMES.join(', ')}, all.`)
    const n = countOf(args.n, { flag: 'n', least: 1 })
    const environment = readEnvironment()
    const { engine: found } = await discoverEngine(environment)
    if (found === undefined) throw new Complaint('A bench needs a container engine, and none answers.', '`./hatoba doctor` says why.')
    const { runSuite } = await import('../bench/run-suite.ts')
    const { CannotRun } = await import('../bench/suite.ts')
    using stop = interruption({ ending: 'ending the bench' })
    const reports: BenchReport[] = []
    const without: string[] = []
    for (const name of asked) {
      using shown = progress(`bench ${name}`)
      try {
        const report = await runSuite(name as keyof typeof SUITES, {
          n,
          host: addressOf(found.endpoint),
          path: environment.PATH,
          signal: stop.signal,
          onRound: (share) => {
            stop.signal.throwIfAborted()
            shown.update(share)
          },
        })
        reports.push(report)
        if (!args.json) printReport(report)
      } catch (thrown) {
        if (!(thrown instanceof CannotRun)) throw thrown
        without.push(`${name} was not measured: ${thrown.message}`)
      }
    }
    if (args.json) console.log(JSON.stringify(args.suite === 'all' ? reports : reports[0], null, 2))
    for (const each of without) say(each)
    if (reports.length === 0 || reports.some(({ wrongVerdicts, isolation }) => wrongVerdicts > 0 || !isolation.holds)) process.exitCode = 1
  },
})

const printReport = ({ suite, n, machine, rows, wrongVerdicts, isolation }: BenchReport): void => {
  const table = new Table({ head: [suite, 'ours', 'baseline', 'ratio', 'goal', 'met'], style: { head: [], border: [] } })
  for (const row of rows) table.push(toCells(row))
  console.log(table.toString())
  console.log(`n = ${n}; ${machine}`)
  console.log(
    `wrong verdicts: ${wrongVerdicts}; isolation ${isolation.holds ? 'held' : `broken: ${isolation.found.join(', ')}`} (looked for: ${isolation.looked.join(', ')})\n`,
  )
}

const toCells = ({ name, unit, ours, baseline, ratio, goal, met }: BenchRow): string[] => {
  const value = (of: number): string => `${of.toFixed(of < 10 ? 2 : 1)}${unit === 'p95 / p50' ? '' : ` ${unit}`}`
  return [
    name,
    value(ours),
    value(baseline),
    Number.isFinite(ratio) ? `${ratio.toFixed(2)}x` : '',
    goal ?? '',
    met === null ? '' : met ? 'yes' : 'no',
  ]
}
