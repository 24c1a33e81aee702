/**
 * The HorizontalPodAutoscaler's arithmetic.
 *
 * Source of everything here: Kubernetes documentation, "Horizontal Pod Autoscaling" (kubernetes/website,
 * content/en/docs/tasks/run-application/horizontal-pod-autoscale.md), and the field descriptions of `autoscaling/v2`.
 *
 * @module
 */

export const SYNC_PERIOD_SECONDS = 15
export const DEFAULT_TOLERANCE = 0.1

/** `ceil(current * actual / desired)`: what the documentation's formula gives, before tolerance and limits. */
export const rawReplicas = (current: number, actual: number, desired: number): number => ceil((current * actual) / desired)

/** A quotient that is a whole number but for floating point is that whole number. */
const ceil = (value: number): number => (Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : Math.ceil(value))

/** One Pod as the autoscaler sees it. */
export interface PodMetric {
  /** What it uses, in the unit of the target; undefined where no metric has arrived. */
  readonly value?: number
  /** Whether it is ready; one that has just started is not. */
  readonly ready: boolean
}

interface Target {
  /** What a Pod should use on average. */
  readonly target: number
  readonly tolerance?: number
}

/**
 * The replicas that one metric asks for. No change within the tolerance. Pods without a metric count as exactly on target when that would
 * scale down and as idle when that would scale up; Pods that are not ready count as idle when that would scale up. When these guesses
 * reverse the direction or bring it within the tolerance, nothing changes.
 */
export const metricReplicas = (pods: readonly PodMetric[], { target, tolerance = DEFAULT_TOLERANCE }: Target): number => {
  const current = pods.length
  const measured = pods.filter(({ value, ready }) => ready && value !== undefined)
  if (measured.length === 0) return current
  const ratioOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length / target
  const within = (ratio: number): boolean => Math.abs(ratio - 1) <= tolerance + 1e-9
  const ratio = ratioOf(measured.map(({ value = 0 }) => value))
  const unready = pods.filter(({ value, ready }) => !ready && value !== undefined)
  const missing = pods.filter(({ value }) => value === undefined)
  const scalesUp = ratio > 1
  if (missing.length === 0 && !(scalesUp && unready.length > 0)) return within(ratio) ? current : ceil(ratio * measured.length)
  const guessed = [
    ...measured.map(({ value = 0 }) => value),
    ...missing.map(() => (scalesUp ? 0 : target)),
    ...(scalesUp ? unready.map(() => 0) : []),
  ]
  const cautious = ratioOf(guessed)
  if (within(cautious) || cautious > 1 !== scalesUp) return current
  const replicas = ceil(cautious * guessed.length)
  return scalesUp ? Math.max(current, replicas) : Math.min(current, replicas)
}

/**
 * Several metrics: the largest wish wins. One that cannot be read (undefined) forbids scaling down, because it might have asked for more.
 */
export const combineMetrics = (current: number, wishes: readonly (number | undefined)[]): number => {
  const known = wishes.filter((wish) => wish !== undefined)
  const most = known.length === 0 ? current : Math.max(...known)
  return known.length < wishes.length && most < current ? current : most
}

export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent'
  readonly value: number
  readonly periodSeconds: number
}

export interface ScalingRules {
  readonly stabilizationWindowSeconds: number
  readonly policies: readonly ScalingPolicy[]
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled'
}

export const DEFAULT_SCALE_UP: ScalingRules = {
  stabilizationWindowSeconds: 0,
  policies: [
    { type: 'Percent', value: 100, periodSeconds: 15 },
    { type: 'Pods', value: 4, periodSeconds: 15 },
  ],
  selectPolicy: 'Max',
}
export const DEFAULT_SCALE_DOWN: ScalingRules = {
  stabilizationWindowSeconds: 300,
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
}

/** The fewest and the most replicas that policies allow, when a period began with `replicasAt(seconds ago)`. */
export const scaleLimit = (
  direction: 'up' | 'down',
  { policies, selectPolicy = 'Max' }: ScalingRules,
  replicasAt: (secondsAgo: number) => number,
  current: number,
): number => {
  if (selectPolicy === 'Disabled') return current
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = replicasAt(periodSeconds)
    // Both roundings allow the larger change: 10 % of 72 is 7.2 and takes 8.
    if (direction === 'up') return type === 'Pods' ? start + value : Math.ceil((start * (100 + value)) / 100)
    return type === 'Pods' ? start - value : Math.floor((start * (100 - value)) / 100)
  })
  if (proposals.length === 0) return current
  const largest = direction === 'up' ? Math.max : Math.min
  const smallest = direction === 'up' ? Math.min : Math.max
  return Math.max(0, (selectPolicy === 'Min' ? smallest : largest)(...proposals))
}

/** What the autoscaler remembers between two looks. */
export interface ScalerState {
  readonly replicas: number
  /** What was wished for when, newest last. */
  readonly wishes: readonly { readonly at: number; readonly replicas: number }[]
  /** What was changed when, newest last. */
  readonly changes: readonly { readonly at: number; readonly by: number }[]
}

export interface Behavior {
  readonly minReplicas: number
  readonly maxReplicas: number
  readonly scaleUp?: ScalingRules
  readonly scaleDown?: ScalingRules
}

export const newScaler = (replicas: number): ScalerState => ({ replicas, wishes: [], changes: [] })

/** One look at second `at`: what the metrics wish for, stabilised over the windows, limited by policies and bounds. */
export const stepScaler = (state: ScalerState, at: number, wish: number, behavior: Behavior): ScalerState => {
  const { scaleUp = DEFAULT_SCALE_UP, scaleDown = DEFAULT_SCALE_DOWN, minReplicas, maxReplicas } = behavior
  const wishes = [...state.wishes, { at, replicas: wish }]
  const since = (seconds: number): number[] =>
    wishes.filter((each) => each.at > at - seconds || each.at === at).map(({ replicas }) => replicas)
  const stabilised =
    wish > state.replicas
      ? Math.max(state.replicas, Math.min(...since(scaleUp.stabilizationWindowSeconds)))
      : Math.min(state.replicas, Math.max(...since(scaleDown.stabilizationWindowSeconds)))
  const replicasAt = (secondsAgo: number, sign: 1 | -1): number =>
    state.replicas -
    state.changes.filter((change) => change.at > at - secondsAgo && Math.sign(change.by) === sign).reduce((sum, { by }) => sum + by, 0)
  const limited =
    stabilised > state.replicas
      ? Math.min(
          stabilised,
          Math.max(
            state.replicas,
            scaleLimit('up', scaleUp, (ago) => replicasAt(ago, 1), state.replicas),
          ),
        )
      : Math.max(
          stabilised,
          Math.min(
            state.replicas,
            scaleLimit('down', scaleDown, (ago) => replicasAt(ago, -1), state.replicas),
          ),
        )
  const replicas = Math.min(Math.max(limited, minReplicas), maxReplicas)
  const by = replicas - state.replicas
  return { replicas, wishes, changes: by === 0 ? state.changes : [...state.changes, { at, by }] }
}
