export interface Termination {
  /** `terminationGracePeriodSeconds`. */
  readonly graceSeconds?: number
  /** How long the preStop hook takes; absent without one. */
  readonly preStopSeconds?: number
  /** How long the program takes from SIGTERM to its end. */
  readonly stopSeconds: number
}

export const DEFAULT_GRACE_SECONDS = 30
const EXTENSION_SECONDS = 2

/**
 * What happens when, counted from the deletion. The grace period runs from the start, the hook included; SIGTERM comes after the hook; when
 * the hook outlasts the period, there is one extension of 2 s; what still runs at the end is killed. With a grace of 0 there is no hook.
 *
 * Source: Kubernetes documentation, "Pod Lifecycle", Termination of Pods; field descriptions of `v1.PodSpec` and `v1.Lifecycle`.
 */
export const terminationTimes = ({
  graceSeconds = DEFAULT_GRACE_SECONDS,
  preStopSeconds = 0,
  stopSeconds,
}: Termination): { readonly sigtermAtSeconds: number; readonly endedAtSeconds: number; readonly killed: boolean } => {
  if (graceSeconds === 0) return { sigtermAtSeconds: 0, endedAtSeconds: 0, killed: true }
  const outlasted = preStopSeconds >= graceSeconds
  const sigtermAtSeconds = Math.min(preStopSeconds, graceSeconds)
  const deadline = outlasted ? graceSeconds + EXTENSION_SECONDS : graceSeconds
  const wouldEnd = sigtermAtSeconds + stopSeconds
  return { sigtermAtSeconds, endedAtSeconds: Math.min(wouldEnd, deadline), killed: wouldEnd > deadline }
}
