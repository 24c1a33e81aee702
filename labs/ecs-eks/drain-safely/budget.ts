import { z } from 'zod'
import { podState } from '../../kit/cluster/index.ts'
import type { ClusterObject } from '../../kit/index.ts'

export const BUDGET = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' } as const

const budgetSchema = z.object({
  metadata: z.object({ name: z.string(), generation: z.number().default(1) }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      expectedPods: z.number().default(0),
      currentHealthy: z.number().default(0),
      desiredHealthy: z.number().default(0),
      disruptionsAllowed: z.number().default(0),
    })
    .prefault({}),
})

/** A budget by its own count. */
export interface Budget {
  readonly name: string
  /** Its controller has seen it as it is written. */
  readonly known: boolean
  readonly expected: number
  readonly healthy: number
  readonly desired: number
  readonly allowed: number
}

/** A PodDisruptionBudget as an API server tells it. Throws for an object that is none. */
export const budgetState = (object: ClusterObject): Budget => {
  const { metadata, status } = budgetSchema.parse(object)
  return {
    name: metadata.name,
    known: status.observedGeneration >= metadata.generation,
    expected: status.expectedPods,
    healthy: status.currentHealthy,
    desired: status.desiredHealthy,
    allowed: status.disruptionsAllowed,
  }
}

/** How many Pods are on each node. One that misses a probe because the machine is busy is where it is all the same. */
export const nodesOf = (objects: readonly ClusterObject[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { node, ending } of objects.map(podState)) if (!ending && node !== undefined) counts.set(node, (counts.get(node) ?? 0) + 1)
  return counts
}

const unschedulableSchema = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() })).default([]) }),
})
const isUnschedulable = (object: ClusterObject): boolean =>
  unschedulableSchema
    .parse(object)
    .status.conditions.some(({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable')

/**
 * Whether nothing is under way any more: each Pod is ready or finds no node, none is on its way out, the budget has counted them as they
 * are, and allows no eviction.
 */
export const isStuck = (pods: readonly ClusterObject[], budgets: readonly ClusterObject[]): boolean => {
  const states = pods.map((object) => ({ ...podState(object), homeless: isUnschedulable(object) }))
  const ready = states.filter((pod) => pod.ready).length
  return (
    states.every((pod) => !pod.ending && (pod.ready || pod.homeless)) &&
    budgets.map(budgetState).some(({ known, expected, healthy, allowed }) => known && expected > 0 && healthy === ready && allowed === 0)
  )
}
