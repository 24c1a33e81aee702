import type { Finding, Localized, Tier, Verdict } from '../../labs/kit/finding.ts'

/**
 * What happens to a submission, in order: stored, and pushed to whoever follows. The site folds these into one state.
 * `queued` may come several times as the place in line changes; `preparing` too, when a worker was lost and another began anew.
 */
export type GradingEvent =
  | { readonly type: 'queued'; readonly place: number; readonly running: number; readonly waitSeconds?: number }
  | { readonly type: 'preparing'; readonly attempt: number }
  | { readonly type: 'checking'; readonly checks: readonly { readonly check: string; readonly tier: Tier; readonly title: Localized }[] }
  | { readonly type: 'doing'; readonly what: Localized }
  | { readonly type: 'started'; readonly check: string }
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'verdict'; readonly verdict: Verdict }

/** Where a submission stands, folded from its events. */
export type SubmissionState = 'queued' | 'preparing' | 'checking' | 'done'
