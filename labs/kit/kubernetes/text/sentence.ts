import type { Localized } from '../../finding.ts'

/** A rule's sentence in both languages, as ICU messages, and where useful what to look at next. */
export interface Sentence extends Localized {
  readonly hint?: Localized
}
