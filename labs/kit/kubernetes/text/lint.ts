import type { Sentence } from './sentence.ts'

/** What an API server accepts and is still unwise. */
export const LINT_TEXT = {
  'lint.host-network': {
    en: "The Pod shares its node's network: it sees the node's interfaces and whatever listens there on localhost.",
    ja: 'Pod がノードのネットワークを共有しています。ノードのインターフェースや、localhost で待ち受けるものに届いてしまいます。',
  },
  'lint.host-ipc': {
    en: "The Pod shares its node's IPC: it can read the shared memory of other processes there.",
    ja: 'Pod がノードの IPC を共有しています。ほかのプロセスの共有メモリを読めてしまいます。',
  },
  'lint.host-pid': {
    en: 'The Pod sees every process of its node.',
    ja: 'Pod からノードのすべてのプロセスが見えます。',
  },
  'lint.host-port': {
    en: 'The container `{container}` takes port {port} of its node: only one such Pod fits on a node.',
    ja: 'コンテナ `{container}` がノードのポート {port} を占有します。1 つのノードに置ける Pod が 1 つになります。',
  },
  'lint.host-process': {
    en: 'A HostProcess container runs on the Windows node itself, with no isolation.',
    ja: 'HostProcess コンテナは、分離されずに Windows ノード上で直接動きます。',
  },
  'lint.privileged': {
    en: 'The container `{container}` is privileged: it may do what root on the node may do.',
    ja: 'コンテナ `{container}` は特権モードです。ノードの root と同じことができます。',
  },
  'lint.privilege-escalation': {
    en: 'A process in `{container}` may gain more rights than it was started with: `allowPrivilegeEscalation` is not false.',
    ja: '`{container}` のプロセスは、開始時より強い権限を得られます。`allowPrivilegeEscalation` が false になっていません。',
  },
  'lint.writable-root': {
    en: 'The root file system of `{container}` can be written to: `readOnlyRootFilesystem` is not true.',
    ja: '`{container}` のルートファイルシステムに書き込めます。`readOnlyRootFilesystem` が true になっていません。',
  },
  'lint.run-as-root': {
    en: '`{container}` may run as root: neither `runAsNonRoot: true` nor a `runAsUser` other than 0 holds for it.',
    ja: '`{container}` は root で動く可能性があります。`runAsNonRoot: true` も、0 以外の `runAsUser` も適用されていません。',
  },
  'lint.dangerous-capability': {
    en: '`{container}` is given {capability}, which is close to being root on the node.',
    ja: '`{container}` に {capability} が与えられています。ノードの root に近い権限です。',
  },
  'lint.insecure-capability': {
    en: '`{container}` keeps {count, plural, one {a capability} other {# capabilities}} it may not need: {capabilities}{count, plural, one {} =2 {} =3 {} other {, ...}}.',
    ja: '`{container}` に不要と思われるケーパビリティが {count} 個残っています: {capabilities}{count, plural, =1 {} =2 {} =3 {} other { など}}。',
    hint: {
      en: 'Drop `ALL`, then add what is really used.',
      ja: 'まず `ALL` を外し、実際に使うものだけを加えます。',
    },
  },
  'lint.net-raw': {
    en: '`{container}` keeps NET_RAW: it can forge packets to its neighbours.',
    ja: '`{container}` に NET_RAW が残っています。隣のコンテナへ偽装パケットを送れてしまいます。',
  },
  'lint.proc-mount': {
    en: '`{container}` mounts /proc with `procMount: {procMount}`, without what the engine normally hides.',
    ja: '`{container}` は `procMount: {procMount}` で /proc をマウントし、通常は隠される部分まで公開しています。',
  },
  'lint.sysctl': {
    en: 'The sysctl `{sysctl}` is not among the safe ones: a node must allow it, and other Pods there may feel it.',
    ja: 'sysctl `{sysctl}` は安全とされる一覧にありません。ノード側の許可が必要で、ほかの Pod にも影響し得ます。',
  },
  'lint.host-path': {
    en: "The Pod mounts `{hostPath}` of its node: it depends on that one node's disk, and can change it.",
    ja: 'Pod がノードの `{hostPath}` をマウントしています。特定のノードのディスクに依存し、その内容を変更できます。',
  },
  'lint.engine-socket': {
    en: "The Pod mounts the container engine's socket `{hostPath}`: who has it controls the node.",
    ja: 'Pod がコンテナエンジンのソケット `{hostPath}` をマウントしています。これを使えるとノード全体を操作できます。',
  },
  'lint.sensitive-mount': {
    en: 'The Pod mounts the system folder `{hostPath}` of its node.',
    ja: 'Pod がノードのシステムフォルダー `{hostPath}` をマウントしています。',
  },
  'lint.writable-host-mount': {
    en: '`{container}` can write to `{hostPath}` of its node: the mount is not `readOnly`.',
    ja: '`{container}` がノードの `{hostPath}` に書き込めます。マウントに `readOnly` が指定されていません。',
  },
  'lint.token-mounted': {
    en: 'The token of the ServiceAccount `{account}` is mounted into every container of the Pod.',
    ja: 'ServiceAccount `{account}` のトークンが、Pod のすべてのコンテナにマウントされます。',
    hint: {
      en: 'Does the program talk to the API server? If not, it needs no token.',
      ja: 'このプログラムは API サーバーと通信しますか。しないのであれば、トークンは不要です。',
    },
  },
  'lint.default-account': {
    en: 'The Pod uses the ServiceAccount `default`: what is granted to it is granted to every such Pod of the namespace.',
    ja: 'Pod が ServiceAccount `default` を使っています。これに与えた権限は、同じ名前空間の同様の Pod すべてに及びます。',
  },
  'lint.account-field': {
    en: '`serviceAccount: {account}` is the old name of the field; it is `serviceAccountName` now.',
    ja: '`serviceAccount: {account}` は古いフィールド名です。現在の名前は `serviceAccountName` です。',
  },
  'lint.account-missing': {
    en: 'The ServiceAccount `{account}` is not among these manifests: without it no Pod is created.',
    ja: 'ServiceAccount `{account}` がこのマニフェスト群にありません。存在しないと、Pod は作成されません。',
  },
  'lint.env-secret': {
    en: 'The variable `{name}` of `{container}` looks like a secret, and its value stands in the manifest.',
    ja: '`{container}` の変数 `{name}` は秘密情報のようですが、値がマニフェストに直接書かれています。',
  },
  'lint.env-secret-ref': {
    en: 'The variable `{name}` of `{container}` holds a Secret: variables end up in dumps and child processes, files do not.',
    ja: '`{container}` の変数 `{name}` に Secret の値が入ります。環境変数はダンプや子プロセスに渡りますが、ファイルなら渡りません。',
  },
  'lint.env-twice': {
    en: 'The variable `{name}` of `{container}` is given twice; the last one counts.',
    ja: '`{container}` の変数 `{name}` が 2 回指定されています。有効になるのは最後のものです。',
  },
  'lint.env-dangling': {
    en: 'The variable `{variable}` of `{container}` wants the key `{key}` of the {kind} `{name}`, which {has, select, yes {has no such key} other {is not among these manifests}}.',
    ja: '`{container}` の変数 `{variable}` は {kind} `{name}` のキー `{key}` を参照しますが、{has, select, yes {そのキーがありません} other {その {kind} がこのマニフェスト群にありません}}。',
  },
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
  'lint.image-tag': {
    en: 'The image `{image}` of `{container}` has no fixed tag: tomorrow it may be another program.',
    ja: '`{container}` のイメージ `{image}` にはタグが固定されていません。明日には別の内容になっているかもしれません。',
  },
  'lint.pull-policy': {
    en: '`{container}` pulls its image by `{policy}`: a node that has it asks the registry no more, neither for a newer one nor for permission.',
    ja: '`{container}` の取得ポリシーは `{policy}` です。イメージを持つノードは、新しい版も権限もレジストリーに確認しません。',
  },
  'lint.pull-policy-unwritten': {
    en: '`imagePullPolicy: Always` is not written for `{container}`; agreed is to write it.',
    ja: '`{container}` に `imagePullPolicy: Always` が書かれていません。取り決めでは明記します。',
  },
  'lint.no-liveness': {
    en: '`{container}` has no liveness probe: if it hangs, nobody restarts it.',
    ja: '`{container}` に liveness プローブがありません。応答しなくなっても再起動されません。',
  },
  'lint.no-readiness': {
    en: '`{container}` has no readiness probe: it gets requests as soon as it runs, ready or not.',
    ja: '`{container}` に readiness プローブがありません。準備ができていなくても、起動した時点でリクエストが届きます。',
  },
  'lint.probe-port': {
    en: '`{probe}` of `{container}` asks at port {port}, which the container does not name among its ports.',
    ja: '`{container}` の `{probe}` はポート {port} を確認しますが、コンテナの `ports` にありません。',
  },
  'lint.service-without-readiness': {
    en: 'A Service sends requests to these Pods, and no container has a readiness probe.',
    ja: 'Service がこの Pod にリクエストを送りますが、どのコンテナにも readiness プローブがありません。',
  },
  'lint.probes-identical': {
    en: 'Liveness and readiness of `{container}` ask the same: a Pod that should only be left alone for a while is restarted.',
    ja: '`{container}` の liveness と readiness が同じ確認をしています。しばらく外すだけで済む Pod まで再起動されます。',
  },
  'lint.no-cpu-request': {
    en: '`{container}` asks for no CPU: the scheduler places it as if it needed none.',
    ja: '`{container}` に CPU の要求量がありません。スケジューラーは CPU が不要なものとして配置します。',
  },
  'lint.no-memory-request': {
    en: '`{container}` asks for no memory: the scheduler places it as if it needed none, and it is evicted among the first.',
    ja: '`{container}` にメモリの要求量がありません。メモリが不要なものとして配置され、不足時には真っ先に退去させられます。',
  },
  'lint.no-cpu-limit': {
    en: '`{container}` has no CPU limit.',
    ja: '`{container}` に CPU の上限がありません。',
  },
  'lint.no-memory-limit': {
    en: "`{container}` has no memory limit: a leak takes the node's memory, not its own.",
    ja: '`{container}` にメモリの上限がありません。メモリリークがノード全体を圧迫します。',
  },
  'lint.no-ephemeral-storage': {
    en: "`{container}` lacks a request or a limit for `ephemeral-storage`: its logs and files can fill the node's disk.",
    ja: '`{container}` に `ephemeral-storage` の要求量または上限がありません。ログやファイルがノードのディスクを埋める可能性があります。',
  },
  'lint.limit-range': {
    en: 'The {resource} limit of `{container}` is {actual}; agreed is {least} to {most}.',
    ja: '`{container}` の {resource} の上限は {actual} ですが、取り決めは {least} から {most} までです。',
  },
  'lint.ssh-port': {
    en: '`{container}` opens port {port}, where SSH listens.',
    ja: '`{container}` がポート {port} を開いています。SSH のポートです。',
  },
  'lint.privileged-port': {
    en: '`{container}` uses port {port}: below 1024 a process needs more rights than it should have.',
    ja: '`{container}` がポート {port} を使っています。1024 未満のポートには余分な権限が必要です。',
  },
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
    en: "`minAvailable` ({minAvailable}) is more than the autoscaler's `minReplicas` ({minReplicas}).",
    ja: '`minAvailable` ({minAvailable}) が、オートスケーラーの `minReplicas` ({minReplicas}) を上回っています。',
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
} as const satisfies Record<string, Sentence>

export type LintId = keyof typeof LINT_TEXT
