import { of, type RefusedCase } from './refused-case.ts'

/** Rights, storage, limits and what extends a cluster. */
export const REFUSED_CLUSTER: readonly RefusedCase[] = [
  [
    'a generated name in capitals',
    'apiVersion: v1\nkind: Pod\nmetadata: {generateName: Foo_}\nspec: {containers: [{name: a, image: b}]}\n',
    'name.subdomain',
    'Foo_',
  ],
  [
    'rights to do nothing',
    of('rbac.authorization.k8s.io/v1 ClusterRole', 'rules: [{apiGroups: [""], resources: [pods], verbs: []}]'),
    'field.empty',
    '[]}]',
  ],
  [
    'rights in no group',
    of('rbac.authorization.k8s.io/v1 ClusterRole', 'rules: [{resources: [pods], verbs: [get]}]'),
    'field.missing',
    '{resources: [pods]',
  ],
  [
    'URLs in one namespace',
    of('rbac.authorization.k8s.io/v1 Role', 'rules: [{nonResourceURLs: [/metrics], verbs: [get]}]'),
    'field.only-with',
    'nonResourceURLs:',
  ],
  [
    'URLs and resources in one rule',
    of(
      'rbac.authorization.k8s.io/v1 ClusterRole',
      'rules: [{nonResourceURLs: [/metrics], apiGroups: [""], resources: [pods], verbs: [get]}]',
    ),
    'field.exclusive',
    'nonResourceURLs:',
  ],
  [
    'a Role for the whole cluster',
    of(
      'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
      'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}\nsubjects: []',
    ),
    'field.choice',
    'Role',
  ],
  ['one key as text and as bytes', of('v1 ConfigMap', 'data: {a: b}\nbinaryData: {a: aGk=}'), 'field.repeated', 'a:'],
  ['a certificate without its key', of('v1 Secret', 'type: kubernetes.io/tls\ndata: {tls.crt: aGk=}'), 'field.missing', 'data:'],
  ['credentials under another key', of('v1 Secret', 'type: kubernetes.io/dockerconfigjson\ndata: {a: aGk=}'), 'field.missing', 'data:'],
  ['a claim that says not how', of('v1 PersistentVolumeClaim', 'spec: {resources: {requests: {storage: 1Gi}}}'), 'field.missing', 'spec:'],
  ['a claim that says not how much', of('v1 PersistentVolumeClaim', 'spec: {accessModes: [ReadWriteOnce]}'), 'field.missing', 'spec:'],
  [
    'a volume from nowhere',
    of('v1 PersistentVolume', 'spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}}'),
    'volume.nowhere',
    'spec:',
  ],
  [
    'a volume of no size',
    of('v1 PersistentVolume', 'spec: {accessModes: [ReadWriteOnce], hostPath: {path: /a}}'),
    'field.missing',
    'spec:',
  ],
  [
    'a volume from two places',
    of(
      'v1 PersistentVolume',
      'spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, hostPath: {path: /a}, nfs: {server: a, path: /}}',
    ),
    'field.exclusive',
    'nfs:',
  ],
  [
    'a local volume on every node',
    of('v1 PersistentVolume', 'spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, local: {path: /a}}'),
    'field.missing',
    'spec:',
  ],
  ['a priority above the highest', of('scheduling.k8s.io/v1 PriorityClass', 'value: 2000000000'), 'field.most', '2000000000'],
  [
    'a name of the system',
    'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: system-a}\nvalue: 200\n',
    'priority.system',
    'system-a',
  ],
  [
    'a policy that claims cannot have',
    of('storage.k8s.io/v1 StorageClass', 'provisioner: x\nreclaimPolicy: Recycle'),
    'field.choice',
    'Recycle',
  ],
  [
    'a maximum below the minimum',
    of('v1 LimitRange', 'spec: {limits: [{type: Container, min: {cpu: 2}, max: {cpu: 1}}]}'),
    'limits.order',
    '1',
  ],
  ['a quota of what is not counted', of('v1 ResourceQuota', 'spec: {hard: {cpus: 1}}'), 'resources.uncounted', 'cpus:'],
  [
    'a definition under another name',
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: foo.example.com}\nspec: {group: example.com, scope: Namespaced, names: {plural: foos, kind: Foo}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n',
    'definition.name',
    'foo.example.com',
  ],
  [
    'a definition that stores nothing',
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: foos.example.com}\nspec: {group: example.com, scope: Namespaced, names: {plural: foos, kind: Foo}, versions: [{name: v1, served: true, storage: false, schema: {openAPIV3Schema: {type: object}}}]}\n',
    'definition.storage',
    'versions:',
  ],
  [
    'a version without a schema',
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: foos.example.com}\nspec: {group: example.com, scope: Namespaced, names: {plural: foos, kind: Foo}, versions: [{name: v1, served: true, storage: true}]}\n',
    'field.missing',
    '{name: v1',
  ],
  [
    'a webhook with side effects',
    of(
      'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration',
      'webhooks: [{name: a.b.c, clientConfig: {url: "https://a"}, sideEffects: Some, admissionReviewVersions: [v1]}]',
    ),
    'field.choice',
    'Some',
  ],
  [
    'a claim for nothing',
    of('v1 PersistentVolumeClaim', 'spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 0}}}'),
    'resources.nothing',
    '0',
  ],
  [
    'ReadWriteOncePod beside another mode',
    of('v1 PersistentVolumeClaim', 'spec: {accessModes: [ReadWriteMany, ReadWriteOncePod], resources: {requests: {storage: 1Gi}}}'),
    'field.exclusive',
    'ReadWriteOncePod',
  ],
]
