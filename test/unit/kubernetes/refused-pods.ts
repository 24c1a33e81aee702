import type { RefusedCase } from './refused-case.ts'

const pod = (spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {${spec}}\n`
const container = (fields: string): string => pod(`containers: [{name: a, image: b, ${fields}}]`)

/** Pods, and what is in them. */
export const REFUSED_PODS: readonly RefusedCase[] = [
  [
    'a port of the node twice',
    container('ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81, hostPort: 80}]'),
    'field.repeated',
    '80',
  ],
  [
    'another port of the node on its own network',
    pod('hostNetwork: true, containers: [{name: a, image: b, ports: [{containerPort: 80, hostPort: 81}]}]'),
    'pod.host-port',
    '81',
  ],
  [
    'a variable from two sources',
    container('env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}, secretKeyRef: {name: a, key: b}}}]'),
    'field.one-of',
    'valueFrom:',
  ],
  ['a variable from nowhere', container('env: [{name: A, valueFrom: {}}]'), 'field.one-of', 'valueFrom:'],
  [
    'a field that a Pod does not tell',
    container('env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.foo}}}]'),
    'field.choice',
    'spec.foo',
  ],
  ['an empty name', pod('containers: [{name: "", image: b}]'), 'field.empty', '""'],
  ['an image with a space before it', pod('containers: [{name: a, image: " b"}]'), 'pod.image-space', '" b"'],
  ['a limit below nothing', container('resources: {limits: {cpu: -1}}'), 'resources.negative', '-1'],
  ['a resource that there is not', container('resources: {limits: {cpus: 1}}'), 'resources.unknown', 'cpus:'],
  ['an added resource without a limit', container('resources: {requests: {nvidia.com/gpu: 1}}'), 'resources.same', '1'],
  [
    'an added resource with another limit',
    container('resources: {requests: {nvidia.com/gpu: 1}, limits: {nvidia.com/gpu: 2}}'),
    'resources.same',
    '1',
  ],
  ['half of an added resource', container('resources: {limits: {nvidia.com/gpu: 500m}}'), 'resources.whole', '500m'],
  [
    'huge pages with another limit',
    container('resources: {limits: {cpu: 1, hugepages-2Mi: 100Mi}, requests: {hugepages-2Mi: 50Mi}}'),
    'resources.same',
    '50Mi',
  ],
  [
    'a readiness probe with time to end',
    container('readinessProbe: {terminationGracePeriodSeconds: 5, httpGet: {port: 80}}'),
    'field.only-with',
    'terminationGracePeriodSeconds:',
  ],
  ['a probe that runs nothing', container('readinessProbe: {exec: {}}'), 'field.missing', 'exec:'],
  [
    'options of Windows on Linux',
    pod('os: {name: linux}, securityContext: {windowsOptions: {runAsUserName: a}}, containers: [{name: a, image: b}]'),
    'field.only-with',
    'windowsOptions:',
  ],
  ['a system that there is not', pod('os: {name: macos}, containers: [{name: a, image: b}]'), 'field.choice', 'macos'],
  [
    'privileges that may not be raised',
    container('securityContext: {privileged: true, allowPrivilegeEscalation: false}'),
    'field.exclusive',
    'false',
  ],
  ['a user below the first', container('securityContext: {runAsUser: -1}'), 'field.between', '-1'],
  [
    'a profile without its file',
    pod('securityContext: {seccompProfile: {type: Localhost}}, containers: [{name: a, image: b}]'),
    'field.missing',
    'seccompProfile:',
  ],
  [
    'a volume of two kinds',
    pod('containers: [{name: a, image: b}], volumes: [{name: v, emptyDir: {}, hostPath: {path: /a}}]'),
    'field.exclusive',
    'hostPath:',
  ],
  [
    'a path that leaves its volume',
    container('volumeMounts: [{name: v, mountPath: /a, subPath: ../b}]}], volumes: [{name: v'),
    'volume.upwards',
    '../b',
  ],
  ['no DNS at all', pod('dnsPolicy: None, containers: [{name: a, image: b}]'), 'field.missing', 'spec:'],
  [
    'a value that is not compared',
    pod('tolerations: [{key: a, operator: Exists, value: b}], containers: [{name: a, image: b}]'),
    'field.only-with',
    'value:',
  ],
  ['a toleration of nothing', pod('tolerations: [{value: b}], containers: [{name: a, image: b}]'), 'toleration.key', '{value: b}]'],
  [
    'seconds without an eviction',
    pod('tolerations: [{key: a, operator: Exists, effect: NoSchedule, tolerationSeconds: 3}], containers: [{name: a, image: b}]'),
    'field.only-with',
    'tolerationSeconds:',
  ],
  [
    'a weight of 0',
    pod(
      'affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, podAffinityTerm: {topologyKey: a}}]}}, containers: [{name: a, image: b}]',
    ),
    'field.between',
    '0',
  ],
  [
    'an empty topology',
    pod(
      'affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}, topologyKey: ""}]}}, containers: [{name: a, image: b}]',
    ),
    'field.empty',
    '""',
  ],
  ['a host without an address', pod('hostAliases: [{ip: a, hostnames: [b]}], containers: [{name: a, image: b}]'), 'net.address', 'a'],
  [
    'a guest in a manifest',
    pod('containers: [{name: a, image: b}], ephemeralContainers: [{name: c, image: d}]'),
    'pod.guests',
    'ephemeralContainers:',
  ],
  [
    'a mode of decimal digits',
    pod('volumes: [{name: v, configMap: {name: x, defaultMode: 644}}], containers: [{name: a, image: b}]'),
    'field.between',
    '644',
  ],
  ['a hook with two ways', container('lifecycle: {preStop: {exec: {command: [a]}, sleep: {seconds: 1}}}'), 'field.one-of', 'preStop:'],
  ['an added resource asked for and not limited', container('resources: {requests: {example.com/a: 1}}'), 'resources.same', '1'],
  ['a variable twice', container('env: [{name: A, value: b}, {name: A, value: c}]'), 'field.repeated', 'A, value: c'],
  ['a port twice', container('ports: [{name: a, containerPort: 80}, {name: b, containerPort: 80}]'), 'field.repeated', '80}]'],
  ['huge pages and nothing else', container('resources: {limits: {hugepages-2Mi: 4Mi}}'), 'resources.huge', 'resources:'],
]
