import type { Sentence } from './sentence.ts'

/** What is unwise about Gateways and the routes through them. */
export const GATEWAY_TEXT = {
  'lint.gateway-routes-all': {
    en: 'The listener `{listener}` takes routes from every namespace: anybody in the cluster can attach to it.',
    ja: 'リスナー `{listener}` はすべての名前空間のルートを受け付けます。クラスター内の誰でもルートを接続できます。',
  },
  'lint.gateway-no-certificate': {
    en: 'The listener `{listener}` ends TLS and has no `certificateRefs`.',
    ja: 'リスナー `{listener}` は TLS を終端しますが、`certificateRefs` がありません。',
  },
  'lint.gateway-open-validation': {
    en: '`AllowInsecureFallback` lets clients in whose certificate is missing or wrong.',
    ja: '`AllowInsecureFallback` では、証明書がない、または不正なクライアントも通します。',
  },
  'lint.grant-missing': {
    en: 'The {kind} `{name}` is in the namespace `{namespace}`, and no ReferenceGrant there lets this object refer to it.',
    ja: '{kind} `{name}` は名前空間 `{namespace}` にありますが、このオブジェクトからの参照を許可する ReferenceGrant がそこにありません。',
  },
  'lint.route-plaintext': {
    en: 'The route serves through the HTTP listener `{listener}` and does not only redirect to HTTPS.',
    ja: 'ルートは HTTP リスナー `{listener}` で応答しており、HTTPS へのリダイレクトだけにはなっていません。',
  },
  'lint.route-any-host': {
    en: 'The route names no host, or one with a wildcard: it takes requests that are not meant for it.',
    ja: 'ルートにホスト名がないか、ワイルドカードが使われています。本来の対象ではないリクエストも受け取ります。',
  },
  'lint.backend-plaintext': {
    en: 'The backend `{name}` seems to expect TLS, and no policy tells the gateway to speak it.',
    ja: 'バックエンド `{name}` は TLS を待ち受けているようですが、ゲートウェイに TLS を使わせるポリシーがありません。',
  },
  'lint.backend-unverified': {
    en: '`insecureSkipVerify: true` accepts any certificate: nobody knows who answers.',
    ja: '`insecureSkipVerify: true` はどの証明書も受け入れます。応答した相手を確認できません。',
  },
  'lint.route-insecure-edge': {
    en: '`insecureEdgeTerminationPolicy: Allow` also serves without TLS.',
    ja: '`insecureEdgeTerminationPolicy: Allow` では、TLS なしでも応答します。',
  },
} as const satisfies Record<string, Sentence>
