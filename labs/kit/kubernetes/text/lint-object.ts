import type { Sentence } from './sentence.ts'

/** What is unwise about where Pods are, how many there are and who reaches them. */
export const OBJECT_TEXT = {
  'lint.same-node': {
    en: 'Nothing keeps the {replicas} replicas off one and the same node.',
    ja: '{replicas} 個のレプリカが同じノードに集まるのを防ぐ設定がありません。',
  },
  'lint.no-spread': {
    en: 'The Pods have no `topologySpreadConstraints`: they may all land in one zone.',
    ja: '`topologySpreadConstraints` がありません。すべての Pod が 1 つのゾーンに集まる可能性があります。',
  },
  'lint.spread-selector': {
    en: 'The constraint counts Pods by {has, select, yes {a selector that does not select these ones} other {no selector}}: it spreads nothing.',
    ja: 'この制約は{has, select, yes {これらの Pod を選択しないセレクター} other {セレクターなし}}で Pod を数えるため、分散の効果がありません。',
  },
  'lint.no-node-affinity': {
    en: 'The Pod has no node affinity: it may land on any node.',
    ja: 'ノードアフィニティーがありません。Pod はどのノードにも配置され得ます。',
  },
  'lint.no-priority-class': {
    en: 'The Pod has no priority class.',
    ja: 'Pod に優先度クラスがありません。',
  },
  'lint.priority-class': {
    en: 'The priority class `{name}` is not among those agreed on: {accepted}.',
    ja: '優先度クラス `{name}` は、取り決めにあるもの ({accepted}) ではありません。',
  },
  'lint.restart-policy': {
    en: "The Pod's `restartPolicy` is {policy}; agreed is to write Always or OnFailure.",
    ja: 'Pod の `restartPolicy` が {policy} です。取り決めでは Always か OnFailure を明記します。',
  },
  'lint.ndots': {
    en: '`dnsConfig.options` does not set `ndots` to {ndots}: every name from outside is first looked for inside the cluster.',
    ja: '`dnsConfig.options` の `ndots` が {ndots} になっていません。外部の名前も、まずクラスター内で何度か検索されます。',
  },
  'lint.few-replicas': {
    en: '{replicas, plural, =0 {No replica} one {# replica} other {# replicas}}; agreed are at least {least}.',
    ja: 'レプリカが {replicas} 個です。取り決めは {least} 個以上です。',
  },
  'lint.one-replica': {
    en: '{replicas, plural, =0 {No replica} one {One replica} other {# replicas}}: while it is replaced or its node restarts, nobody answers.',
    ja: 'レプリカが {replicas} 個です。入れ替えやノードの再起動のあいだ、応答するものがなくなります。',
  },
  'lint.no-rolling-update': {
    en: 'The strategy is {type}, not RollingUpdate: old Pods end before new ones are ready.',
    ja: '戦略が RollingUpdate ではなく {type} です。新しい Pod の準備ができる前に、古い Pod が終了します。',
  },
  'lint.rolling-update-unwritten': {
    en: 'A Service sends requests to this Deployment, and `strategy.type` is not written; agreed is to write it. Kubernetes takes RollingUpdate.',
    ja: 'Service がこの Deployment にリクエストを送りますが、`strategy.type` が書かれていません。取り決めでは明記します。既定は RollingUpdate です。',
  },
  'lint.naked-pod': {
    en: 'A Pod by itself: when its node goes, nobody makes another.',
    ja: 'Pod が単独で作られています。ノードが失われても、代わりは作成されません。',
  },
  'lint.job-ttl': {
    en: '{kind, select, CronJob {A CronJob removes its old Jobs itself; `ttlSecondsAfterFinished` is a second clock for the same.} other {The Job has no `ttlSecondsAfterFinished`: it stays when it is done.}}',
    ja: '{kind, select, CronJob {CronJob は古い Job を自分で削除します。`ttlSecondsAfterFinished` があると、削除の基準が 2 つになります。} other {Job に `ttlSecondsAfterFinished` がありません。終了後も残り続けます。}}',
  },
  'lint.cron-deadline': {
    en: 'The CronJob has no `startingDeadlineSeconds`: after 100 missed starts it stops for good.',
    ja: 'CronJob に `startingDeadlineSeconds` がありません。開始を 100 回逃すと、それ以降は実行されません。',
  },
  'lint.no-budget': {
    en: 'No PodDisruptionBudget guards the {kind} `{name}`: a drain may take all its Pods at once.',
    ja: '{kind} `{name}` を守る PodDisruptionBudget がありません。ノードの drain で、すべての Pod が一度に失われる可能性があります。',
  },
  'lint.budget-without-policy': {
    en: 'The budget has neither `minAvailable` nor `maxUnavailable`.',
    ja: '`minAvailable` も `maxUnavailable` も指定されていません。',
  },
  'lint.budget-blocks': {
    en: '`{field}: {value}` allows no eviction at all: a drain of such a node never ends.',
    ja: '`{field}: {value}` では退去が 1 件も許されません。該当するノードの drain は終わりません。',
  },
  'lint.budget-over-scaler': {
    en: "`minAvailable` ({minAvailable}) keeps {needed} Pods, more than the autoscaler's `minReplicas` ({minReplicas}).",
    ja: '`minAvailable` ({minAvailable}) が確保する Pod は {needed} 個で、オートスケーラーの `minReplicas` ({minReplicas}) を上回っています。',
  },
  'lint.budget-unhealthy': {
    en: 'Without `unhealthyPodEvictionPolicy`, Pods that never become ready can hold up a drain.',
    ja: '`unhealthyPodEvictionPolicy` がないと、準備完了にならない Pod が drain を止めることがあります。',
  },
  'lint.scaler-dangling': {
    en: "The autoscaler's target {kind} `{name}` is not among these manifests.",
    ja: 'オートスケーラーの対象 {kind} `{name}` が、このマニフェスト群にありません。',
  },
  'lint.scaled-replicas': {
    en: '`replicas: {replicas}` stands in the manifest of a workload that an autoscaler scales: every apply sets it back.',
    ja: 'オートスケーラーの対象に `replicas: {replicas}` が書かれています。apply のたびに、この値に戻ります。',
  },
  'lint.scaler-minimum': {
    en: '`minReplicas` is {minReplicas}: in quiet hours nothing is left over when one Pod goes.',
    ja: '`minReplicas` が {minReplicas} です。負荷の低い時間帯に Pod が 1 つ失われると、余裕がなくなります。',
  },
  'lint.scaler-few': {
    en: '`minReplicas` is {minReplicas}; agreed are at least {least}.',
    ja: '`minReplicas` が {minReplicas} です。取り決めは {least} 以上です。',
  },
  'lint.scaler-fixed': {
    en: '`maxReplicas` ({maxReplicas}) is not more than `minReplicas` ({minReplicas}): there is nothing to scale.',
    ja: '`maxReplicas` ({maxReplicas}) が `minReplicas` ({minReplicas}) を上回っていません。増減の余地がありません。',
  },
  'lint.not-isolated': {
    en: 'No NetworkPolicy selects these Pods: everybody may talk to them.',
    ja: 'どの NetworkPolicy もこの Pod を選択していません。どこからでも通信できます。',
  },
  'lint.half-isolated': {
    en: 'No NetworkPolicy isolates these Pods for {direction}.',
    ja: 'この Pod の {direction} を制限する NetworkPolicy がありません。',
  },
  'lint.no-policy-rules': {
    en: 'No NetworkPolicy says what {direction} is allowed for these Pods.',
    ja: 'この Pod に許可する {direction} を定めた NetworkPolicy がありません。',
  },
  'lint.policy-dangling': {
    en: "The policy's `podSelector` selects no Pod of these manifests.",
    ja: 'ポリシーの `podSelector` が、このマニフェスト群のどの Pod も選択していません。',
  },
  'lint.peer-dangling': {
    en: 'This `podSelector` selects no Pod of these manifests: the rule allows nobody.',
    ja: 'この `podSelector` は、マニフェスト群のどの Pod も選択していません。このルールで許可される相手がいません。',
  },
  'lint.service-dangling': {
    en: 'The Service selects `{selector}`, and no Pod of these manifests has these labels in its namespace.',
    ja: 'Service は `{selector}` を選択しますが、同じ名前空間にこのラベルを持つ Pod がありません。',
  },
  'lint.node-port': {
    en: 'A NodePort opens a port on every node of the cluster.',
    ja: 'NodePort は、クラスターのすべてのノードでポートを開きます。',
  },
  'lint.load-balancer': {
    en: 'A LoadBalancer makes the Service reachable from outside.',
    ja: 'LoadBalancer により、Service に外部から到達できるようになります。',
  },
  'lint.ingress-dangling': {
    en: 'The Ingress sends to `{service}` port {port}, {has, select, yes {a port that the Service does not have} other {a Service that is not among these manifests}}.',
    ja: 'Ingress の送り先は `{service}` のポート {port} ですが、{has, select, yes {Service にそのポートがありません} other {その Service がこのマニフェスト群にありません}}。',
  },
  'lint.ingress-tls': {
    en: 'The Ingress has no `tls`: what travels to it can be read on the way.',
    ja: 'Ingress に `tls` がありません。通信の内容を途中で読まれるおそれがあります。',
  },
  'lint.statefulset-service': {
    en: '`serviceName` is {name}: no headless Service of that name selects these Pods, so they get no names of their own.',
    ja: '`serviceName` は {name} ですが、この Pod を選択する同名の headless Service がないため、Pod ごとの名前が得られません。',
  },
  'lint.monitor-dangling': {
    en: 'The ServiceMonitor selects no Service of these manifests.',
    ja: 'ServiceMonitor が、このマニフェスト群のどの Service も選択していません。',
  },
  'lint.no-namespace': {
    en: 'The object names no namespace of its own.',
    ja: 'オブジェクトに固有の名前空間が指定されていません。',
  },
  'lint.required-annotation': {
    en: 'The annotation `{key}` is missing or has another form than agreed.',
    ja: 'アノテーション `{key}` がないか、取り決めの書式と異なります。',
  },
  'lint.required-label': {
    en: 'The label `{key}` is missing.',
    ja: 'ラベル `{key}` がありません。',
  },
  'lint.forbidden-annotation': {
    en: 'The annotation `{key}: {value}` is not to be used here.',
    ja: 'アノテーション `{key}: {value}` は、ここでは使わない取り決めです。',
  },
  'lint.claim-annotation': {
    en: 'The volume claim template `{claim}` has no annotation `{key}`.',
    ja: 'ボリューム要求テンプレート `{claim}` に、アノテーション `{key}` がありません。',
  },
  'lint.sorted-keys': {
    en: 'Keys are not in alphabetical order: {actual}; expected: {expected}.',
    ja: 'キーがアルファベット順になっていません: {actual}。期待: {expected}。',
  },
  'lint.same-node-scaled': {
    en: 'Nothing keeps the replicas off one and the same node, and `replicas` is not written: somebody else decides how many there are.',
    ja: 'レプリカが同じノードに集まるのを防ぐ設定がありません。`replicas` も書かれておらず、数はほかの仕組みが決めます。',
  },
  'lint.scaler-many': {
    en: '`maxReplicas` is {maxReplicas}; agreed are at most {most}.',
    ja: '`maxReplicas` が {maxReplicas} です。取り決めは {most} 以下です。',
  },
  'lint.external-name': {
    en: "The Service sends whoever calls it to `{host}`, outside of the cluster's control.",
    ja: 'Service を呼び出すと、クラスターの管理外にある `{host}` へ送られます。',
  },
  'lint.name-label': {
    en: "The label `app.kubernetes.io/name` is {actual}, not the object's name `{name}`.",
    ja: 'ラベル `app.kubernetes.io/name` が {actual} で、オブジェクトの名前 `{name}` と一致しません。',
  },
  'lint.instance-label': {
    en: "The label `app.kubernetes.io/instance` is {actual}, not the object's name `{name}`.",
    ja: 'ラベル `app.kubernetes.io/instance` が {actual} で、オブジェクトの名前 `{name}` と一致しません。',
  },
} as const satisfies Record<string, Sentence>
