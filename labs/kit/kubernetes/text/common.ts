import type { Localized } from '../../finding.ts'
import { RULE_TEXT, type RuleId } from './index.ts'

/** The `as` of an answer that speaks with a rule's sentences. */
export const commonName = (rule: RuleId): string => `kubernetes.${rule}`

/** The kit's sentences about manifests, by the `as` of the answer. */
export const MANIFEST_COMMON: Readonly<Record<string, { because: Localized; hint?: Localized }>> = Object.fromEntries(
  Object.entries(RULE_TEXT).map(([rule, { en, ja, hint }]) => [
    commonName(rule as RuleId),
    { because: { en, ja }, ...(hint === undefined ? {} : { hint }) },
  ]),
)
