import { dockerRun, engineApi, unsandboxed } from './baselines.ts'
import { calm } from './calm.ts'
import { proveIsolation } from './isolation.ts'
import { PROGRAM } from './programs.ts'
import { costRow, interleaved, machine, quantile } from './report.ts'
import { countingWrong, type Suite } from './suite.ts'

/** Longest wait before one measurement: a calm load is about two submissions a second. */
const CALM_MS = 700

/** Submit to verdict over HTTP, one at a time, beside a container each and beside no sandbox. */
export const benchHello: Suite = async ({ n, learner, engine, host, image, path, onRound }) => {
  const { submit, wrong } = countingWrong(learner)
  const calmly = (measure: () => Promise<number>) => async (): Promise<number> => {
    await calm({ mostMs: CALM_MS })
    return measure()
  }
  const samples = await interleaved(
    n,
    {
      right: calmly(() => submit(PROGRAM.hello)),
      wrong: calmly(() => submit('print("Hello")\n', 'failed')),
      dockerRun: calmly(dockerRun(image, host, path)),
      engineApi: calmly(engineApi(engine, image)),
      unsandboxed: calmly(unsandboxed(path)),
    },
    { onRound: (round) => onRound(round / n) },
  )
  const p = (name: keyof typeof samples, share: number): number => quantile(samples[name], share)
  return {
    suite: 'hello',
    n,
    machine: machine(),
    rows: [
      costRow('submit to verdict p50, against docker run p50', 'ms', p('right', 0.5), p('dockerRun', 0.5), { atLeast: 15 }),
      costRow('submit to verdict p50, against the API with NetworkDisabled p50', 'ms', p('right', 0.5), p('engineApi', 0.5)),
      costRow('submit to verdict p50, against no sandbox p50', 'ms', p('right', 0.5), p('unsandboxed', 0.5), { atMost: 1.25 }),
      costRow('submit to verdict p95, against no sandbox p95', 'ms', p('right', 0.95), p('unsandboxed', 0.95), { atMost: 2 }),
      costRow('submit to a failed verdict p50, against docker run p50', 'ms', p('wrong', 0.5), p('dockerRun', 0.5)),
    ],
    wrongVerdicts: wrong(),
    isolation: await proveIsolation(learner),
  }
}
