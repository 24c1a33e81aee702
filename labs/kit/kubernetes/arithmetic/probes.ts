import type { Fields } from '../read/manifest.ts'

/** Source: field descriptions of `v1.Probe`. */
export const PROBE_DEFAULTS = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
} as const

export type ProbeTiming = { readonly [K in keyof typeof PROBE_DEFAULTS]: number }

/** A probe's numbers with the defaults filled in; 0 means the default where at least 1 is needed. Source: as `PROBE_DEFAULTS`. */
export const probeTiming = (probe: Fields): ProbeTiming => {
  const of = (name: keyof ProbeTiming): number => {
    const value = probe[name]
    return typeof value === 'number' && (value > 0 || name === 'initialDelaySeconds') ? value : PROBE_DEFAULTS[name]
  }
  return {
    initialDelaySeconds: of('initialDelaySeconds'),
    periodSeconds: of('periodSeconds'),
    timeoutSeconds: of('timeoutSeconds'),
    successThreshold: of('successThreshold'),
    failureThreshold: of('failureThreshold'),
  }
}

/**
 * How long a program may take to start before its startup probe gives up: `failureThreshold` times `periodSeconds`, after the delay.
 *
 * Source: Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes", section on slow starting containers.
 */
export const startupBudgetSeconds = ({ initialDelaySeconds, failureThreshold, periodSeconds }: ProbeTiming): number =>
  initialDelaySeconds + failureThreshold * periodSeconds

/**
 * Longest time from a program's hanging to the probe's verdict: it hangs just after a good answer, then `failureThreshold` questions in a
 * row must fail, each by its time-out. Source: as `PROBE_DEFAULTS`.
 */
export const slowestVerdictSeconds = ({ failureThreshold, periodSeconds, timeoutSeconds }: ProbeTiming): number =>
  failureThreshold * periodSeconds + timeoutSeconds
