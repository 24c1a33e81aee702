import { dockerRun, engineApi, unsandboxed } from './baselines.ts'
import { calm } from './calm.ts'
import { proveIsolation } from './isolation.ts'
import { PROGRAM } from './programs.ts'
import { type BenchReport, costRow, interleaved, machine, median, quantile, rateRow } from './report.ts'
import { type BenchOptions, countingWrong, type Suite } from './suite.ts'

const AT_ONCE = 16
const ROUNDS = 3
/** Beyond what any pool holds, so that what is measured can go on for ever. */
const OURS_BEFORE = 80
/** How long a round goes on at least, for each measurement asked for: until the rate of refill and removal shows as well. */
const SECONDS_EACH = 0.1

interface Round {
  readonly perSecond: number
  readonly ms: readonly number[]
}

/** Sixteen clients who each submit again as soon as they have their verdict. */
export const benchSustained: Suite = async (options) => {
  const { samples, report } = await closedLoop(options, 'sustained16', PROGRAM.hello)
  const [ours, docker, api, plain] = rates(samples)
  const latencies = samples.ours.flatMap(({ ms }) => ms)
  const floor = samples.unsandboxed.flatMap(({ ms }) => ms)
  const spread = (of: readonly number[]) => quantile(of, 0.95) / quantile(of, 0.5)
  return {
    ...report,
    rows: [
      rateRow('verdicts a second at 16 at once, against docker run', ours, docker, { atLeast: 15 }),
      rateRow('verdicts a second at 16 at once, against the API with NetworkDisabled', ours, api),
      rateRow('verdicts a second at 16 at once, against no sandbox', ours, plain),
      costRow('p95 / p50 of submit to verdict at 16 at once', 'p95 / p50', spread(latencies), spread(floor), { upTo: 1.5 }),
      costRow('submit to verdict p50 at 16 at once, against no sandbox', 'ms', median(latencies), median(floor)),
    ],
  }
}

/** The same with programs that want 50 ms of a processor: how much of the machine is spent on learners. */
export const benchCpu: Suite = async (options) => {
  const { samples, report } = await closedLoop(options, 'cpu50', PROGRAM.cpu50)
  const [ours, docker, api, plain] = rates(samples)
  return {
    ...report,
    rows: [
      rateRow('programs of 50 ms a second at 16 at once, against no sandbox', ours, plain, { atLeast: 0.95 }),
      rateRow('programs of 50 ms a second at 16 at once, against docker run', ours, docker),
      rateRow('programs of 50 ms a second at 16 at once, against the API with NetworkDisabled', ours, api),
    ],
  }
}

const rates = (samples: Readonly<Record<'ours' | 'dockerRun' | 'engineApi' | 'unsandboxed', readonly Round[]>>) =>
  [samples.ours, samples.dockerRun, samples.engineApi, samples.unsandboxed].map((rounds) =>
    median(rounds.map(({ perSecond }) => perSecond)),
  ) as [number, number, number, number]

const closedLoop = async ({ n, learner, engine, host, image, path, onRound }: BenchOptions, suite: string, program: string) => {
  const { submit, wrong } = countingWrong(learner)
  const least = Math.ceil(n / ROUNDS)
  const round =
    (measure: () => Promise<number>, before = 0) =>
    async () => {
      await calm()
      if (before > 0) await loop(measure, { least: before, seconds: 0 })
      return loop(measure, { least, seconds: n * SECONDS_EACH })
    }
  const samples = await interleaved(
    ROUNDS,
    {
      ours: round(() => submit(program), OURS_BEFORE),
      dockerRun: round(dockerRun(image, host, path, program)),
      engineApi: round(engineApi(engine, image, program)),
      unsandboxed: round(unsandboxed(path, program)),
    },
    { warmUps: 0, onRound: (done) => onRound(done / ROUNDS) },
  )
  const counts = Object.values(samples).map((rounds) => rounds.reduce((sum, { ms }) => sum + ms.length, 0))
  const report: Omit<BenchReport, 'rows'> = {
    suite,
    n: Math.min(...counts),
    machine: machine(),
    wrongVerdicts: wrong(),
    isolation: await proveIsolation(learner),
  }
  return { samples, report }
}

/** So many clients in a closed loop, until so much is done and so much time has gone; the last ones are waited for and count. */
const loop = async (
  measure: () => Promise<number>,
  { least, seconds }: { readonly least: number; readonly seconds: number },
): Promise<Round> => {
  const began = performance.now()
  const ms: number[] = []
  let begun = 0
  const client = async (): Promise<void> => {
    while (begun < least || performance.now() - began < seconds * 1000) {
      begun += 1
      ms.push(await measure())
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
  return { perSecond: (ms.length / (performance.now() - began)) * 1000, ms }
}
