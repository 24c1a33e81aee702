import type { Localized } from '../finding.ts'

/** Titles of what the kit shows of a cluster. */
export const CLUSTER_EVIDENCE = {
  'kubernetes.pods': { en: 'The Pods, as kubectl get pods shows them', ja: 'Pod の状態 (kubectl get pods の表示)' },
  'kubernetes.events': { en: 'The last events in the namespace', ja: '名前空間の最近のイベント' },
  'kubernetes.refusals': { en: 'Everything that the API server refused', ja: 'API サーバーが拒否したもの' },
} as const satisfies Readonly<Record<string, Localized>>

/** What an API server says no to, in the kit's words around its own. */
export const CLUSTER_TEXT: Readonly<Record<string, { because: Localized; hint?: Localized }>> = {
  'kubernetes.absent': {
    because: {
      en: '`{file}` holds no {object}. The lab asks about it by that name.',
      ja: '`{file}` に {object} がありません。この演習はその名前で確認します。',
    },
  },
  'kubernetes.reserved': {
    because: {
      en: '{object} is made by the lab itself. Give your object another name.',
      ja: '{object} は演習が用意します。別の名前を付けてください。',
    },
  },
  'kubernetes.other-kind': {
    because: {
      en: '{object} is none of the kinds that this task is about: {kinds}.',
      ja: '{object} は、この課題で扱う種類 ({kinds}) ではありません。',
    },
  },
  'kubernetes.api.kind': {
    because: {
      en: 'The API server refused {object} ({file}:{line}): your account may not make this kind here. It said: {message}',
      ja: 'API サーバーが {object} を拒否しました ({file} {line} 行目)。この演習のアカウントでは、この種類のオブジェクトは作れません。応答: {message}',
    },
  },
  'kubernetes.api.namespace': {
    because: {
      en: 'The API server refused {object} ({file}:{line}): your account works in the namespace of this submission only. It said: {message}',
      ja: 'API サーバーが {object} を拒否しました ({file} {line} 行目)。使えるのは、この提出のための名前空間だけです。応答: {message}',
    },
    hint: {
      en: 'Without `metadata.namespace` an object goes where it is applied to.',
      ja: '`metadata.namespace` を書かなければ、適用先の名前空間に作られます。',
    },
  },
  'kubernetes.api.invalid': {
    because: {
      en: 'The API server refused {object} ({file}:{line}): {message}',
      ja: 'API サーバーが {object} を拒否しました ({file} {line} 行目): {message}',
    },
  },
  'kubernetes.api.pod-security': {
    because: {
      en: 'The API server took {object}, but none of its Pods would be admitted ({file}:{line}). Pod Security says: {message}',
      ja: 'API サーバーは {object} を受け付けましたが、その Pod は 1 つも許可されません ({file} {line} 行目)。Pod Security の応答: {message}',
    },
    hint: {
      en: 'The namespace enforces the level `restricted`. Which fields does the message name, and at the Pod or at the container?',
      ja: 'この名前空間には `restricted` が適用されています。メッセージが挙げているフィールドは、Pod のものですか、コンテナのものですか。',
    },
  },
  'kubernetes.api.quota': {
    because: {
      en: 'The API server refused {object} ({file}:{line}): it does not fit into what this namespace may use. It said: {message}',
      ja: 'API サーバーが {object} を拒否しました ({file} {line} 行目)。この名前空間で使える量を超えています。応答: {message}',
    },
  },
  'kubernetes.api.conflict': {
    because: {
      en: 'The API server refused {object} ({file}:{line}): it contradicts what is there already. It said: {message}',
      ja: 'API サーバーが {object} を拒否しました ({file} {line} 行目)。すでにあるものと食い違っています。応答: {message}',
    },
  },
  'kubernetes.api.other': {
    because: {
      en: 'The API server refused {object} ({file}:{line}). It said: {message}',
      ja: 'API サーバーが {object} を拒否しました ({file} {line} 行目)。応答: {message}',
    },
  },
}
