import type { Sentence } from './sentence.ts'

/** What an API server refuses. */
export const REFUSED_TEXT = {
  'api.removed': {
    en: '`{apiVersion}` {kind} was removed in Kubernetes {removedIn}, and nothing took its place.',
    ja: '`{apiVersion}` の {kind} は Kubernetes {removedIn} で廃止されました。後継の API はありません。',
  },
  'api.replaced': {
    en: '`{apiVersion}` {kind} was removed in Kubernetes {removedIn}. The same kind is served as `{replacement}`.',
    ja: '`{apiVersion}` の {kind} は Kubernetes {removedIn} で廃止されました。現在は `{replacement}` で提供されています。',
    hint: {
      en: 'Fields may have moved between the two versions: read the kind in the current API reference.',
      ja: 'バージョン間でフィールドの位置が変わっている場合があります。現在の API リファレンスを確認してください。',
    },
  },
  'api.deprecated': {
    en: '`{apiVersion}` {kind} is deprecated since Kubernetes {deprecatedIn}.{replacement, select, none {} other { {replacement} takes its place.}}',
    ja: '`{apiVersion}` の {kind} は Kubernetes {deprecatedIn} から非推奨です。{replacement, select, none {} other {後継は {replacement} です。}}',
  },
  'api.unknown-kind': {
    en: 'Kubernetes has no kind `{kind}` in `{apiVersion}`.',
    ja: '`{apiVersion}` に `{kind}` という種類はありません。',
  },
  'api.similar-kind': {
    en: 'Kubernetes has no kind `{kind}` in `{apiVersion}`. There is a `{similar}`; kinds are written with capitals.',
    ja: '`{apiVersion}` に `{kind}` という種類はありません。似た名前に `{similar}` があります。大文字と小文字は区別されます。',
  },
  'api.elsewhere': {
    en: '{kind} is not served as `{apiVersion}`; it is served as `{served}`.',
    ja: '{kind} は `{apiVersion}` では提供されていません。提供しているのは `{served}` です。',
  },
  'api.third-party': {
    en: '`{apiVersion}` {kind} is not a kind of Kubernetes itself: no schema is known here, so its fields were not looked at.',
    ja: '`{apiVersion}` の {kind} は Kubernetes 本体の種類ではありません。スキーマがないため、フィールドは確認していません。',
  },
  'field.unknown': {
    en: '`{field}` is not a field of `{parent}`.',
    ja: '`{parent}` に `{field}` というフィールドはありません。',
    hint: {
      en: 'Is it indented as deep as its neighbours? A field one level too deep or too shallow belongs to another object.',
      ja: '隣のフィールドとインデントの深さは同じでしょうか。1 段ずれると、別のオブジェクトのフィールドになります。',
    },
  },
  'field.unknown-similar': {
    en: '`{field}` is not a field of `{parent}`. There is a `{similar}`.',
    ja: '`{parent}` に `{field}` というフィールドはありません。似た名前に `{similar}` があります。',
  },
  'field.missing': {
    en: '`{parent}` has no `{field}`, which is required.',
    ja: '`{parent}` に必須の `{field}` がありません。',
  },
  'field.empty': {
    en: '`{field}` is empty; it must name something.',
    ja: '`{field}` が空です。値が必要です。',
  },
  'field.type': {
    en: '`{field}` is of type {found} (`{actual}`); expected: {expected}.',
    ja: '`{field}` の型が {found} (`{actual}`) です。期待する型: {expected}。',
  },
  'field.whole': {
    en: '`{field}` is {actual}; it must be a whole number.',
    ja: '`{field}` の値は {actual} ですが、整数でなければなりません。',
  },
  'field.quote': {
    en: '`{field}` is read as a {found} (`{actual}`), but must be text: put it in quotes.',
    ja: '`{field}` は {found} (`{actual}`) として読み取られますが、文字列でなければなりません。引用符で囲んでください。',
    hint: {
      en: 'Without quotes, numbers and words such as `true`, `yes`, `on` and `y` are no text in YAML.',
      ja: 'YAML では、引用符のない数字や `true`、`yes`、`on`、`y` などは文字列になりません。',
    },
  },
  'field.unquote': {
    en: '`{field}` is the text `"{actual}"`, but must be a number: leave the quotes out.',
    ja: '`{field}` は文字列 `"{actual}"` になっていますが、数値でなければなりません。引用符を外してください。',
  },
  'field.large': {
    en: '`{field}` is {actual}, which does not fit into 32 bits.',
    ja: '`{field}` の値 {actual} は 32 ビット整数に収まりません。',
  },
  'field.least': {
    en: '`{field}` is {actual}; the least it can be is {least}.',
    ja: '`{field}` の値は {actual} ですが、{least} 以上でなければなりません。',
  },
  'field.port': {
    en: 'There is no port {actual}: ports go from 1 to 65535.',
    ja: 'ポート {actual} は存在しません。使えるのは 1 から 65535 までです。',
  },
  'field.percent': {
    en: '`{field}` is `{actual}`; it must be a whole number or a percentage such as `"25%"`.',
    ja: '`{field}` の値は `{actual}` ですが、整数または `"25%"` のような百分率でなければなりません。',
  },
  'field.choice': {
    en: '`{field}` is `{actual}`; it can be: {choices}.',
    ja: '`{field}` の値は `{actual}` ですが、指定できるのは次のいずれかです: {choices}。',
  },
  'field.quantity': {
    en: '`{field}` is `{actual}`, which is not an amount as Kubernetes writes it (`500m`, `0.5`, `64Mi`, `1Gi`).',
    ja: '`{field}` の値 `{actual}` は、Kubernetes の数量の書き方 (`500m`、`0.5`、`64Mi`、`1Gi`) になっていません。',
  },
  'field.base64': {
    en: 'The value of `{field}` is not Base64. In `stringData` it can be written as it is.',
    ja: '`{field}` の値が Base64 になっていません。`stringData` なら、そのままの文字列で書けます。',
  },
  'field.time': {
    en: '`{field}` is `{actual}`; a time is written like `2026-11-21T08:00:00Z`.',
    ja: '`{field}` の値は `{actual}` ですが、時刻は `2026-11-21T08:00:00Z` のように書きます。',
  },
  'name.missing': {
    en: 'The {kind} has no `metadata.name`.',
    ja: '{kind} に `metadata.name` がありません。',
  },
  'name.subdomain': {
    en: '`{name}` cannot be a name: lower-case letters, digits, `-` and `.`, with a letter or digit at both ends, at most 253 characters.',
    ja: '`{name}` は名前として使えません。使えるのは英小文字、数字、`-`、`.` で、先頭と末尾は英小文字か数字、253 文字以内です。',
  },
  'name.label': {
    en: '`{name}` cannot be a name: lower-case letters, digits and `-`, with a letter or digit at both ends, at most 63 characters.',
    ja: '`{name}` は名前として使えません。使えるのは英小文字、数字、`-` で、先頭と末尾は英小文字か数字、63 文字以内です。',
  },
  'name.service': {
    en: '`{name}` cannot be the name of a Service: lower-case letters, digits and `-`, beginning with a letter, at most 63 characters.',
    ja: '`{name}` は Service の名前として使えません。使えるのは英小文字、数字、`-` で、先頭は英小文字、63 文字以内です。',
  },
  'name.path': {
    en: '`{name}` cannot be a name: it stands in a URL, so `/`, `%`, `.` and `..` are not possible.',
    ja: '`{name}` は名前として使えません。URL の一部になるため、`/`、`%` を含む名前や、`.`、`..` は使えません。',
  },
  'name.job': {
    en: 'The name `{name}` is longer than {allowed} characters: a {kind} puts it into the names and labels of what it makes.',
    ja: '名前 `{name}` が {allowed} 文字を超えています。{kind} の名前は、作成するオブジェクトの名前やラベルにも使われます。',
  },
  'name.label-key': {
    en: '`{name}` cannot be the key of a label or annotation: letters, digits, `-`, `_` and `.`, at most 63 of them, after an optional `prefix.example/`.',
    ja: '`{name}` はラベルやアノテーションのキーとして使えません。使えるのは英数字、`-`、`_`、`.` で 63 文字以内です。前に `prefix.example/` を付けることもできます。',
  },
  'name.label-value': {
    en: 'The label `{key}` cannot have the value `{name}`: letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, at most 63 characters.',
    ja: 'ラベル `{key}` に値 `{name}` は使えません。使えるのは英数字、`-`、`_`、`.` で、先頭と末尾は英数字、63 文字以内です。',
  },
  'name.data-key': {
    en: '`{name}` cannot be a key here: letters, digits, `-`, `_` and `.` only.',
    ja: '`{name}` はここのキーとして使えません。使えるのは英数字、`-`、`_`、`.` だけです。',
  },
  'name.port': {
    en: '`{name}` cannot be the name of a port: at most 15 lower-case letters, digits and single `-`, with at least one letter.',
    ja: '`{name}` はポートの名前として使えません。英小文字、数字、連続しない `-` で 15 文字以内とし、英字を 1 つ以上含めます。',
  },
  'name.env': {
    en: '`{name}` cannot be the name of an environment variable.',
    ja: '`{name}` は環境変数の名前として使えません。',
  },
  'pod.no-container': {
    en: 'The Pod has no container.',
    ja: 'Pod にコンテナがありません。',
  },
  'pod.no-image': {
    en: 'The container `{container}` has no `image`.',
    ja: 'コンテナ `{container}` に `image` がありません。',
  },
  'pod.container-twice': {
    en: 'Two containers of this Pod are named `{name}`.',
    ja: 'この Pod に `{name}` という名前のコンテナが 2 つあります。',
  },
  'pod.port-name-twice': {
    en: 'Two ports are named `{name}`.',
    ja: '`{name}` という名前のポートが 2 つあります。',
  },
  'pod.env-twice': {
    en: 'The variable `{name}` has both `value` and `valueFrom`; only one of them is possible.',
    ja: '変数 `{name}` に `value` と `valueFrom` の両方があります。指定できるのは一方だけです。',
  },
  'pod.volume-twice': {
    en: 'Two volumes of this Pod are named `{name}`.',
    ja: 'この Pod に `{name}` という名前のボリュームが 2 つあります。',
  },
  'pod.volume-missing': {
    en: 'The container `{container}` mounts `{name}`, but the Pod has no volume of that name.',
    ja: 'コンテナ `{container}` は `{name}` をマウントしますが、Pod にその名前のボリュームがありません。',
  },
  'pod.mount-path-twice': {
    en: '`{mountPath}` is mounted twice in one container.',
    ja: '1 つのコンテナで `{mountPath}` が 2 回マウントされています。',
  },
  'pod.restart-policy': {
    en: 'The Pods of a {kind} cannot have `restartPolicy: {actual}`; possible: {choices}.',
    ja: '{kind} の Pod に `restartPolicy: {actual}` は指定できません。指定できるのは {choices} です。',
  },
  'pod.pause': {
    en: 'The preStop hook of `{container}` sleeps {seconds} s, but the Pod has only {grace} s to end.',
    ja: '`{container}` の preStop フックが {seconds} 秒待つ設定ですが、Pod の終了猶予は {grace} 秒しかありません。',
  },
  'probe.init': {
    en: 'An init container runs to its end before the others start: it cannot have a `{probe}`.',
    ja: 'init コンテナは、ほかのコンテナの開始前に実行を終えるため、`{probe}` を指定できません。',
  },
  'probe.handler': {
    en: '`{probe}` says {count, plural, =0 {no way} other {# ways}} to ask; it needs exactly one of `exec`, `httpGet`, `tcpSocket`, `grpc`.',
    ja: '`{probe}` に確認方法が {count} 個あります。`exec`、`httpGet`、`tcpSocket`、`grpc` のうち 1 つだけが必要です。',
  },
  'probe.success': {
    en: '`successThreshold` of a `{probe}` is {actual}; only 1 is possible.',
    ja: '`{probe}` の `successThreshold` が {actual} です。指定できるのは 1 だけです。',
  },
  'resources.negative': {
    en: '`{resource}` is {actual}; an amount cannot be less than nothing.',
    ja: '`{resource}` の値が {actual} です。負の値は指定できません。',
  },
  'resources.request-over-limit': {
    en: 'The container asks for {request} of `{resource}` but is limited to {limit}.',
    ja: 'コンテナは `{resource}` を {request} 要求していますが、上限は {limit} です。',
  },
  'spread.twice': {
    en: 'Two constraints spread over `{topologyKey}` with the same `whenUnsatisfiable`.',
    ja: '`{topologyKey}` に対する制約が、同じ `whenUnsatisfiable` で 2 つあります。',
  },
  'spread.min-domains': {
    en: '`minDomains` only has a meaning with `whenUnsatisfiable: DoNotSchedule`.',
    ja: '`minDomains` を指定できるのは `whenUnsatisfiable: DoNotSchedule` のときだけです。',
  },
  'windows.unset': {
    en: '`{field}` has no meaning for a Pod with `os: windows` and must not be set.',
    ja: '`os: windows` の Pod では `{field}` に意味がないため、指定できません。',
  },
  'windows.host-network': {
    en: "A Pod with a HostProcess container needs `hostNetwork: true`: such a container is on its node's network.",
    ja: 'HostProcess コンテナはノードのネットワークで動くため、Pod に `hostNetwork: true` が必要です。',
  },
  'selector.empty': {
    en: '`spec.selector` is empty: it would take every Pod for its own.',
    ja: '`spec.selector` が空です。すべての Pod を自分のものとして扱うことになります。',
  },
  'selector.mismatch': {
    en: '`spec.selector` ({selector}) does not select the Pods of its own template ({labels}).',
    ja: '`spec.selector` ({selector}) が、自身のテンプレートの Pod ({labels}) を選択していません。',
  },
  'strategy.recreate': {
    en: '`rollingUpdate` has no meaning with `type: Recreate`.',
    ja: '`type: Recreate` のとき、`rollingUpdate` は指定できません。',
  },
  'strategy.both-zero': {
    en: '`maxSurge` and `maxUnavailable` are both 0: no Pod could ever be replaced.',
    ja: '`maxSurge` と `maxUnavailable` がどちらも 0 です。これでは Pod を 1 つも入れ替えられません。',
  },
  'service.no-port': {
    en: 'The Service has no port. Only a headless one (`clusterIP: None`) can be without.',
    ja: 'Service にポートがありません。ポートを省略できるのは headless (`clusterIP: None`) のときだけです。',
  },
  'service.port-name': {
    en: 'A Service with {count} ports must name each of them.',
    ja: 'ポートが {count} 個ある Service では、すべてのポートに名前が必要です。',
  },
  'service.external-name': {
    en: 'A Service of type ExternalName needs `externalName`.',
    ja: 'ExternalName 型の Service には `externalName` が必要です。',
  },
  'hpa.bounds': {
    en: '`maxReplicas` ({maxReplicas}) is less than `minReplicas` ({minReplicas}).',
    ja: '`maxReplicas` ({maxReplicas}) が `minReplicas` ({minReplicas}) を下回っています。',
  },
  'pdb.both': {
    en: '`minAvailable` and `maxUnavailable` exclude each other.',
    ja: '`minAvailable` と `maxUnavailable` は同時に指定できません。',
  },
} as const satisfies Record<string, Sentence>
