import type { Evidence, MarkKind } from './evidence.ts'
import type { Language } from './finding.ts'

type Stage = Extract<Evidence, { kind: 'topology' }>['stages'][number]['name']

/** The words inside a picture that do not come from its lab: what a mark means, which stage it is, how a service is. */
export interface PictureWords {
  readonly marks: Readonly<Record<MarkKind, string>>
  readonly stages: Readonly<Record<Stage, string>>
  readonly up: string
  readonly down: string
}

/** The same words whoever shows the picture: the site draws it, the CLI writes it out. */
export const PICTURE_WORDS: Readonly<Record<Language, PictureWords>> = {
  en: {
    marks: {
      ready: 'ready',
      withdrawn: 'out of the balancer',
      sigterm: 'SIGTERM',
      sigkill: 'SIGKILL',
      deadline: 'grace period over',
      exited: 'process ended',
      cut: 'cut off',
      healed: 'reachable again',
      killed: 'killed',
      restarted: 'started again',
      added: 'copy added',
      version: 'new version',
      behind: 'falls behind',
      'caught-up': 'has caught up',
      alarm: 'objective missed',
      acted: 'first action',
    },
    stages: { before: 'Before the fault', during: 'During the fault', after: 'After the fault' },
    up: 'up',
    down: 'down',
  },
  ja: {
    marks: {
      ready: '準備完了',
      withdrawn: '振り分け停止',
      sigterm: 'SIGTERM',
      sigkill: 'SIGKILL',
      deadline: '猶予期間の終わり',
      exited: 'プロセス終了',
      cut: '切断',
      healed: '復旧',
      killed: '強制終了',
      restarted: '再起動',
      added: 'コピー追加',
      version: '新バージョン',
      behind: '遅れ始め',
      'caught-up': '追いつき',
      alarm: '目標割れ',
      acted: '最初の対応',
    },
    stages: { before: '障害の前', during: '障害の間', after: '障害の後' },
    up: '稼働中',
    down: '停止',
  },
}
