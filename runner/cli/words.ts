import type { Language, Outcome } from '../../labs/kit/finding.ts'

interface CliWords {
  readonly outcomes: Readonly<Record<Outcome, string>>
  readonly took: (seconds: string) => string
  readonly requests: (all: number, badly: number) => string
  readonly more: (lines: number) => string
}

/** The words around a verdict on a terminal. */
export const CLI_WORDS: Readonly<Record<Language, CliWords>> = {
  en: {
    outcomes: {
      passed: 'passed',
      failed: 'failed',
      exhausted: 'exhausted: a limit was reached',
      rejected: 'rejected: cannot be graded as it stands; costs no try',
      incomplete: 'incomplete: a part could not run here',
      faulted: 'faulted: our fault; costs nothing',
    },
    took: (seconds) => `in ${seconds} s`,
    requests: (all, badly) => `${all} requests, ${badly} not answered well`,
    more: (lines) => `... ${lines} more`,
  },
  ja: {
    outcomes: {
      passed: '合格',
      failed: '不合格',
      exhausted: '上限に達したため停止しました',
      rejected: 'まだ判定できません。試行回数には数えません',
      incomplete: '一部はここでは実行できませんでした',
      faulted: 'こちら側の問題です。試行回数には数えません',
    },
    took: (seconds) => `(${seconds} 秒)`,
    requests: (all, badly) => `リクエスト ${all} 件、うち正常な応答なし ${badly} 件`,
    more: (lines) => `... ほか ${lines} 行`,
  },
}
