import { setTimeout as delay } from 'node:timers/promises'
import type { Engine } from '../sandbox/docker/engine.ts'
import { dockerRun, engineApi, unsandboxed } from './baselines.ts'
import type { Submitter } from './client.ts'
import { proveIsolation } from './isolation.ts'
import { PROGRAM } from './programs.ts'
import { type BenchReport, interleaved, latencyRow, machine, quantile } from './report.ts'

export interface BenchOptions {
  readonly n: number
  readonly learner: Submitter
  readonly engine: Engine
  /** Address of the engine, for the docker command. */
  readonly host: string
  readonly image: string
  /** Where `docker` and `python3` are looked for. */
  readonly path: string
  readonly onRound: (share: number) => void
}

/** Milliseconds between two measurements: a calm load of about two submissions a second. */
const CALM_MS = 150

/** Submit to verdict over HTTP, one at a time, beside a container each and beside no sandbox. */
export const benchHello = async ({ n, learner, engine, host, image, path, onRound }: BenchOptions): Promise<BenchReport> => {
  let wrongVerdicts = 0
  const calmly = async (measure: () => Promise<number>): Promise<number> => {
    await delay(CALM_MS)
    return measure()
  }
  const submit = async (program: string, outcome: string): Promise<number> => {
    const { ms, verdict } = await learner.submit('hello', { 'main.py': program })
    if (verdict.outcome !== outcome) wrongVerdicts++
    return ms
  }
  const samples = await interleaved(
    n,
    {
      right: () => calmly(() => submit(PROGRAM.hello, 'passed')),
      wrong: () => calmly(() => submit('print("Hello")\n', 'failed')),
      dockerRun: () => calmly(dockerRun(image, host, path)),
      engineApi: () => calmly(engineApi(engine, image)),
      unsandboxed: () => calmly(unsandboxed(path)),
    },
    { onRound: (round) => onRound(round / n) },
  )
  const p = (name: keyof typeof samples, share: number): number => quantile(samples[name], share)
  return {
    suite: 'hello',
    n,
    machine: machine(),
    rows: [
      latencyRow('submit to verdict p50, against docker run p50', p('right', 0.5), p('dockerRun', 0.5), { atLeast: 15 }),
      latencyRow('submit to verdict p50, against the API with NetworkDisabled p50', p('right', 0.5), p('engineApi', 0.5)),
      latencyRow('submit to verdict p50, against no sandbox p50', p('right', 0.5), p('unsandboxed', 0.5), { atMost: 1.25 }),
      latencyRow('submit to verdict p95, against no sandbox p95', p('right', 0.95), p('unsandboxed', 0.95), { atMost: 2 }),
      latencyRow('submit to a failed verdict p50, against docker run p50', p('wrong', 0.5), p('dockerRun', 0.5)),
    ],
    wrongVerdicts,
    isolation: await proveIsolation(learner),
  }
}
