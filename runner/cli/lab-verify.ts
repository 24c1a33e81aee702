import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import Table from 'cli-table3'
import { type CatalogueLab, type LabFolder, loadCatalogue, seedFor } from '../../labs/kit/catalogue.ts'
import type { Verdict } from '../../labs/kit/finding.ts'
import { readEnvironment } from '../environment.ts'
import { Complaint } from './complaint.ts'
import { PLACE_ARGS } from './driver-name.ts'
import { command, countOf } from './flags.ts'
import { gradeOnce } from './grade-once.ts'
import { openForLabs } from './open-for-labs.ts'
import { printVerdict } from './print-verdict.ts'
import { severalAtOnce } from './several-at-once.ts'
import { keepVerified } from './verified.ts'
import { againAfterChanges } from './watch.ts'

/** One thing a lab declares about itself: these files end like this. */
interface Expectation {
  readonly lab: CatalogueLab
  readonly name: string
  readonly files: LabFolder
  /** Absent: must pass. A check's id: that one must be the first that does not pass. `any`: must not pass. */
  readonly fails?: string
  /** What decides which learner sends them: the variation, alternative or mistake. Absent: the lab's first variation. */
  readonly about?: string
}

export const verifyCommand = command({
  meta: { name: 'verify', description: 'Starter fails, solution and alternatives pass, every mistake fails at its check' },
  args: {
    ...PLACE_ARGS,
    repeat: { type: 'string', default: '1', description: 'grade everything so many times, as other learners; every time must agree' },
    load: { type: 'string', default: '0', description: 'busy loops to run meanwhile' },
    // A grading waits longer than it works.
    'at-once': { type: 'string', default: String(3 * availableParallelism()), description: 'so many gradings at the same time' },
    json: { type: 'boolean', description: 'the results as JSON' },
    watch: { type: 'boolean', description: 'again after every change in the labs’ folders' },
  },
  run: async ({ args, rawArgs }) => {
    const { labs } = await loadCatalogue(args._.length === 0 ? {} : { only: args._ })
    const unknown = args._.filter((id) => !labs.some(({ lab }) => lab.id === id))
    if (unknown.length > 0) throw new Complaint(`There is no lab ${unknown.join(', ')}.`, '`hatoba lab list` shows them.')
    const chosen = args._.length === 0 ? labs : labs.filter(({ lab }) => args._.includes(lab.id))
    if (args.watch) {
      return againAfterChanges(
        ['lab', 'verify', ...rawArgs.filter((word) => word !== '--watch')],
        chosen.map(({ folder }) => folder),
      )
    }
    const [repeat, load, atOnce] = [
      countOf(args.repeat, { flag: 'repeat', least: 1 }),
      countOf(args.load, { flag: 'load', least: 0 }),
      countOf(args['at-once'], { flag: 'at-once', least: 1 }),
    ]
    await using opened = await openForLabs({ driver: args.driver, kubeconfig: args.kubeconfig, labs: chosen, warm: true })
    using _load = busy(load)
    const table = new Table({ head: ['lab', 'files', 'expected', 'seen', 'seconds'], style: { head: [], border: [] } })
    const rounds = Array.from({ length: repeat }, (_, round) =>
      chosen.flatMap(expectationsOf).map((expectation) => ({ expectation, seed: learnerOf(expectation, round + 1) })),
    ).flat()
    // Some labs wait most of their time, others compute: mixed evenly, they leave the processors neither idle nor overrun.
    const kindOf = ({ expectation }: (typeof rounds)[number]) => expectation.lab.lab.id
    const results = await severalAtOnce(rounds, { most: atOnce, kindOf }, async ({ expectation, seed }) => {
      const verdict = await gradeOnce(expectation.lab, expectation.files, { ...opened, seed })
      const result = {
        ...judge(expectation, verdict),
        lab: expectation.lab.lab.id,
        files: expectation.name,
        seconds: verdict.ms / 1000,
        seed,
      }
      if (!args.json)
        console.error(`${result.met ? 'ok  ' : 'FAIL'} ${result.lab} ${result.files}: ${result.seen} (${result.seconds.toFixed(1)} s)`)
      return { result, verdict, expectation }
    })
    const rows = results.map(({ result }) => result)
    const failed = results.filter(({ result }) => !result.met)
    for (const [lab, all] of Map.groupBy(results, ({ result }) => result.lab))
      if (all.every(({ result }) => result.met))
        await keepVerified(readEnvironment().HATOBA_DATA, lab, { verdicts: all.map(({ verdict }) => verdict), atOnce })
    if (args.json) console.log(JSON.stringify(rows, null, 2))
    else {
      for (const { lab, files, expected, seen, seconds, met } of rows)
        table.push([lab, files, expected, met ? seen : `${seen}  <-- not as expected`, seconds.toFixed(1)])
      console.log(table.toString())
      for (const { result, verdict, expectation } of failed) {
        console.log(`\n${result.lab} ${result.files}, expected: ${result.expected}`)
        printVerdict(expectation.lab, verdict, 'en')
        console.log(`again: hatoba lab check ${result.lab} --with ${result.files} --seed ${result.seed}\n`)
      }
      console.log(`${results.length - failed.length} passed, ${failed.length} failed`)
    }
    process.exitCode = failed.length === 0 ? 0 : 1
  },
})

/** Everything a lab's folder promises, in the order a reader would ask. */
export const expectationsOf = (lab: CatalogueLab): Expectation[] => [
  { lab, name: 'starter', files: lab.starter, fails: 'any' },
  ...(lab.lab.variations === undefined ? [{ lab, name: 'solution', files: lab.solution }] : []),
  ...Object.entries(lab.solutions).map(([about, files]) => ({ lab, name: `solution:${about}`, files, about })),
  ...Object.entries(lab.alternatives).map(([about, files]) => ({ lab, name: `alternative:${about}`, files, about })),
  ...Object.entries(lab.mistakes).map(([about, files]) => ({
    lab,
    name: `mistake:${about}`,
    files,
    fails: lab.lab.mistakes[about] ?? 'any',
    about,
  })),
]

/** The seed of the nth learner who could send this. */
export const learnerOf = ({ lab, about }: Expectation, nth = 1): number => seedFor(lab, nth, about)

/** Compares a verdict with what the lab declares. */
export const judge = ({ fails }: Expectation, verdict: Verdict): { met: boolean; expected: string; seen: string } => {
  const first = verdict.findings.find(({ status }) => status !== 'passed' && status !== 'skipped')
  const seen =
    first === undefined ? verdict.outcome : `${verdict.outcome} at ${first.check}${first.as === undefined ? '' : ` (${first.as})`}`
  const broke = verdict.outcome === 'faulted' || verdict.outcome === 'incomplete'
  if (fails === undefined) return { met: verdict.outcome === 'passed', expected: 'passed', seen }
  if (fails === 'any') return { met: !broke && verdict.outcome !== 'passed', expected: 'not passed', seen }
  return { met: !broke && first?.check === fails, expected: `not passed at ${fails}`, seen }
}

/** Keeps cores busy until disposed, so that a verdict that depends on speed shows itself. */
const busy = (loops: number): Disposable => {
  const children = Array.from({ length: loops }, () => spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' }))
  return {
    [Symbol.dispose]: () => {
      for (const child of children) child.kill('SIGKILL')
    },
  }
}
