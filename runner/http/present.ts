import { type Evidence, pictureIn } from '../../labs/kit/evidence.ts'
import type { At, Finding, FindingStatus, Language, Localized, Outcome, Tier, Verdict } from '../../labs/kit/finding.ts'
import { japaneseFix } from '../fault.ts'
import type { GradingEvent } from '../grading/events.ts'

/** A finding in one language, as the API answers it. */
export interface PresentedFinding {
  readonly check: string
  readonly tier: Tier
  readonly status: FindingStatus
  readonly because?: string
  readonly expected?: string
  readonly actual?: string
  readonly hint?: string
  readonly at?: At
  readonly evidence?: readonly Evidence[]
  readonly ms: number
  readonly as?: string
}

export interface PresentedVerdict {
  readonly outcome: Outcome
  readonly findings: readonly PresentedFinding[]
  readonly ms: number
  readonly sandbox?: NonNullable<Verdict['sandbox']>
  readonly missing?: { readonly because: string; readonly fix: string }
  readonly fault?: NonNullable<Verdict['fault']>
}

/** An event in one language, as it is pushed. */
export type PresentedEvent =
  | Extract<GradingEvent, { type: 'queued' | 'preparing' | 'started' }>
  | { readonly type: 'checking'; readonly checks: readonly { readonly check: string; readonly tier: Tier; readonly title: string }[] }
  | { readonly type: 'doing'; readonly what: string }
  | { readonly type: 'finding'; readonly finding: PresentedFinding }
  | { readonly type: 'verdict'; readonly verdict: PresentedVerdict }

export const presentVerdict = ({ missing, fault, ...verdict }: Verdict, language: Language): PresentedVerdict => ({
  ...verdict,
  ...(missing === undefined ? {} : { missing: presentMissing(missing, language) }),
  ...(fault === undefined ? {} : { fault: { ...fault, fix: (language === 'ja' && japaneseFix(fault.code)) || fault.fix } }),
  findings: verdict.findings.map((finding) => presentFinding(finding, language)),
})

/** What is missing, in one language as far as there is a text. */
export const presentMissing = ({ because, fix, ja }: NonNullable<Verdict['missing']>, language: Language) =>
  language === 'ja' && ja !== undefined ? ja : { because, fix }

export const presentEvent = (event: GradingEvent, language: Language): PresentedEvent => {
  switch (event.type) {
    case 'checking':
      return { type: 'checking', checks: event.checks.map(({ title, ...check }) => ({ ...check, title: title[language] })) }
    case 'doing':
      return { type: 'doing', what: event.what[language] }
    case 'finding':
      return { type: 'finding', finding: presentFinding(event.finding, language) }
    case 'verdict':
      return { type: 'verdict', verdict: presentVerdict(event.verdict, language) }
    default:
      return event
  }
}

const presentFinding = ({ because, expected, actual, hint, evidence, ...finding }: Finding, language: Language): PresentedFinding => ({
  ...finding,
  ...sentence('because', because, language),
  ...sentence('expected', expected, language),
  ...sentence('actual', actual, language),
  ...sentence('hint', hint, language),
  ...(evidence === undefined ? {} : { evidence: evidence.map((piece) => presentEvidence(piece, language)) }),
})

const presentEvidence = ({ title, of, ...picture }: Evidence<Localized>, language: Language): Evidence => ({
  ...pictureIn(picture, language),
  ...sentence('title', title, language),
  ...(of === undefined ? {} : { of }),
})

const sentence = <K extends string>(key: K, text: Localized | undefined, language: Language): { readonly [P in K]?: string } =>
  text === undefined ? {} : ({ [key]: text[language] } as { readonly [P in K]: string })
