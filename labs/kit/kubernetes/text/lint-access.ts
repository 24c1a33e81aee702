import type { Sentence } from './sentence.ts'

/** What is unwise about who may do what. */
export const ACCESS_TEXT = {
  'lint.access-create-pods': {
    en: 'This binding grants the role `{role}`, which may create Pods: who can run a Pod can use every account of the namespace.',
    ja: 'このバインディングが与えるロール `{role}` は Pod を作成できます。Pod を動かせれば、名前空間内のどのアカウントも使えます。',
  },
  'lint.access-secrets': {
    en: 'This binding grants the role `{role}`, which can reach Secrets.',
    ja: 'このバインディングが与えるロール `{role}` は Secret にアクセスできます。',
  },
  'lint.cluster-admin': {
    en: 'This binding grants `{role}`: every right on everything.',
    ja: 'このバインディングは `{role}`、つまりあらゆる対象へのすべての権限を与えます。',
  },
  'lint.access-wildcard': {
    en: '`{field}` of this rule is `*`: it also grants what is added to the cluster later.',
    ja: 'このルールの `{field}` が `*` です。今後クラスターに加わるものまで許可されます。',
  },
  'lint.access-exec': {
    en: 'This rule allows commands in running Pods.',
    ja: 'このルールは、動作中の Pod の中でコマンドを実行することを許可します。',
  },
  'lint.scc-privileged': {
    en: 'This constraint allows privileged containers.',
    ja: 'この制約は特権コンテナを許可します。',
  },
  'lint.access-exec-everywhere': {
    en: 'This binding grants the role `{role}` in every namespace: it allows commands in every running Pod.',
    ja: 'このバインディングはロール `{role}` をすべての名前空間で与えます。動作中のどの Pod の中でもコマンドを実行できます。',
  },
  'lint.access-exec-bound': {
    en: 'This binding grants the role `{role}`, which allows commands in the running Pods of its namespace.',
    ja: 'このバインディングが与えるロール `{role}` は、その名前空間で動作中の Pod の中でコマンドを実行できます。',
  },
  'lint.access-exec-borrowed': {
    en: "This binding grants the cluster's role `{role}` for one namespace: it allows commands in the Pods that run there.",
    ja: 'このバインディングは ClusterRole `{role}` を 1 つの名前空間に与えます。そこで動作中の Pod の中でコマンドを実行できます。',
  },
  'lint.access-secrets-everywhere': {
    en: 'This binding grants the role `{role}`, which can reach the Secrets of every namespace.',
    ja: 'このバインディングが与えるロール `{role}` は、すべての名前空間の Secret にアクセスできます。',
  },
  'lint.role-missing': {
    en: 'The {kind} `{role}` is not among these manifests: without it the binding grants nothing.',
    ja: '{kind} `{role}` がこのマニフェスト群にありません。存在しないと、このバインディングは何の権限も与えません。',
  },
  'lint.role-everything': {
    en: 'This rule allows every verb on every resource: the role is a `cluster-admin` under another name.',
    ja: 'このルールは、すべてのリソースにすべての操作を許可します。名前が違うだけの `cluster-admin` です。',
  },
  'lint.verb-escalate': {
    en: 'This rule allows `escalate`: who has it can write roles that may do more than they may themselves.',
    ja: 'このルールは `escalate` を許可します。自分が持たない権限まで含むロールを書けるようになります。',
  },
  'lint.verb-bind': {
    en: 'This rule allows `bind`: who has it can give any of these roles to anybody, also to themselves.',
    ja: 'このルールは `bind` を許可します。対象のロールを、自分自身を含む誰にでも与えられるようになります。',
  },
  'lint.verb-impersonate': {
    en: 'This rule allows `impersonate` without `resourceNames`: who has it can act as anybody.',
    ja: 'このルールは `resourceNames` なしで `impersonate` を許可します。誰にでもなりすませます。',
  },
  'lint.verb-approve': {
    en: 'This rule allows `approve` on signers without `resourceNames`: certificates of every signer can be approved.',
    ja: 'このルールは `resourceNames` なしで signers の `approve` を許可します。どの署名者の証明書でも承認できます。',
  },
  'lint.verb-delete-collection': {
    en: 'This rule allows `deletecollection` on `{resource}`: one request deletes all of them.',
    ja: 'このルールは `{resource}` の `deletecollection` を許可します。1 回のリクエストですべて削除できます。',
  },
  'lint.aggregated-power': {
    en: 'The label `{label}` adds this rule on `{resource}` to a role that Kubernetes itself hands out: everybody who has that role gets it.',
    ja: 'ラベル `{label}` により、`{resource}` へのこのルールが Kubernetes の標準ロールに加わります。そのロールを持つ全員に与えられます。',
  },
  'lint.webhook-open': {
    en: 'The webhook `{webhook}` has `failurePolicy: Ignore`: while it does not answer, everything passes unchecked.',
    ja: 'Webhook `{webhook}` は `failurePolicy: Ignore` です。応答がない間、すべてが検査されずに通ります。',
  },
} as const satisfies Record<string, Sentence>
