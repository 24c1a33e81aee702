import type { Dockerfile, Instruction } from '../../../../labs/kit/dockerfile/read.ts'
import type { BuildEvent, BuildStep } from '../../contract.ts'

const STEP = /^(?:\[(\d+)\/\d+\] )?STEP (\d+)\/\d+: (\S+)/
const CACHED = /^--> Using cache [0-9a-f]+$/
const DONE = /^(?:--> [0-9a-f]{12,}|COMMIT\b.*)$/
const FAILED = /^Error: (?:building at STEP ".*?": )?(.*)$/s
const EXIT = /^(?:while running runtime: )?exit status (\d+)$/

export interface StepReader {
  line(text: string, at: number): void
  /** The steps so far; the running one ends now. */
  finish(at: number): void
  readonly steps: readonly BuildStep[]
  /** What the builder said last about why it could not go on. */
  readonly error: { readonly message: string; readonly code: number | undefined } | undefined
}

type Running = { -readonly [K in keyof BuildStep]: BuildStep[K] } & { startedAt: number; output: string[] }

/** Reads a builder's log line by line into steps. Lines of the learner's programs begin with a bar, so they cannot speak for the builder. */
export const readSteps = (dockerfile: Dockerfile, onEvent: (event: BuildEvent) => void): StepReader => {
  const steps: BuildStep[] = []
  let running: Running | undefined
  let error: StepReader['error']
  const end = (at: number): void => {
    if (!running) return
    const { startedAt, ...step } = running
    const ended: BuildStep = { ...step, ms: at - startedAt }
    running = undefined
    steps.push(ended)
    onEvent({ kind: 'ended', step: ended })
  }
  const begin = (stage: number, number: number, keyword: string, at: number): void => {
    const instruction = instructionOf(dockerfile, stage, number, keyword)
    running = {
      line: instruction?.line ?? 0,
      instruction: instruction?.text ?? keyword,
      stage,
      cached: false,
      ms: 0,
      output: [],
      startedAt: at,
    }
    onEvent({ kind: 'started', line: running.line, instruction: running.instruction })
  }
  return {
    steps,
    get error() {
      return error
    },
    line(text, at) {
      if (text.startsWith('|')) {
        running?.output.push(text.slice(1))
        onEvent({ kind: 'output', line: running?.line ?? 0, text: text.slice(1) })
        return
      }
      const step = STEP.exec(text)
      if (step) {
        end(at)
        begin(Number(step[1] ?? 1) - 1, Number(step[2]), step[3] ?? '', at)
      } else if (running && CACHED.test(text)) running.cached = true
      else if (DONE.test(text)) end(at)
      else {
        const failed = FAILED.exec(text)?.[1]
        if (failed === undefined) return
        const code = EXIT.exec(failed)?.[1]
        error = { message: failed, code: code === undefined ? undefined : Number(code) }
      }
    },
    finish: end,
  }
}

/** The n-th instruction of a stage, FROM being the first; by its keyword where the builder counts otherwise. */
const instructionOf = (dockerfile: Dockerfile, stage: number, number: number, keyword: string): Instruction | undefined => {
  const found = dockerfile.stages[stage]
  if (!found) return undefined
  const all = [found.from, ...found.instructions]
  const counted = all[number - 1]
  return counted?.keyword === keyword.toUpperCase()
    ? counted
    : all.slice(number).find((instruction) => instruction.keyword === keyword.toUpperCase())
}
