import { describe, expect, test } from 'vitest'
import { capacityOf } from '../../../labs/operability/load-test/engine.ts'
import { looksFor, type Offered, overloadOf } from '../../../labs/operability/load-test/load.ts'
import { deadlineOf } from '../../../labs/operability/load-test/observe.ts'
import { type Part, planOf } from '../../../labs/operability/load-test/plan.ts'
import { answeredIn, quantile, servedOf } from '../../../labs/operability/load-test/seen.ts'
import type { RequestRecord } from '../../../runner/sandbox/contract.ts'
import { dueSeconds } from '../../../runner/sandbox/prober/program/arrivals.ts'

const request = (scheduledAt: number, endedAt: number, status?: number): RequestRecord => ({
  id: `${scheduledAt}-${endedAt}`,
  target: 'quotes',
  connection: 0,
  scheduledAt,
  startedAt: scheduledAt,
  endedAt,
  ...(status === undefined ? { error: 'timeout' } : { status }),
})
/** One request each so many milliseconds, answered so much later. */
const requests = (from: number, to: number, everyMs: number, { after = 100, status = 200 } = {}): RequestRecord[] =>
  Array.from({ length: Math.round((to - from) / everyMs) }, (_, n) => request(from + n * everyMs, from + n * everyMs + after, status))

describe('the capacity of the engine', () => {
  // Eight side by side, 200 ms each, sixteen clients: eight answers at a time.
  const answersAt = (late: (round: number) => number) =>
    [1, 2, 3, 4, 5, 6].flatMap((round) =>
      Array.from({ length: 8 }, () => request(Math.max(0, round - 2) * 200, round * 200 + late(round), 200)),
    )

  test('is what its places give, however long the way there and back takes', () => {
    for (const way of [0, 90]) expect(capacityOf([answersAt(() => way)])).toMatchObject({ perSecond: 40, ms: 200 })
  })

  test('is not moved by one answer that was late, which customers get more time for', () => {
    const calm = capacityOf([answersAt(() => 0)])
    const uneven = capacityOf([answersAt((round) => (round === 3 ? 150 : 0)), answersAt(() => 0)])
    expect([uneven.perSecond, uneven.ms]).toEqual([40, 200])
    expect(uneven.stumbleMs - calm.stumbleMs).toBe(150)
    expect([deadlineOf(calm), deadlineOf(uneven), deadlineOf({ ...calm, stumbleMs: 60_000 })]).toEqual([1200, 1425, 2000])
  })
})

describe('the plan of the load', () => {
  const plan = planOf(40, 1500)
  /** How many are due in what is asked about, step by step. */
  const due = (part: Part) => {
    const seconds = [...dueSeconds(part.points).take(1000)].filter((second) => second < part.seconds)
    return part.steps.map(({ part: of, asked }) => ({
      of,
      perSecond: seconds.filter((second) => second >= asked.from && second < asked.to).length / (asked.to - asked.from),
    }))
  }

  test('offers in each step the part of what is possible that the step names', () => {
    expect([plan.below, plan.rise, plan.beyond].map((part) => part.steps.map((step) => step.part))).toEqual([
      [0.25],
      [0.6, 1.1, 2.5],
      [2.5],
    ])
    for (const part of [plan.below, plan.rise, plan.beyond])
      for (const { of, perSecond } of due(part)) expect(Math.abs(perSecond - of * 40)).toBeLessThanOrEqual(1)
  })

  test('asks far beyond the knee only about those before whom a queue without a bound is longer than anybody waits', () => {
    for (const part of [plan.rise, plan.beyond]) {
      const before = part.steps.at(-2)?.asked.to ?? 0
      const from = part.steps.at(-1)?.asked.from ?? 0
      expect(from - before).toBeCloseTo(1.5)
      const queued =
        [...dueSeconds(part.points).take(1000)].filter((second) => second >= before && second < from).length - 40 * (from - before)
      expect(queued / 40).toBeGreaterThan(1.4 * 1.5)
    }
  })
})

describe('what came of a step', () => {
  const step = (part: number, from: number, to: number): Offered => ({ part, from, to })

  test('counts prices that were still waited for, and nothing else', () => {
    const all = [...requests(0, 1000, 20), ...requests(0, 1000, 10, { status: 503 }), request(500, 600)]
    expect(servedOf(all, { from: 0, to: 1000 })).toBe(50)
    expect(answeredIn(all, { from: 0, to: 1000 })).toBe(45)
  })

  test('is on the way up what came in it, and beyond the knee what those got who came in it', () => {
    // The queue fills in the first second: 60 come, 40 leave.
    const all = [...requests(0, 1000, 1000 / 60, { after: 340 }), ...requests(2000, 3000, 50, { after: 900 })]
    expect(overloadOf(all, [step(1.1, 0, 1000), step(2.5, 2000, 3000)], 100)).toMatchObject({ best: 40, settled: 20 })
  })

  test('is never more than the engine can do', () => {
    const all = [...requests(0, 1000, 10, { after: 0 }), ...requests(2000, 3000, 20)]
    expect(overloadOf(all, [step(1.1, 0, 1000), step(2.5, 2000, 3000)], 40)).toMatchObject({ best: 40, settled: 40 })
  })

  test('is the best look, where there were several', () => {
    const all = requests(2000, 3000, 25)
    expect(overloadOf(all, [step(2.5, 0, 1000), step(2.5, 2000, 3000)], 40)).toEqual({ from: 2000, to: 3000, best: 40, settled: 40 })
  })

  test('is looked at again where it is too little, and once more where it is near', () => {
    expect([40, 33, 31, 17, 15, 0].map((settled) => looksFor({ best: 40, settled }, 40))).toEqual([0, 0, 3, 3, 2, 2])
    expect(looksFor({ best: 13, settled: 13 }, 40)).toBe(2)
  })
})

describe('a part of many values', () => {
  test('is one of them', () => expect([quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 0.95), quantile([], 0.5)]).toEqual([2, 3, 0]))
})
