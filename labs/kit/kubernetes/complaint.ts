import type { Values } from '../finding.ts'
import type { Path } from './finding.ts'
import type { RuleId } from './text/index.ts'

/** A finding before it has a file and a line: what is wrong, and where in the object. */
export interface Complaint {
  readonly rule: RuleId
  readonly path: Path
  readonly values: Values
  /** Whether the key or the value is the place to look at. */
  readonly want?: 'key' | 'value'
}
