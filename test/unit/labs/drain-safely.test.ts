import { describe, expect, test } from 'vitest'
import { isStuck } from '../../../labs/ecs-eks/drain-safely/budget.ts'
import type { ClusterObject } from '../../../labs/kit/index.ts'

const metadata = (name: string, more = {}) => ({
  name,
  uid: name,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-11-21T09:00:00Z',
  ...more,
})
const pod = (name: string, conditions: Readonly<Record<string, string>>, more = {}): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata(name, more),
  spec: {},
  status: {
    conditions: Object.entries(conditions).map(([type, status]) => ({
      type,
      status: status === 'Unschedulable' ? 'False' : status,
      ...(status === 'Unschedulable' ? { reason: status } : {}),
    })),
  },
})
const ready = (name: string) => pod(name, { PodScheduled: 'True', Ready: 'True' })
const starting = pod('starting', { PodScheduled: 'True', Ready: 'False' })
const homeless = pod('homeless', { PodScheduled: 'Unschedulable' })
const ending = pod('ending', { Ready: 'True' }, { deletionTimestamp: '2026-11-21T09:01:00Z' })
const budget = (currentHealthy: number, disruptionsAllowed: number, expectedPods = 4): ClusterObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: metadata('gate'),
  status: { observedGeneration: 1, expectedPods, currentHealthy, desiredHealthy: 4, disruptionsAllowed },
})
const four = ['a', 'b', 'c', 'd'].map(ready)

describe('a drain is stuck', () => {
  test('when everybody is ready and none may go', () => expect(isStuck(four, [budget(4, 0)])).toBe(true))
  test('when the replacement finds no node and none may go', () => expect(isStuck([...four.slice(1), homeless], [budget(3, 0)])).toBe(true))

  test.each([
    ['one may go', four, budget(4, 1)],
    ['a replacement is starting', [...four.slice(1), starting], budget(3, 0)],
    ['somebody is on the way out', [...four.slice(1), ending], budget(3, 0)],
    ['the budget has not counted the last who became ready', four, budget(3, 0)],
    ['no Pod is guarded', four, budget(0, 0, 0)],
  ])('but not when %s', (_, pods, only) => expect(isStuck(pods, [only])).toBe(false))
})
