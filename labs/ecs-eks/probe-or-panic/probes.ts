import {
  DEFAULT_GRACE_SECONDS,
  type Fields,
  fieldsOf,
  type ProbeTiming,
  probeTiming,
  slowestVerdictSeconds,
  startupBudgetSeconds,
} from '../../kit/kubernetes/index.ts'

/** What the learner's probes promise, by their numbers. */
export interface Probes {
  readonly liveness?: ProbeTiming
  readonly readiness?: ProbeTiming
  /** How long a start may take before the kubelet ends it; absent: as long as it likes. */
  readonly startSeconds?: number
  /** What passes from there to its end, since a program that is starting hears no signal. */
  readonly startGraceSeconds: number
  /** Longest time from hanging to being started anew: the verdict, then the grace that a hung process does not use; absent: never. */
  readonly restartSeconds?: number
  readonly graceSeconds: number
}

/** Reads the probes of a container in its Pod. */
export const probesOf = (container: Fields, pod: Fields): Probes => {
  const of = (name: string): Fields | undefined => (container[name] === undefined ? undefined : fieldsOf(container[name]))
  const [startup, liveness, readiness] = [of('startupProbe'), of('livenessProbe'), of('readinessProbe')]
  const podGrace = numberOf(pod['terminationGracePeriodSeconds']) ?? DEFAULT_GRACE_SECONDS
  const graceOf = (probe: Fields | undefined): number => numberOf(probe?.['terminationGracePeriodSeconds']) ?? podGrace
  const graceSeconds = graceOf(liveness)
  const timing = liveness === undefined ? undefined : probeTiming(liveness)
  // Until a startup probe has passed, nothing else is asked; without one the liveness probe decides from the beginning.
  const deciding = startup === undefined ? timing : probeTiming(startup)
  return {
    ...(timing === undefined ? {} : { liveness: timing, restartSeconds: slowestVerdictSeconds(timing) + graceSeconds }),
    ...(readiness === undefined ? {} : { readiness: probeTiming(readiness) }),
    ...(deciding === undefined ? {} : { startSeconds: startupBudgetSeconds(deciding) }),
    startGraceSeconds: graceOf(startup ?? liveness),
    graceSeconds,
  }
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
