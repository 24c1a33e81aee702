/** Manifests shared by the tests of the static checks and of the real API server. */

export const web = (container = '', spec = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
${spec}  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: web:1
${container}`

const pod = (spec: string, kind = 'Pod'): string => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: a}\nspec:\n${spec}`

/** What an API server refuses although the shape is right: what is wrong, the manifest, and what our own checks find. */
export const REFUSED: readonly (readonly [what: string, text: string, ...findings: string[]])[] = [
  ['a name in capitals', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Web}\n', 'refused name.subdomain 3:18'],
  [
    'a Service that begins with a digit',
    'apiVersion: v1\nkind: Service\nmetadata: {name: 1web}\nspec: {ports: [{port: 80}]}\n',
    'refused name.service 3:18',
  ],
  ['no name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n', 'refused name.missing 3:1'],
  ['a label with a space', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {b: "c d"}}\n', 'refused name.label-value 3:33'],
  [
    'a selector that selects others',
    web().replace('matchLabels: {app: web}', 'matchLabels: {app: other}'),
    'refused selector.mismatch 7:3',
  ],
  [
    'an update that can replace nothing',
    web('', '  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}\n'),
    'refused strategy.both-zero 9:59',
  ],
  [
    'more asked than allowed',
    web('          resources: {limits: {cpu: 100m}, requests: {cpu: 1}}\n'),
    'refused resources.request-over-limit 16:60',
  ],
  ['a volume nobody declared', web('          volumeMounts: [{name: data, mountPath: /data}]\n'), 'refused pod.volume-missing 16:33'],
  [
    'a probe with two questions',
    web('          livenessProbe: {httpGet: {port: 80}, tcpSocket: {port: 80}}\n'),
    'refused probe.handler 16:11',
  ],
  ['a pause longer than the Pod has to end', web('          lifecycle: {preStop: {sleep: {seconds: 31}}}\n'), 'refused pod.pause 16:50'],
  ['a port beyond the last', web('          ports: [{containerPort: 70000}]\n'), 'refused field.port 16:35'],
  ['two containers of one name', pod('  containers: [{name: a, image: b}, {name: a, image: c}]\n'), 'refused pod.container-twice 5:44'],
  [
    'a Job that restarts for ever',
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers: [{name: a, image: b}]\n',
    'refused pod.restart-policy 6:5',
  ],
  [
    'a budget with both',
    'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {minAvailable: 1, maxUnavailable: 1}\n',
    'refused pdb.both 4:25',
  ],
  [
    'two ports without a name',
    'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{name: a, port: 1}, {port: 2}]}\n',
    'refused service.port-name 4:36',
  ],
]
