import type { PodOf } from '../pod.ts'
import type { Manifest } from '../read/manifest.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { isEmptySelector, selects } from '../selector.ts'
import { isTargeted } from './probes.ts'
import { type LintRule, objectRule, podRule, sameNamespace, specOf, type World } from './rule.ts'

/** Node labels by which no two Pods on different values are on one node. The `beta` ones are the older names of the same. */
const APART = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
])
const SPREADABLE = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'DeploymentConfig'])

/** The replicas that a workload is written for; 1 where nothing is written. */
export const replicasOf = (spec: Fields): number => (typeof spec['replicas'] === 'number' ? spec['replicas'] : 1)

/** The autoscaler that decides a workload's replicas, a KEDA ScaledObject included. */
export const scalersOf = (workload: Manifest, world: World): Manifest[] =>
  world.ofKind('HorizontalPodAutoscaler', 'ScaledObject').filter((scaler) => {
    const target = fieldsOf(specOf(scaler)['scaleTargetRef'])
    return sameNamespace(scaler, workload) && target['name'] === workload.name && (textOf(target['kind']) || 'Deployment') === workload.kind
  })

/** Whether a term of anti-affinity looks into this namespace. Without a word about namespaces it looks into the Pod's own. */
const looksInto = (term: Fields, namespace: string): boolean => {
  const { namespaces, namespaceSelector } = term
  return namespaceSelector === undefined ? listOf(namespaces).length === 0 || listOf(namespaces).includes(namespace) : true
}

/** Whether a term of anti-affinity keeps these Pods from each other's node. */
const keepsApart = ({ spec, labels }: PodOf, { namespace = 'default' }: Manifest): boolean => {
  const anti = fieldsOf(fieldsOf(spec['affinity'])['podAntiAffinity'])
  const terms = [
    ...listOf(anti['requiredDuringSchedulingIgnoredDuringExecution']).map(fieldsOf),
    ...listOf(anti['preferredDuringSchedulingIgnoredDuringExecution']).map((each) => fieldsOf(fieldsOf(each)['podAffinityTerm'])),
  ]
  return terms.some(
    (term) => APART.has(textOf(term['topologyKey'])) && selects(fieldsOf(term['labelSelector']), labels) && looksInto(term, namespace),
  )
}

const SCORE_APART = ['kube-score Deployment has host PodAntiAffinity', 'kube-score StatefulSet has host PodAntiAffinity']

