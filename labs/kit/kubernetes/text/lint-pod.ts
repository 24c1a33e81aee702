import type { Sentence } from './sentence.ts'

/** What is unwise about Pods and their containers. */
export const POD_TEXT = {
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
  'lint.unhardened': {
    en: 'Nothing restrains `{container}` in the kernel: no seccomp profile, no AppArmor, no SELinux options, no dropped capability.',
    ja: '`{container}` をカーネルで制限するものがありません。seccomp プロファイル、AppArmor、SELinux オプション、ケーパビリティの削除のいずれもありません。',
  },
  'lint.no-seccomp': {
    en: 'Neither the Pod nor `{container}` names a `seccompProfile`.',
    ja: 'Pod にも `{container}` にも `seccompProfile` が指定されていません。',
  },
  'lint.low-id': {
    en: '`{field}` of `{container}` is {actual}; agreed is {least} or more, so that it is nobody on the node.',
    ja: '`{container}` の `{field}` は {actual} です。取り決めは {least} 以上です。ノード上のユーザーやグループとの重複を避けるためです。',
  },
  'lint.init-non-root-unwritten': {
    en: 'The init container `{container}` does not write `runAsNonRoot: true` itself, as agreed; it holds only as long as the Pod says so.',
    ja: 'init コンテナ `{container}` 自身に `runAsNonRoot: true` が書かれていません。取り決めでは明記します。今は Pod の設定だけが頼りです。',
  },
  'lint.token-lifetime': {
    en: 'The projected token lives for {seconds} seconds: whoever steals it can use it for more than a day.',
    ja: '投影されたトークンの有効期間が {seconds} 秒です。盗まれると 1 日を超えて使われ得ます。',
  },
  'lint.config-secret': {
    en: 'The key `{key}` of the ConfigMap looks like a secret; a ConfigMap is read by many and hidden from nobody.',
    ja: 'ConfigMap のキー `{key}` は秘密情報のようです。ConfigMap は秘匿されず、多くの利用者が読めます。',
  },
  'lint.image-digest': {
    en: 'The image `{image}` of `{container}` is not named by its digest: a tag can be moved.',
    ja: '`{container}` のイメージ `{image}` がダイジェストで指定されていません。タグの指す先は変わり得ます。',
  },
  'lint.no-startup': {
    en: '`{container}` has no startup probe.',
    ja: '`{container}` に startup プローブがありません。',
  },
  'lint.cpu-unequal': {
    en: 'The CPU request of `{container}` ({request}) is not its limit ({limit}).',
    ja: '`{container}` の CPU の要求量 ({request}) が上限 ({limit}) と一致しません。',
  },
  'lint.memory-unequal': {
    en: 'The memory request of `{container}` ({request}) is not its limit ({limit}).',
    ja: '`{container}` のメモリの要求量 ({request}) が上限 ({limit}) と一致しません。',
  },
  'lint.storage-unequal': {
    en: 'The request for temporary storage of `{container}` ({request}) is not its limit ({limit}).',
    ja: '`{container}` の一時ストレージの要求量 ({request}) が上限 ({limit}) と一致しません。',
  },
} as const satisfies Record<string, Sentence>
