import { type IntOrPercent, scaledValue } from './int-or-percent.ts'

/** A PodDisruptionBudget's policy: exactly one of two. */
export type BudgetPolicy = { readonly minAvailable: IntOrPercent } | { readonly maxUnavailable: IntOrPercent }

/**
 * How many of `expected` Pods must stay healthy. Percentages round up in both fields, so that `maxUnavailable: 30%` of 7 lets 3 go.
 *
 * Source: Kubernetes documentation, "Specifying a Disruption Budget for your Application", rounding logic (kubernetes/website,
 * content/en/docs/tasks/run-application/configure-pdb.md).
 */
export const mustStayHealthy = (policy: BudgetPolicy, expected: number): number =>
  'minAvailable' in policy
    ? scaledValue(policy.minAvailable, expected, 'up')
    : Math.max(0, expected - scaledValue(policy.maxUnavailable, expected, 'up'))

/** How many Pods may be evicted now, when `healthy` of `expected` are healthy. Source: as `mustStayHealthy`. */
export const allowedDisruptions = (
  policy: BudgetPolicy,
  { expected, healthy }: { readonly expected: number; readonly healthy: number },
): number => (expected <= 0 ? 0 : Math.max(0, healthy - mustStayHealthy(policy, expected)))

/** Whether a drain can ever end: false when not even with every Pod healthy one may go. Source: as `mustStayHealthy`. */
export const drainCanEnd = (policy: BudgetPolicy, expected: number): boolean =>
  expected === 0 || allowedDisruptions(policy, { expected, healthy: expected }) > 0