/** Where Pods land, and how many there are. */
export const SCHEDULING_RULES: readonly LintRule[] = [
  podRule({ id: 'lint.same-node', sources: ['kube-linter no-anti-affinity', ...SCORE_APART] }, function* (pod, { manifest, spec }) {
    const replicas = replicasOf(spec)
    if (!SPREADABLE.has(manifest.kind) || replicas < 2 || keepsApart(pod, manifest)) return
    yield { path: [...pod.path, 'spec', 'affinity'], values: { replicas } }
  }),
  podRule({ id: 'lint.same-node-scaled', sources: SCORE_APART, optional: true }, function* (pod, { manifest, spec }) {
    if (!SPREADABLE.has(manifest.kind) || spec['replicas'] !== undefined || keepsApart(pod, manifest)) return
    yield { path: [...pod.path, 'spec', 'affinity'], values: {} }
  }),
  podRule(
    { id: 'lint.no-spread', sources: ['polaris topologySpreadConstraint'], optional: true },
    function* ({ spec, path }, { manifest }) {
      // What ends by itself is missed by nobody when a zone goes.
      if (manifest.kind === 'Job' || manifest.kind === 'CronJob') return
      if (listOf(spec['topologySpreadConstraints']).length === 0) yield { path: [...path, 'spec', 'topologySpreadConstraints'], values: {} }
    },
  ),
  podRule({ id: 'lint.spread-selector', sources: ['kube-score Pod Topology Spread Constraints'] }, function* ({ spec, labels, path }) {
    for (const [index, constraint] of listOf(spec['topologySpreadConstraints']).entries()) {
      const selector = fieldsOf(constraint)['labelSelector']
      if (isFields(selector) && selects(selector, labels)) continue
      yield {
        path: [...path, 'spec', 'topologySpreadConstraints', index, 'labelSelector'],
        values: { has: isFields(selector) && !isEmptySelector(selector) ? 'yes' : 'no' },
      }
    }
  }),
  podRule({ id: 'lint.no-node-affinity', sources: ['kube-linter no-node-affinity'], optional: true }, function* ({ spec, path }) {
    if (!isFields(fieldsOf(spec['affinity'])['nodeAffinity'])) yield { path: [...path, 'spec', 'affinity'], values: {} }
  }),
  podRule({ id: 'lint.no-priority-class', sources: ['polaris priorityClassNotSet'], optional: true }, function* ({ spec, path }) {
    if (textOf(spec['priorityClassName']) === '') yield { path: [...path, 'spec', 'priorityClassName'], values: {} }
  }),
  podRule(
    { id: 'lint.priority-class', sources: ['kube-linter priority-class-name'], optional: true },
    function* ({ spec, path }, _workload, { options }) {
      const name = textOf(spec['priorityClassName'])
      if (name !== '' && !options.priorityClasses.includes(name))
        yield { path: [...path, 'spec', 'priorityClassName'], values: { name, accepted: options.priorityClasses.join(', ') } }
    },
  ),
  podRule({ id: 'lint.restart-policy', sources: ['kube-linter restart-policy'], optional: true }, function* ({ spec, path }) {
    const policy = textOf(spec['restartPolicy'])
    if (policy !== 'Always' && policy !== 'OnFailure') yield { path: [...path, 'spec', 'restartPolicy'], values: { policy: policy || '-' } }
  }),
  podRule(
    { id: 'lint.ndots', sources: ['kube-linter dnsconfig-options'], optional: true },
    function* ({ spec, path }, _workload, { options }) {
      const given = listOf(fieldsOf(spec['dnsConfig'])['options']).map(fieldsOf)
      if (!given.some(({ name, value }) => name === 'ndots' && String(value) === options.ndots))
        yield { path: [...path, 'spec', 'dnsConfig'], values: { ndots: options.ndots } }
    },
  ),
  objectRule(
    {
      id: 'lint.few-replicas',
      sources: ['kube-linter minimum-three-replicas'],
      kinds: ['Deployment', 'DeploymentConfig', 'ReplicaSet', 'ReplicationController', 'StatefulSet'],
      optional: true,
    },
    function* (manifest, { options }) {
      const replicas = replicasOf(specOf(manifest))
      if (replicas < options.minimumReplicas) yield { path: ['spec', 'replicas'], values: { replicas, least: options.minimumReplicas } }
    },
  ),
  objectRule(
    { id: 'lint.one-replica', sources: ['polaris deploymentMissingReplicas', 'kube-score Deployment Replicas'], kinds: ['Deployment'] },
    function* (manifest, world) {
      const replicas = replicasOf(specOf(manifest))
      if (replicas < 2 && scalersOf(manifest, world).length === 0) yield { path: ['spec', 'replicas'], values: { replicas } }
    },
  ),
  objectRule(
    {
      id: 'lint.no-rolling-update',
      sources: ['kube-linter no-rolling-update-strategy', 'kube-score Deployment Strategy'],
      kinds: ['Deployment', 'DeploymentConfig'],
    },
    function* (manifest) {
      const type = textOf(fieldsOf(specOf(manifest)['strategy'])['type'])
      if (type !== '' && type !== 'RollingUpdate' && type !== 'Rolling') yield { path: ['spec', 'strategy', 'type'], values: { type } }
    },
  ),
  podRule(
    { id: 'lint.rolling-update-unwritten', sources: ['kube-score Deployment Strategy'], optional: true },
    function* (_pod, workload, world) {
      const { manifest, spec } = workload
      if (manifest.kind === 'Deployment' && isTargeted(workload, world) && fieldsOf(spec['strategy'])['type'] === undefined)
        yield { path: ['spec', 'strategy'], values: {} }
    },
  ),
  objectRule(
    { id: 'lint.naked-pod', sources: ['Kubernetes: Configuration Best Practices, naked Pods'], kinds: ['Pod'] },
    function* ({ value }) {
      if (listOf(fieldsOf(value['metadata'])['ownerReferences']).length === 0) yield { path: ['kind'], values: {} }
    },
  ),
  objectRule(
    { id: 'lint.job-ttl', sources: ['kube-linter job-ttl-seconds-after-finished'], kinds: ['Job', 'CronJob'], optional: true },
    function* ({ kind, value }) {
      const spec = fieldsOf(value['spec'])
      const managed = kind === 'CronJob'
      const ttl = managed ? fieldsOf(fieldsOf(spec['jobTemplate'])['spec'])['ttlSecondsAfterFinished'] : spec['ttlSecondsAfterFinished']
      const path = managed ? ['spec', 'jobTemplate', 'spec', 'ttlSecondsAfterFinished'] : ['spec', 'ttlSecondsAfterFinished']
      // A CronJob removes its own Jobs by their number; two clocks for one thing surprise.
      if ((ttl === undefined) !== managed) yield { path, values: { kind } }
    },
  ),
  objectRule(
    { id: 'lint.cron-deadline', sources: ['kube-score CronJob has deadline'], kinds: ['CronJob'], optional: true },
    function* (manifest) {
      if (specOf(manifest)['startingDeadlineSeconds'] === undefined) yield { path: ['spec', 'startingDeadlineSeconds'], values: {} }
    },
  ),
]
