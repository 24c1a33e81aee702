import type { Sentence } from './sentence.ts'

/** What the validation of one kind refuses, and what many kinds share: which fields go together, and what they may hold. */
export const REFUSED_KINDS_TEXT = {
  'field.most': {
    en: '`{field}` is {actual}; the most it can be is {most}.',
    ja: '`{field}` の値は {actual} ですが、{most} 以下でなければなりません。',
  },
  'field.between': {
    en: '`{field}` is {actual}; it must be from {least} to {most}.',
    ja: '`{field}` の値は {actual} ですが、{least} から {most} まででなければなりません。',
  },
  'field.one-of': {
    en: '`{parent}` has {count, plural, =0 {none} other {#}} of {choices}; it needs exactly one of them.',
    ja: '`{parent}` には {choices} のうち 1 つだけが必要ですが、{count} 個あります。',
  },
  'field.exclusive': {
    en: '`{field}` cannot stand beside `{other}`.',
    ja: '`{field}` と `{other}` は同時に指定できません。',
  },
  'field.only-with': {
    en: '`{field}` is only possible with {condition}.',
    ja: '`{field}` を指定できるのは {condition} の場合だけです。',
  },
  'field.repeated': {
    en: '`{field}` is `{actual}` a second time; it can be used once.',
    ja: '`{field}` に `{actual}` が 2 回使われています。使えるのは 1 回だけです。',
  },
  'net.address': {
    en: '`{actual}` is not an IP address.',
    ja: '`{actual}` は IP アドレスではありません。',
  },
  'net.range': {
    en: '`{actual}` is not a range of IP addresses; one is written like `10.0.0.0/8`.',
    ja: '`{actual}` は IP アドレスの範囲ではありません。`10.0.0.0/8` のように書きます。',
  },
  'net.except': {
    en: '`{except}` is not a smaller range inside `{cidr}`, so there is nothing to except.',
    ja: '`{except}` は `{cidr}` に含まれる、より小さな範囲ではないため、除外できません。',
  },
  'net.host': {
    en: '`{actual}` cannot be a host: it is a name of lower-case letters, digits, `-` and `.`, not an address; `*.` may stand before the name of an Ingress.',
    ja: '`{actual}` はホスト名として使えません。英小文字、数字、`-`、`.` からなる名前で、IP アドレスは使えません。Ingress では先頭に `*.` を付けられます。',
  },
  'selector.values': {
    en: '`operator: {operator}` does not fit {count, plural, =0 {no values} one {# value} other {# values}}: `In` and `NotIn` need some, `Gt` and `Lt` one, `Exists` and `DoesNotExist` none.',
    ja: '`operator: {operator}` に対して値が {count} 個あります。`In` と `NotIn` は 1 個以上、`Gt` と `Lt` は 1 個、`Exists` と `DoesNotExist` は 0 個です。',
  },
  'toleration.key': {
    en: 'A toleration without a `key` needs `operator: Exists`.',
    ja: '`key` のない toleration には `operator: Exists` が必要です。',
  },
  'resources.unknown': {
    en: 'Kubernetes counts no `{resource}` for a container. There are `cpu`, `memory`, `ephemeral-storage`, `hugepages-2Mi` and names with a domain, such as `nvidia.com/gpu`.',
    ja: '`{resource}` というコンテナのリソースはありません。使えるのは `cpu`、`memory`、`ephemeral-storage`、`hugepages-2Mi` などと、`nvidia.com/gpu` のようなドメイン付きの名前です。',
  },
  'resources.uncounted': {
    en: 'A quota cannot count `{resource}`. Amounts are written like `requests.cpu`, numbers of objects like `pods` or `count/deployments.apps`.',
    ja: '`{resource}` はクォータの対象にできません。量は `requests.cpu`、オブジェクト数は `pods` や `count/deployments.apps` のように書きます。',
  },
  'resources.whole': {
    en: '`{resource}` is {actual}; it can only be given as a whole.',
    ja: '`{resource}` の値が {actual} です。整数でなければなりません。',
  },
  'resources.same': {
    en: '`{resource}` cannot be shared: request ({request}) and limit ({limit}) must be the same.',
    ja: '`{resource}` は共有できないため、要求 ({request}) と上限 ({limit}) は同じ値でなければなりません。',
  },
  'resources.huge': {
    en: '`{resource}` cannot be asked for alone: `cpu` or `memory` must stand beside it.',
    ja: '`{resource}` だけを指定することはできません。`cpu` または `memory` も必要です。',
  },
  'resources.nothing': {
    en: '`{resource}` is {actual}; it must be more than nothing.',
    ja: '`{resource}` の値が {actual} です。0 より大きくなければなりません。',
  },
  'limits.order': {
    en: 'For `{resource}`, `{upper}` ({actual}) is less than `{lower}` ({least}).',
    ja: '`{resource}` の `{upper}` ({actual}) が `{lower}` ({least}) を下回っています。',
  },
  'pod.image-space': {
    en: 'The image `{image}` has a space before or behind it.',
    ja: 'イメージ名 `{image}` の前か後ろに空白があります。',
  },
  'pod.host-port': {
    en: 'With `hostNetwork: true` a port is the same on the node: `hostPort` is {hostPort}, `containerPort` is {containerPort}.',
    ja: '`hostNetwork: true` ではノードのポートをそのまま使いますが、`hostPort` が {hostPort}、`containerPort` が {containerPort} と異なっています。',
  },
  'pod.guests': {
    en: 'Ephemeral containers cannot be written in a manifest: `kubectl debug` puts them into a Pod that runs.',
    ja: '一時コンテナはマニフェストに書けません。`kubectl debug` で実行中の Pod に追加します。',
  },
  'volume.upwards': {
    en: '`{field}` is `{actual}`; it may not contain `..`, and inside a volume it may not begin with `/`.',
    ja: '`{field}` の値は `{actual}` ですが、`..` は使えません。ボリューム内のパスは `/` から始めることもできません。',
  },
  'volume.nowhere': {
    en: 'The PersistentVolume does not say where it is stored: one source such as `csi`, `nfs` or `hostPath` is needed.',
    ja: 'PersistentVolume に保存先がありません。`csi`、`nfs`、`hostPath` などを 1 つ指定します。',
  },
  'strategy.deadline': {
    en: 'A Pod counts as available after {minReadySeconds} s, but the rollout is given up after {deadline} s: `progressDeadlineSeconds` must be greater than `minReadySeconds`.',
    ja: 'Pod が利用可能と見なされるのは {minReadySeconds} 秒後ですが、ロールアウトは {deadline} 秒で打ち切られます。`progressDeadlineSeconds` は `minReadySeconds` より大きくなければなりません。',
  },
  'policy.peer': {
    en: 'This peer says nothing: it needs `podSelector`, `namespaceSelector` or `ipBlock`.',
    ja: '通信相手の指定がありません。`podSelector`、`namespaceSelector`、`ipBlock` のいずれかが必要です。',
  },
  'ingress.nothing': {
    en: 'The Ingress has neither `rules` nor a `defaultBackend`.',
    ja: 'Ingress に `rules` も `defaultBackend` もありません。',
  },
  'ingress.path': {
    en: 'The path `{actual}` must begin with `/`; as `Prefix` or `Exact` it may have no `//`, `/./` or `/../`.',
    ja: 'パス `{actual}` は `/` で始めてください。`Prefix` と `Exact` では `//`、`/./`、`/../` は使えません。',
  },
  'cron.schedule': {
    en: '`{actual}` is not a schedule: it has five fields (minute, hour, day of the month, month, day of the week), or is a word such as `@daily`.',
    ja: '`{actual}` はスケジュールとして読み取れません。5 つのフィールド (分、時、日、月、曜日) か、`@daily` のような語で書きます。',
  },
  'cron.zone': {
    en: 'There is no time zone `{actual}`; one is written like `Asia/Tokyo` or `Etc/UTC`.',
    ja: 'タイムゾーン `{actual}` はありません。`Asia/Tokyo` や `Etc/UTC` のように書きます。',
  },
  'cron.zone-inside': {
    en: 'A schedule has no time zone in it (`{actual}`): it belongs in `timeZone`.',
    ja: 'スケジュール (`{actual}`) の中にタイムゾーンは書けません。`timeZone` に指定します。',
  },
  'priority.system': {
    en: '`{name}` cannot be a name: those that begin with `system-` are Kubernetes’ own.',
    ja: '`{name}` は名前として使えません。`system-` で始まる名前は Kubernetes が使います。',
  },
  'definition.name': {
    en: 'The name is `{name}`; it must be the plural and the group, `{wanted}`.',
    ja: '名前が `{name}` ですが、複数形とグループをつなげた `{wanted}` でなければなりません。',
  },
  'definition.storage': {
    en: '{count, plural, =0 {No version has} other {# versions have}} `storage: true`; exactly one is stored.',
    ja: '`storage: true` のバージョンが {count} 個あります。保存に使うのは 1 つだけです。',
  },
  'webhook.name': {
    en: '`{name}` cannot be the name of a webhook: it is a name of the DNS with three parts or more, such as `check.example.com`.',
    ja: '`{name}` は webhook の名前として使えません。`check.example.com` のように、3 つ以上の部分からなる DNS 名を使います。',
  },
} as const satisfies Record<string, Sentence>
