import { type RequestRecord, takePulse } from '../../kit/index.ts'
import { type Capacity, ENGINE, untilEmpty } from './engine.ts'
import type { Inside } from './observe.ts'
import { BEYOND, type Part, planOf, type Stretch } from './plan.ts'
import { answeredIn, isGood, scheduledIn, servedOf } from './seen.ts'

export const SERVICE = { name: 'quotes', port: 8080 } as const

/** A load that stayed the same for a while. */
export interface Offered extends Stretch {
  /** Part of what the engine can do. */
  readonly part: number
}

/** What was offered, step by step, and what became of every request. */
export interface Load {
  readonly requests: readonly RequestRecord[]
  readonly steps: readonly Offered[]
  /** The last look at the service with room to spare; the later ones are absent where not everybody got a price in it. */
  readonly below: Stretch
  readonly overload?: Overload
  /** The last look after the overload. */
  readonly recovered?: Stretch
}

/** The best look at what came of it when far more was asked for than is possible. In prices that arrived in time, per second. */
export interface Overload extends Stretch {
  /** The most that ever came for as long as a step. */
  readonly best: number
  /** For those who came in this look, after everybody from before had been answered or had left. */
  readonly settled: number
}

/** Of the best step, beyond the knee. */
export const GOODPUT_PART = 0.8
/** Of what the engine can do, at the best step. Less than half is asked for: a machine that has no time for us makes the way to it long. */
export const CAPACITY_PART = 0.35
/** How often to look where it is not enough: twice where it is not near. A service that has collapsed does not get up in the crowd. */
const LOOKS = 3
const FAR_LOOKS = 2
const NEAR_PART = 0.5
/** A look in which the machine had no time for us, for more than this part of a calculation, is no look. There are so many at most. */
const CALM_PART = 1
const MOST_LOOKS = 6

/** Offers less than the engine can do, then more and far more, then less again. When a request is sent does not depend on the answers. */
export const offer = async (inside: Inside, { perSecond, ms }: Capacity, deadlineMs: number): Promise<Load> => {
  const { sandbox, signal } = inside
  const plan = planOf(perSecond, deadlineMs)
  const requests: RequestRecord[] = []
  const steps: Offered[] = []
  /** When it returns, everybody has been answered or has left. */
  const send = async (part: Part): Promise<{ readonly step: Offered; readonly calm: boolean }> => {
    await using pulse = await takePulse(sandbox, ENGINE, { path: '/pulse', signal })
    await using traffic = await sandbox.traffic(
      {
        targets: [SERVICE],
        request: { path: '/quotes/{id}' },
        arrivals: { kind: 'ramp', points: part.points },
        connections: 'keep-alive',
        seconds: part.seconds,
        timeoutMs: deadlineMs,
      },
      { signal },
    )
    // More than will ever come: it resolves when the plan is over.
    await traffic.reached({ answered: Number.MAX_SAFE_INTEGER }, { signal })
    const records = (await traffic.end({ signal })).requests
    requests.push(...records)
    const begun = Math.min(...records.map(({ scheduledAt }) => scheduledAt))
    const offered = part.steps.map((step) => ({ part: step.part, from: begun + step.asked.from * 1000, to: begun + step.asked.to * 1000 }))
    steps.push(...offered)
    const step = offered.at(-1)
    if (step === undefined) throw new Error('a part of the load has no step')
    return { step, calm: (await pulse.latestMs()) <= CALM_PART * ms }
  }
  /** Sends until it has looked often enough, given how many looks there were. */
  const look = async (next: (before: number) => Part | Promise<Part>, wanted: (step: Offered) => number): Promise<Offered> => {
    let [all, calm] = [0, 0]
    for (;;) {
      const sent = await send(await next(all))
      all += 1
      if (sent.calm) calm += 1
      const looks = wanted(sent.step)
      if (looks === 0 || calm >= looks || all === MOST_LOOKS) return sent.step
    }
  }
  const allGood = (step: Stretch) => scheduledIn(requests, step).every(isGood)

  const toBelow = () => plan.below
  const below = await look(toBelow, (step) => (allGood(step) ? 0 : LOOKS))
  if (!allGood(below)) return { requests, steps, below }
  const found = () => overloadOf(requests, steps, perSecond)
  // Where the way up itself went wrong, it is asked again of an empty engine: a crowd does not show what comes of a load that is possible.
  const toBeyond = async (before: number): Promise<Part> => {
    if (before === 0) return plan.rise
    if (found().best >= CAPACITY_PART * perSecond) return plan.beyond
    await untilEmpty(inside)
    return plan.rise
  }
  await look(toBeyond, () => looksFor(found(), perSecond))
  const overload = found()
  // Where it has collapsed, it is told and not asked how it does afterwards.
  const looks = looksFor(overload, perSecond) > 0 ? 1 : LOOKS
  const recovered = await look(toBelow, (step) => (allGood(step) ? 0 : looks))
  return { requests, steps, below, overload, recovered }
}

/** How often to look far beyond the knee while the machine is calm, given what was found: 0 when it is enough. Pure. */
export const looksFor = ({ best, settled }: Pick<Overload, 'best' | 'settled'>, perSecond: number): number => {
  if (best < CAPACITY_PART * perSecond) return FAR_LOOKS
  if (settled >= GOODPUT_PART * best) return 0
  return settled < NEAR_PART * GOODPUT_PART * best ? FAR_LOOKS : LOOKS
}

/**
 * The best step, beside the best look far beyond the knee. On the way up answers are counted when they come, since a queue that only fills
 * promises more; for no step more than the engine can do. Pure.
 */
export const overloadOf = (requests: readonly RequestRecord[], steps: readonly Offered[], perSecond: number): Overload => {
  const rising = steps.filter(({ part }) => part < BEYOND).map((step) => answeredIn(requests, step))
  const looks = steps.filter(({ part }) => part === BEYOND).map((step) => ({ step, served: servedOf(requests, step) }))
  const [look] = looks.sort((a, b) => b.served - a.served)
  if (look === undefined) throw new Error('what comes beyond the knee was not offered')
  const { from, to } = look.step
  return {
    from,
    to,
    best: Math.min(perSecond, Math.max(look.served, ...rising)),
    settled: Math.min(perSecond, look.served),
  }
}
