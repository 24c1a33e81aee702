import { type IntOrPercent, scaledValue } from './int-or-percent.ts'

export interface RollingUpdate {
  readonly maxSurge?: IntOrPercent
  readonly maxUnavailable?: IntOrPercent
}

/** How many Pods there may be while an update runs, and how many must be available. */
export interface RolloutBounds {
  readonly maxTotal: number
  readonly minAvailable: number
}

/**
 * The bounds of a Deployment's rolling update. `maxSurge` rounds up, `maxUnavailable` rounds down, both 25 % where not written. When
 * percentages round both to nothing, one Pod may be unavailable, because otherwise none could be replaced.
 *
 * Source: field descriptions of `apps/v1 RollingUpdateDeployment`; the last sentence: the Deployment controller's behaviour, described at
 * `maxUnavailable` ("This can not be 0 if MaxSurge is 0").
 */
export const deploymentBounds = (replicas: number, { maxSurge = '25%', maxUnavailable = '25%' }: RollingUpdate = {}): RolloutBounds => {
  const surge = scaledValue(maxSurge, replicas, 'up')
  const unavailable = Math.min(scaledValue(maxUnavailable, replicas, 'down'), replicas)
  const missing = surge === 0 && unavailable === 0 ? Math.min(1, replicas) : unavailable
  return { maxTotal: replicas + surge, minAvailable: replicas - missing }
}

/**
 * The bounds of a DaemonSet's rolling update over `nodes` nodes. Here both percentages round up, and a surge that is written is at least
 * one; not written, they are 1 unavailable and no surge.
 *
 * Source: field descriptions of `apps/v1 RollingUpdateDaemonSet`.
 */
export const daemonSetBounds = (nodes: number, { maxSurge = 0, maxUnavailable }: RollingUpdate = {}): RolloutBounds => {
  const surge = maxSurge === 0 || maxSurge === '0%' ? 0 : Math.max(1, scaledValue(maxSurge, nodes, 'up'))
  const unavailable = Math.min(scaledValue(maxUnavailable ?? (surge > 0 ? 0 : 1), nodes, 'up'), nodes)
  return { maxTotal: nodes + surge, minAvailable: nodes - unavailable }
}
