import type { RatePoint } from '../../kit/index.ts'

/** A part of the run, in milliseconds on the runner's clock. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** A load that stays the same for a while, and which part of that time is asked about: in seconds from the first request that is sent. */
export interface Step {
  /** Part of what the engine can do. */
  readonly part: number
  readonly asked: { readonly from: number; readonly to: number }
}

/** Arrivals to send, step by step. */
export interface Part {
  readonly points: readonly RatePoint[]
  readonly seconds: number
  readonly steps: readonly Step[]
}

/** The parts of the load. */
export interface Plan {
  /** With room to spare: before, and when all is over. */
  readonly below: Part
  /** Step by step past all that is possible, and far beyond it. */
  readonly rise: Part
  /** Far beyond it, once more. */
  readonly beyond: Part
}

/** Parts of what the engine can do: with room to spare, nearer, just past it, far beyond it. */
export const BELOW = 0.25
const NEAR = 0.6
const KNEE = 1.1
export const BEYOND = 2.5

const SECONDS = { below: 1, near: 0.8, knee: 1.5, beyond: 1.6 } as const
/** From one rate to the next. */
const EDGE_SECONDS = 0.02

/**
 * Which loads to offer, given what the engine can do and how long a customer waits. What comes far beyond is asked about when that long has
 * passed: a queue without a bound has grown longer than anybody waits by then, since more than twice as many join it as leave it. Pure.
 */
export const planOf = (perSecond: number, deadlineMs: number): Plan => {
  const settle = deadlineMs / 1000
  const inSteps = (...wanted: readonly { readonly part: number; readonly settle?: number; readonly seconds: number }[]): Part => {
    const points: RatePoint[] = []
    const steps: Step[] = []
    let second = 0
    for (const { part, settle: before = 0, seconds } of wanted) {
      const from = second + before
      points.push({ second: second === 0 ? 0 : second + EDGE_SECONDS, perSecond: part * perSecond })
      second = from + seconds
      points.push({ second, perSecond: part * perSecond })
      steps.push({ part, asked: { from, to: second } })
    }
    return { points, seconds: second, steps }
  }
  const far = { part: BEYOND, settle, seconds: SECONDS.beyond }
  return {
    below: inSteps({ part: BELOW, seconds: SECONDS.below }),
    rise: inSteps({ part: NEAR, seconds: SECONDS.near }, { part: KNEE, seconds: SECONDS.knee }, far),
    beyond: inSteps(far),
  }
}
