import type { ClusterLimits, ClusterNetwork, ClusterSpec } from '../contract-cluster.ts'
import { HOME, LABEL } from './labels.ts'
import type { Resource } from './resources.ts'

/** What a prepared namespace is made for and cannot be changed in it. Two submissions of one lab have the same. */
export interface NamespaceShape {
  readonly allows: readonly string[]
  readonly limits: ClusterLimits
  readonly network: ClusterNetwork
}

export const DEFAULT_CLUSTER_LIMITS: ClusterLimits = { pods: 12, cpus: 2, memoryMiB: 1024, objects: 20 }

export const shapeOf = ({ allows, limits, network = 'namespace' }: ClusterSpec): NamespaceShape => ({
  allows: [...new Set(allows)].toSorted(),
  limits: { ...DEFAULT_CLUSTER_LIMITS, ...limits },
  network,
})

export interface NamespaceSpec {
  readonly name: string
  readonly instance: string
  /** Seconds since the Unix epoch. */
  readonly deadline: number
  readonly shape: NamespaceShape
  /** Where the API server keeps each allowed kind. */
  readonly resources: readonly Resource[]
}

type Body = Readonly<Record<string, unknown>>

/** Everything that a submission's namespace holds before the learner's work, in the order it is made. The security posture of this driver. */
export const toNamespaceObjects = (spec: NamespaceSpec): readonly { readonly path: string; readonly body: Body }[] => {
  const inside = `namespaces/${spec.name}`
  return [
    { path: '/api/v1/namespaces', body: toNamespace(spec) },
    { path: `/api/v1/namespaces/${HOME}/serviceaccounts`, body: toAccount(spec) },
    { path: `/api/v1/${inside}/resourcequotas`, body: toQuota(spec) },
    { path: `/api/v1/${inside}/resourcequotas`, body: toPriorityQuota() },
    { path: `/api/v1/${inside}/limitranges`, body: toLimitRange(spec) },
    { path: `/apis/rbac.authorization.k8s.io/v1/${inside}/roles`, body: toRole(spec) },
    { path: `/apis/rbac.authorization.k8s.io/v1/${inside}/rolebindings`, body: toRoleBinding(spec) },
    ...toPolicies(spec).map((body) => ({ path: `/apis/networking.k8s.io/v1/${inside}/networkpolicies`, body })),
  ]
}

const labels = ({ instance, deadline }: NamespaceSpec): Body => ({
  [LABEL.instance]: instance,
  [LABEL.state]: 'ready',
  [LABEL.deadline]: String(deadline),
})

/** `warn` makes the API server say about a Deployment what `enforce` says only about its Pods. */
const toNamespace = (spec: NamespaceSpec): Body => ({
  metadata: {
    name: spec.name,
    labels: {
      ...labels(spec),
      [LABEL.sandbox]: spec.name,
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    },
  },
})

/**
 * The account that the learner's manifests are applied as. It lives outside the learner's namespace, so that no Pod there can take its
 * token: a Pod may only use accounts of its own namespace.
 */
const toAccount = (spec: NamespaceSpec): Body => ({
  metadata: { name: spec.name, labels: labels(spec) },
  automountServiceAccountToken: false,
})

/** Pods that have ended are in no other bound, and a workload whose Pods a kubelet refuses makes the next at once. */
const ENDED_PER_POD = 5

const toQuota = ({ shape: { limits }, resources }: NamespaceSpec): Body => ({
  metadata: { name: 'hatoba' },
  spec: {
    hard: {
      pods: String(limits.pods),
      'count/pods': String(limits.pods * ENDED_PER_POD),
      'requests.cpu': String(limits.cpus),
      'requests.memory': `${limits.memoryMiB}Mi`,
      'limits.cpu': String(limits.cpus * 2),
      'limits.memory': `${limits.memoryMiB}Mi`,
      'requests.storage': '1Gi',
      'requests.ephemeral-storage': '2Gi',
      'limits.ephemeral-storage': '2Gi',
      'services.nodeports': '0',
      'services.loadbalancers': '0',
      ...Object.fromEntries(
        resources
          .filter(({ plural }) => plural !== 'pods')
          .map(({ group, plural }) => [`count/${plural}${group === '' ? '' : `.${group}`}`, String(limits.objects)]),
      ),
    },
  },
})

/** The priorities that every cluster has for its own Pods, and every namespace may name: such a Pod ends others to take their room. */
const toPriorityQuota = (): Body => ({
  metadata: { name: 'hatoba-priority' },
  spec: {
    hard: { pods: '0' },
    scopeSelector: {
      matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-cluster-critical', 'system-node-critical'] }],
    },
  },
})

/** Defaults for what is not written, so that the quota refuses nobody who wrote nothing. */
const toLimitRange = ({ shape: { limits } }: NamespaceSpec): Body => ({
  metadata: { name: 'hatoba' },
  spec: {
    limits: [
      {
        type: 'Container',
        default: { cpu: '200m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
        defaultRequest: { cpu: '20m', memory: '32Mi', 'ephemeral-storage': '64Mi' },
        max: { cpu: String(limits.cpus), memory: `${limits.memoryMiB}Mi`, 'ephemeral-storage': '512Mi' },
      },
      { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } },
    ],
  },
})

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']

/** Exactly the kinds the lab allows; no subresource, so no exec, no ephemeral container, no eviction. */
const toRole = ({ resources }: NamespaceSpec): Body => ({
  metadata: { name: 'hatoba-learner' },
  rules: resources.map(({ group, plural }) => ({ apiGroups: [group], resources: [plural], verbs: VERBS })),
})

const toRoleBinding = ({ name }: NamespaceSpec): Body => ({
  metadata: { name: 'hatoba-learner' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'hatoba-learner' },
  subjects: [{ kind: 'ServiceAccount', name, namespace: HOME }],
})

const DNS = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
}

/** Our prober stands outside and may come in; nobody else from outside may. */
const proberOf = (name: string): Body => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': HOME } },
  podSelector: { matchLabels: { [LABEL.sandbox]: name } },
})

const toPolicies = ({ name, shape: { network } }: NamespaceSpec): readonly Body[] => {
  const deny = { metadata: { name: 'hatoba-deny' }, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }
  const inside = {
    metadata: { name: 'hatoba-inside' },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }, proberOf(name)] }],
      egress: [{ to: [{ podSelector: {} }] }, DNS],
    },
  }
  if (network === 'learner') return []
  return network === 'nothing' ? [deny] : [deny, inside]
}
