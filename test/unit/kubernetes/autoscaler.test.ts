import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  combineMetrics,
  DEFAULT_SCALE_DOWN,
  DEFAULT_SCALE_UP,
  DEFAULT_TOLERANCE,
  metricReplicas,
  newScaler,
  type PodMetric,
  rawReplicas,
  type ScalingRules,
  SYNC_PERIOD_SECONDS,
  scaleLimit,
  stepScaler,
} from '../../../labs/kit/kubernetes/index.ts'
import { sharedJson } from './corpus.ts'

interface Reference {
  readonly hpa: {
    readonly tolerance: { readonly default: number }
    readonly syncPeriodSeconds: number
    readonly defaults: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules }
    readonly policyExample: {
      readonly policies: ScalingRules['policies']
      readonly steps: readonly { readonly replicas?: number; readonly remove: number }[]
    }
  }
}
const reference = sharedJson<Reference>('reference/kubernetes/arithmetic.json')?.hpa
const using = (...values: readonly number[]): PodMetric[] => values.map((value) => ({ value, ready: true }))

test.skipIf(reference === undefined)('the defaults are those of the reference', () => {
  expect(DEFAULT_TOLERANCE).toBe(reference?.tolerance.default)
  expect(SYNC_PERIOD_SECONDS).toBe(reference?.syncPeriodSeconds)
  expect(DEFAULT_SCALE_UP).toEqual(reference?.defaults.scaleUp)
  expect(DEFAULT_SCALE_DOWN).toEqual(reference?.defaults.scaleDown)
})

describe('one metric', () => {
  test.each([
    [4, 100, 50, 8],
    [4, 25, 50, 2],
    [3, 55, 50, 4],
    [10, 0.7, 0.1, 70],
  ])('%d at %d for %d asks for %d', (current, actual, desired, wish) => {
    expect(rawReplicas(current, actual, desired)).toBe(wish)
  })

  test('is let be within the tolerance, the edge included', () => {
    expect(metricReplicas(using(55, 55), { target: 50 })).toBe(2)
    expect(metricReplicas(using(56, 56), { target: 50 })).toBe(3)
    expect(metricReplicas(using(45, 45), { target: 50 })).toBe(2)
    expect(metricReplicas(using(55, 55), { target: 50, tolerance: 0.05 })).toBe(3)
  })

  test('counts a missing Pod against the change', () => {
    expect(metricReplicas([...using(100, 100), { ready: true }], { target: 50 }), 'up: idle').toBe(4)
    expect(metricReplicas([...using(20, 20), { ready: true }], { target: 50 }), 'down: on target').toBe(2)
    expect(metricReplicas([...using(80), { ready: true }], { target: 50 }), 'the guess reverses it').toBe(2)
  })

  test('counts a Pod that is not ready as idle on the way up, and not at all on the way down', () => {
    expect(metricReplicas([...using(100, 100), { value: 500, ready: false }], { target: 50 })).toBe(4)
    expect(metricReplicas([...using(60), { value: 0, ready: false }], { target: 50 })).toBe(2)
    expect(metricReplicas([...using(10, 10, 10), { value: 500, ready: false }], { target: 50 })).toBe(1)
  })

  test('says nothing where nothing is known', () => {
    expect(metricReplicas([{ ready: true }, { ready: true }], { target: 50 })).toBe(2)
  })

  test('never moves against its own direction', () => {
    const pods = fc.array(fc.record({ value: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }), ready: fc.boolean() }), {
      minLength: 1,
      maxLength: 30,
    })
    fc.assert(
      fc.property(pods, fc.integer({ min: 1, max: 200 }), (each, target) => {
        const known = each.map(({ value, ready }): PodMetric => (value === undefined ? { ready } : { value, ready }))
        const measured = known.flatMap(({ value, ready }) => (ready && value !== undefined ? [value] : []))
        const wish = metricReplicas(known, { target })
        const average = measured.reduce((sum, value) => sum + value, 0) / measured.length
        if (average > target) expect(wish).toBeGreaterThanOrEqual(known.length)
        if (average < target) expect(wish).toBeLessThanOrEqual(known.length)
      }),
    )
  })
})

test('the largest of several wishes wins, and one that fails forbids scaling down', () => {
  expect(combineMetrics(4, [3, 6, 5])).toBe(6)
  expect(combineMetrics(4, [3, undefined])).toBe(4)
  expect(combineMetrics(4, [6, undefined])).toBe(6)
  expect(combineMetrics(4, [undefined])).toBe(4)
})

describe('policies', () => {
  test.skipIf(reference === undefined)("step down as in the documentation's example", () => {
    const rules = { stabilizationWindowSeconds: 0, policies: reference?.policyExample.policies ?? [] }
    for (const { replicas, remove } of reference?.policyExample.steps ?? [])
      if (replicas !== undefined) expect(replicas - scaleLimit('down', rules, () => replicas, replicas)).toBe(remove)
    expect(30 - scaleLimit('down', rules, () => 30, 30)).toBe(4)
  })

  test('choose the larger change, the smaller, or none', () => {
    const policies = [
      { type: 'Pods', value: 4, periodSeconds: 60 },
      { type: 'Percent', value: 10, periodSeconds: 60 },
    ] as const
    const limit = (selectPolicy: 'Max' | 'Min' | 'Disabled'): number =>
      scaleLimit('up', { stabilizationWindowSeconds: 0, policies, selectPolicy }, () => 80, 80)
    expect([limit('Max'), limit('Min'), limit('Disabled')]).toEqual([88, 84, 80])
  })
})

describe('over time', () => {
  const bounds = { minReplicas: 1, maxReplicas: 100 }
  const run = (start: number, wishes: readonly number[], behavior = bounds): number[] => {
    let state = newScaler(start)
    return wishes.map((wish, index) => {
      state = stepScaler(state, index * SYNC_PERIOD_SECONDS, wish, behavior)
      return state.replicas
    })
  }

  test('doubles or adds four every 15 s on the way up', () => {
    expect(run(1, [100, 100, 100, 100, 100])).toEqual([5, 10, 20, 40, 80])
  })

  test('goes down only when the wish has been low for five minutes', () => {
    const replicas = run(10, [10, ...Array<number>(25).fill(2)])
    expect(replicas.slice(0, 20)).toEqual(Array(20).fill(10))
    expect(replicas.at(-1)).toBe(2)
  })

  test('stays within its bounds and never passes the wish', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 60 }),
        (start, wishes) => {
          let previous = start
          for (const [index, replicas] of run(start, wishes, { minReplicas: 2, maxReplicas: 40 }).entries()) {
            expect(replicas).toBeGreaterThanOrEqual(2)
            expect(replicas).toBeLessThanOrEqual(40)
            const wish = Math.min(Math.max(wishes[index] ?? 0, 2), 40)
            if (previous >= 2 && previous <= 40)
              expect(Math.sign(replicas - previous) * Math.sign(wish - previous)).toBeGreaterThanOrEqual(0)
            previous = replicas
          }
        },
      ),
    )
  })
})
