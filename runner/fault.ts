import { customAlphabet } from 'nanoid'

/** Everything that can be our fault. The learner's mistakes are findings, never faults. */
export const FAULTS = {
  'engine.unavailable': {
    status: 503,
    fix: 'Run `hatoba doctor`; it names the command that starts the container engine.',
    ja: { what: 'コンテナーエンジンに接続できません', fix: '`hatoba doctor` を実行すると、起動するコマンドがわかります。' },
  },
  'engine.failed': {
    status: 502,
    fix: 'Look at the log line with this id; the engine refused something it normally does.',
    ja: { what: 'コンテナーエンジンが処理を拒否しました', fix: 'この番号のログを確認してください。' },
  },
  'engine.timeout': {
    status: 504,
    fix: 'The container engine is overloaded or hung: `hatoba doctor`, then restart the engine.',
    ja: { what: 'コンテナーエンジンが応答しません', fix: '過負荷か停止状態です。`hatoba doctor` で確かめ、エンジンを再起動してください。' },
  },
  'image.missing': {
    status: 503,
    fix: 'Run `hatoba up`; it builds the lab images.',
    ja: { what: '演習用のイメージがありません', fix: '`hatoba up` を実行すると作成されます。' },
  },
  'image.build': {
    status: 503,
    fix: 'Run `hatoba doctor`; the output of the failed build is in the data folder under `logs/`.',
    ja: {
      what: '演習用のイメージを作成できませんでした',
      fix: '`hatoba doctor` を実行してください。失敗したビルドの出力はデータフォルダーの `logs/` にあります。',
    },
  },
  'sandbox.impossible': {
    status: 501,
    fix: 'This engine cannot do what the lab needs; use Docker Engine.',
    ja: { what: 'この環境では、演習に必要なことができません', fix: 'Docker Engine を使ってください。' },
  },
  'cluster.unavailable': {
    status: 503,
    fix: 'Run `hatoba doctor`; `hatoba up --kind` starts a cluster where none is reachable.',
    ja: {
      what: 'Kubernetes クラスターに接続できません',
      fix: '`hatoba doctor` で確かめてください。`hatoba up --kind` でクラスターを起動できます。',
    },
  },
  'cluster.failed': {
    status: 502,
    fix: 'Look at the log line with this id; the API server refused something it normally does.',
    ja: { what: 'API サーバーが処理を拒否しました', fix: 'この番号のログを確認してください。' },
  },
  'cluster.timeout': {
    status: 504,
    fix: 'The cluster is overloaded or short of nodes: `kubectl get nodes` and `kubectl get pods -A` say more.',
    ja: {
      what: 'クラスターが応答しません',
      fix: '過負荷かノード不足です。`kubectl get nodes` と `kubectl get pods -A` で状態がわかります。',
    },
  },
  'cluster.forbidden': {
    status: 503,
    fix: 'The account in the kubeconfig lacks the right that the log line names; give it, or use another account.',
    ja: {
      what: 'kubeconfig のアカウントに権限がありません',
      fix: 'ログにある権限を与えるか、別のアカウントを使ってください。',
    },
  },
  'prober.failed': {
    status: 502,
    fix: 'Look at the log line with this id; the traffic generator inside the sandbox stopped.',
    ja: { what: 'サンドボックス内でリクエストを送るプログラムが止まりました', fix: 'この番号のログを確認してください。' },
  },
  'lab.broken': {
    status: 500,
    fix: 'Run `hatoba lab verify` on this lab and tell its author.',
    ja: { what: '演習そのものに誤りがあります', fix: '`hatoba lab verify` を実行し、演習の作者に知らせてください。' },
  },
  'store.failed': {
    status: 503,
    fix: 'Check the free space of the data folder, then start Hatoba again.',
    ja: { what: '記録を保存できませんでした', fix: 'データフォルダーの空き容量を確かめてから、Hatoba を起動し直してください。' },
  },
  'store.locked': {
    status: 503,
    fix: 'Another Hatoba uses this data folder: stop it, or choose another with --data.',
    ja: {
      what: 'このデータフォルダーは別の Hatoba が使用中です',
      fix: 'それを停止するか、`--data` で別のフォルダーを指定してください。',
    },
  },
  'worker.lost': {
    status: 503,
    fix: 'The submission was tried three times and its worker ended each time; see the log.',
    ja: { what: '3 回試しましたが、そのたびに処理が途中で終わりました', fix: 'ログを確認してください。' },
  },
  internal: {
    status: 500,
    fix: 'This is a defect of Hatoba: report the log line with this id.',
    ja: { what: 'Hatoba の不具合です', fix: 'この番号のログを添えて報告してください。' },
  },
} as const

export type FaultCode = keyof typeof FAULTS

/** What the operator does about it, in Japanese; undefined of a code that is no longer ours. */
export const japaneseFix = (code: string): string | undefined =>
  Object.hasOwn(FAULTS, code) ? FAULTS[code as FaultCode].ja.fix : undefined

const newId = customAlphabet('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', 6)

/**
 * Ours, not the learner's. Carries a closed code, the operator's fix and an id that joins the learner's screen to the log.
 * The message is for the log: one sentence saying what did not happen, with the cause attached.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly id = `F-${newId()}`

  constructor(code: FaultCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  get fix(): string {
    return FAULTS[this.code].fix
  }

  get status(): (typeof FAULTS)[FaultCode]['status'] {
    return FAULTS[this.code].status
  }

  /** Any thrown value as a Fault; a Fault stays itself. */
  static from(thrown: unknown, code: FaultCode = 'internal'): Fault {
    if (thrown instanceof Fault) return thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new Fault(code, message, { cause: thrown })
  }
}
