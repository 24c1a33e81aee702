import type { At, Values } from '../finding.ts'
import type { RuleId } from './text/index.ts'

/**
 * `error`: it has not the shape of its kind; an API server cannot read it. `refused`: it has, and the API server's validation refuses
 * its values. `warning`: it is accepted and still a bad idea. `unknown`: a kind that Kubernetes does not have itself, so that nothing
 * can be said about its fields.
 */
export type Level = 'error' | 'refused' | 'warning' | 'unknown'

/** Keys and indexes from the object's root. */
export type Path = readonly (string | number)[]

/** One thing about a manifest, at its place in the learner's file. */
export interface ManifestFinding {
  readonly rule: RuleId
  readonly level: Level
  /** What the sentences of the rule (`text/`) are filled with. */
  readonly values: Values
  readonly at: Required<At>
  /** Which object it is about: `Deployment/web`. Absent where the file could not be read so far. */
  readonly object?: string
  /** Where in the object: `spec.template.spec.containers[0].image`. */
  readonly path?: string
}

/** A path as people write it: `spec.containers[0].image`, and `metadata.labels["a.b/c"]` where a dot would mislead. */
export const writePath = (path: Path): string =>
  path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[A-Za-z0-9_$-]+$/.test(step)) return `[${JSON.stringify(step)}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')
