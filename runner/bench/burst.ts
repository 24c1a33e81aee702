import { dockerRun, engineApi, unsandboxed } from './baselines.ts'
import { calm } from './calm.ts'
import { proveIsolation } from './isolation.ts'
import { PROGRAM } from './programs.ts'
import { costRow, interleaved, machine, median } from './report.ts'
import { countingWrong, type Suite } from './suite.ts'

const AT_ONCE = 32
const LEAST_BURSTS = 6

/** A deadline: so many submissions in the same instant, and how long the last of them waits for its verdict. */
export const benchBurst: Suite = async ({ n, learner, engine, host, image, path, onRound }) => {
  const { submit, wrong } = countingWrong(learner)
  const bursts = Math.max(LEAST_BURSTS, Math.ceil(n / AT_ONCE))
  const burst = (measure: () => Promise<number>) => async (): Promise<number> => {
    await calm()
    const began = performance.now()
    await Promise.all(Array.from({ length: AT_ONCE }, measure))
    return performance.now() - began
  }
  const samples = await interleaved(
    bursts,
    {
      ours: burst(() => submit(PROGRAM.hello)),
      dockerRun: burst(dockerRun(image, host, path)),
      engineApi: burst(engineApi(engine, image)),
      unsandboxed: burst(unsandboxed(path)),
    },
    { warmUps: 1, onRound: (round) => onRound(round / bursts) },
  )
  const ours = median(samples.ours)
  return {
    suite: 'burst32',
    n: bursts,
    machine: machine(),
    rows: [
      costRow('last of 32 verdicts, against docker run', 'ms', ours, median(samples.dockerRun), { atLeast: 20 }),
      costRow('last of 32 verdicts, against the API with NetworkDisabled', 'ms', ours, median(samples.engineApi)),
      costRow('last of 32 verdicts, against no sandbox', 'ms', ours, median(samples.unsandboxed), { atMost: 1.2 }),
      costRow('last of 32 verdicts, worst burst, against no sandbox', 'ms', Math.max(...samples.ours), Math.max(...samples.unsandboxed)),
    ],
    wrongVerdicts: wrong(),
    isolation: await proveIsolation(learner),
  }
}
