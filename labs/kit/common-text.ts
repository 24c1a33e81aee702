import { CLUSTER_EVIDENCE, CLUSTER_TEXT } from './cluster/text.ts'
import type { Localized } from './finding.ts'
import { FORM_TEXT } from './form/text.ts'
import { MANIFEST_COMMON } from './kubernetes/text/common.ts'

/** Sentences that every lab can meet, by the `as` of the answer. A lab's own text of the same name wins. */
export const COMMON: Readonly<Record<string, { because: Localized; hint?: Localized }>> = {
  ...MANIFEST_COMMON,
  ...CLUSTER_TEXT,
  ...FORM_TEXT,
  'limit.time': {
    because: {
      en: 'Stopped: {what} was still running after {allowed} s, the time it may take.',
      ja: '停止しました。{what} は、許された {allowed} 秒が過ぎても終わりませんでした。',
    },
    hint: {
      en: 'Is there a loop without an end, or a wait for input that nobody sends?',
      ja: '終わりのないループや、誰も送らない入力を待っている箇所はありませんか。',
    },
  },
  'limit.memory': {
    because: {
      en: 'Stopped: {what} reached its memory limit of {allowed} MiB.',
      ja: '停止しました。{what} のメモリ使用量が上限の {allowed} MiB に達しました。',
    },
    hint: {
      en: 'What grows with every step and is never let go?',
      ja: '処理のたびに増え、解放されないままのデータはどれでしょう。',
    },
  },
  'limit.pids': {
    because: {
      en: 'Stopped: {what} tried to have more than {allowed} processes and threads at once.',
      ja: '停止しました。{what} が、同時に {allowed} 個を超えるプロセスやスレッドを作ろうとしました。',
    },
  },
  'limit.output': {
    because: {
      en: 'Stopped: {what} wrote more than {allowed} KiB of output.',
      ja: '停止しました。{what} の出力が {allowed} KiB を超えました。',
    },
  },
  'limit.disk': {
    because: {
      en: 'Stopped: {what} reached its disk limit of {allowed} MiB.',
      ja: '停止しました。{what} が、ディスクの上限 {allowed} MiB に達しました。',
    },
    hint: {
      en: 'There is a limit for all files together, one for their number, and one for the largest single file.',
      ja: '上限は、ファイル全体の容量、ファイルの数、1 つのファイルの大きさのそれぞれにあります。',
    },
  },
}

/** Titles of the evidence that the kit makes, by their names. A lab's own title of the same name wins. */
export const COMMON_EVIDENCE: Readonly<Record<string, Localized>> = CLUSTER_EVIDENCE

/** Why a check was not asked. */
export const SKIPPED: Localized = {
  en: 'Not asked: "{needed}" comes first.',
  ja: '未確認です。先に「{needed}」を満たす必要があります。',
}
