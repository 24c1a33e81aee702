import type { Engine } from '../sandbox/docker/engine.ts'
import type { Submitter } from './client.ts'
import type { Product } from './product.ts'
import type { BenchReport } from './report.ts'

/** What every suite is given. */
export interface BenchOptions {
  /** Measurements of each kind that a suite is asked for; it states what it made. */
  readonly n: number
  readonly product: Product
  readonly learner: Submitter
  readonly engine: Engine
  /** Address of the engine, for the docker command. */
  readonly host: string
  /** The lab image with Python, as the engine calls it. */
  readonly image: string
  /** Where `docker` and `python3` are looked for. */
  readonly path: string
  readonly onRound: (share: number) => void
  readonly signal: AbortSignal
}

/** A suite, or a throw of `CannotRun`. */
export type Suite = (options: BenchOptions) => Promise<BenchReport>

/** Why a suite has no figures here, in one sentence. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun'
}

/** Submits a program to the lab `hello` and counts the verdicts that are not what they must be. */
export const countingWrong = (
  learner: Submitter,
): { readonly submit: (program: string, outcome?: string) => Promise<number>; readonly wrong: () => number } => {
  let wrong = 0
  return {
    submit: async (program, outcome = 'passed') => {
      const { ms, verdict } = await learner.submit('hello', { 'main.py': program })
      if (verdict.outcome !== outcome) wrong += 1
      return ms
    },
    wrong: () => wrong,
  }
}
