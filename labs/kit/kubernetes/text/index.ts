import type { Localized } from '../../finding.ts'
import { fillBoth } from '../../text.ts'
import type { ManifestFinding } from '../finding.ts'
import { LINT_TEXT } from './lint.ts'
import { REFUSED_TEXT } from './refused.ts'
import { REFUSED_KINDS_TEXT } from './refused-kinds.ts'
import type { Sentence } from './sentence.ts'
import { YAML_TEXT } from './yaml.ts'

const TEXT = { ...YAML_TEXT, ...REFUSED_TEXT, ...REFUSED_KINDS_TEXT, ...LINT_TEXT }

/** Every rule there is, by the name that findings carry. */
export type RuleId = keyof typeof TEXT
export const RULE_TEXT: Readonly<Record<RuleId, Sentence>> = TEXT

/** What a finding says, in both languages. */
export const describeFinding = ({ rule, values }: Pick<ManifestFinding, 'rule' | 'values'>): { because: Localized; hint?: Localized } => {
  const { en, ja, hint } = RULE_TEXT[rule]
  return { because: fillBoth({ en, ja }, values), ...(hint === undefined ? {} : { hint: fillBoth(hint, values) }) }
}
