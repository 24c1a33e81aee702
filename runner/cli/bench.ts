import { defineCommand } from 'citty'
import Table from 'cli-table3'
import { benchClass } from '../bench/client.ts'
import { benchHello } from '../bench/hello.ts'
import { startProduct } from '../bench/product.ts'
import type { BenchReport } from '../bench/report.ts'
import { discoverEngine } from '../engine/discover.ts'
import { addressOf } from '../engine/endpoint.ts'
import { readEnvironment } from '../environment.ts'
import { ensureImages } from '../images/ensure.ts'
import { connectEngine } from '../sandbox/docker/engine.ts'
import { Complaint } from './complaint.ts'
import { interruption } from './interruption.ts'
import { progress } from './terminal.ts'

/** A class, so that nobody sends more than one learner may. */
const LEARNERS = 20

const SUITES = { hello: benchHello } as const

export const benchCommand = defineCommand({
  meta: { name: 'bench', description: 'Ratios against docker run and against no sandbox, measured in one interleaved run' },
  args: {
    suite: { type: 'positional', description: Object.keys(SUITES).join(', '), required: true },
    n: { type: 'string', default: '40', description: 'measurements of each kind' },
    json: { type: 'boolean', description: 'as JSON' },
  },
  run: async ({ args }) => {
    const suite = Object.entries(SUITES).find(([name]) => name === args.suite)?.[1]
    if (suite === undefined) throw new Complaint(`There is no suite ${args.suite}.`, `There are: ${Object.keys(SUITES).join(', ')}.`)
    const environment = readEnvironment()
    const { engine: found } = await discoverEngine(environment)
    if (found === undefined) throw new Complaint('A bench needs a container engine, and none answers.', '`./hatoba doctor` says why.')
    const host = addressOf(found.endpoint)
    const engine = connectEngine({ host })
    const { python } = await ensureImages(engine, ['python'])
    using stop = interruption({ ending: 'ending the bench' })
    await using product = await startProduct({ signal: stop.signal })
    using shown = progress(`bench ${args.suite}, ${args.n} of each`)
    const report = await suite({
      n: Number(args.n),
      learner: benchClass(product.url, LEARNERS),
      engine,
      host,
      image: python,
      path: environment.PATH,
      onRound: (share) => {
        stop.signal.throwIfAborted()
        shown.update(share)
      },
    })
    if (args.json) console.log(JSON.stringify(report, null, 2))
    else printReport(report)
  },
})

const printReport = ({ suite, n, machine, rows, wrongVerdicts, isolation }: BenchReport): void => {
  const table = new Table({ head: [suite, 'ours', 'baseline', 'ratio', 'goal', 'met'], style: { head: [], border: [] } })
  for (const { name, unit, ours, baseline, ratio, goal = '', met } of rows) {
    table.push([
      name,
      `${ours.toFixed(1)} ${unit}`,
      `${baseline.toFixed(1)} ${unit}`,
      `${ratio.toFixed(2)}x`,
      goal,
      met === undefined ? '' : met ? 'yes' : 'no',
    ])
  }
  console.log(table.toString())
  console.log(`n = ${n}; ${machine}`)
  console.log(
    `wrong verdicts: ${wrongVerdicts}; isolation ${isolation.holds ? 'held' : `broken: ${isolation.found.join(', ')}`} (looked for: ${isolation.looked.join(', ')})`,
  )
}
