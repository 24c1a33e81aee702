import type { Ended } from '../../runner/sandbox/contract.ts'
import type { Evidence } from './evidence.ts'

export type Language = 'en' | 'ja'
export const LANGUAGES = ['en', 'ja'] as const satisfies readonly Language[]
export type Localized = Readonly<Record<Language, string>>

export type Tier = 'static' | 'sandbox' | 'cluster'
export const TIERS = ['static', 'sandbox', 'cluster'] as const satisfies readonly Tier[]

/** Numbers and names that the sentences in `text.<language>.yaml` are filled with. */
export type Values = Readonly<Record<string, string | number>>

/** A place in a learner's file; lines and columns count from 1. */
export interface At {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

interface Detail {
  readonly at?: At
  readonly evidence?: readonly Evidence[]
}

/**
 * What a check answers. `as` names the entry below the check in `text.<language>.yaml` that holds the sentences
 * (`because`, and where useful `expected`, `actual`, `hint`); `values` fill them.
 */
export type Answer =
  | ({ readonly status: 'passed'; readonly values: Values } & Detail)
  | ({ readonly status: 'failed' | 'rejected' | 'exhausted'; readonly as: string; readonly values: Values } & Detail)

/** The work has this property. The check's `passed` sentence, filled with `values`, says what was proved. */
export const pass = (values: Values = {}, detail: Detail = {}): Answer => ({ status: 'passed', values, ...detail })

/** The work lacks this property. */
export const fail = (as: string, values: Values = {}, detail: Detail = {}): Answer => ({ status: 'failed', as, values, ...detail })

/** The work cannot be graded as it stands (it does not parse, say); costs no try. */
export const reject = (as: string, values: Values = {}, detail: Detail = {}): Answer => ({ status: 'rejected', as, values, ...detail })

/** A program hit a limit. The sentences are the kit's own, one for each limit. */
export const exhausted = (ended: Extract<Ended, { by: 'limit' }>, what: string, detail: Detail = {}): Answer => ({
  status: 'exhausted',
  as: `limit.${ended.limit}`,
  values: { what, allowed: ended.allowed, unit: ended.unit },
  ...detail,
})

export type FindingStatus = Answer['status'] | 'skipped' | 'incomplete'

/** A check's answer with its sentences written out, as stored, streamed and shown. */
export interface Finding {
  readonly check: string
  readonly tier: Tier
  readonly status: FindingStatus
  readonly because?: Localized
  readonly expected?: Localized
  readonly actual?: Localized
  readonly hint?: Localized
  readonly at?: At
  /** Untitled in findings of before 2026-11-22. */
  readonly evidence?: readonly Evidence<Localized>[]
  readonly ms: number
  /** The entry of the text that was used: what the board counts as one mistake. */
  readonly as?: string
}

export type Outcome = 'passed' | 'failed' | 'exhausted' | 'rejected' | 'incomplete' | 'faulted'
export const OUTCOMES = ['passed', 'failed', 'exhausted', 'rejected', 'incomplete', 'faulted'] as const satisfies readonly Outcome[]

export interface Verdict {
  readonly outcome: Outcome
  readonly findings: readonly Finding[]
  readonly ms: number
  /** Which driver ran it, and how thick its walls were. */
  readonly sandbox?: { readonly driver: string; readonly isolation: string }
  /** `incomplete`: which tier could not run and how to get it. */
  readonly missing?: {
    readonly because: string
    readonly fix: string
    /** The same in Japanese; verdicts of before 2026-11-21 lack it. */
    readonly ja?: { readonly because: string; readonly fix: string }
  }
  /** `faulted`: the id that joins this screen to our log. */
  readonly fault?: { readonly code: string; readonly id: string; readonly fix: string }
}
