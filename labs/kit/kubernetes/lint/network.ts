import type { Manifest } from '../read/manifest.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { matchesLabels, selects } from '../selector.ts'
import {
  annotationsOf,
  type LintRule,
  labelsOf,
  nameOf,
  objectRule,
  podRule,
  sameNamespace,
  specOf,
  type Workload,
  type World,
} from './rule.ts'

type Direction = 'Ingress' | 'Egress'

const policiesOf = ({ manifest, pod }: Workload, world: World): Manifest[] =>
  world
    .ofKind('NetworkPolicy')
    .filter((policy) => sameNamespace(policy, manifest) && selects(fieldsOf(specOf(policy)['podSelector']), pod.labels))

/**
 * The directions a policy isolates. Source: `networking.k8s.io/v1 NetworkPolicySpec.policyTypes`: Ingress always, and Egress where there
 * are egress rules, unless it is written.
 */
const isolates = (policy: Manifest, direction: Direction): boolean => {
  const { policyTypes, egress } = specOf(policy)
  const written = listOf(policyTypes)
  return written.length > 0 ? written.includes(direction) : direction === 'Ingress' || egress !== undefined
}
const hasRules = (policy: Manifest, direction: Direction): boolean => listOf(specOf(policy)[direction.toLowerCase()]).length > 0

interface Backend {
  readonly service: string
  readonly port: string
  readonly path: readonly (string | number)[]
}

/** Every Service an Ingress sends to, in the fields of its own API version. A backend that is a resource is none. */
const backendsOf = (ingress: Manifest): Backend[] => {
  const spec = specOf(ingress)
  const read = (backend: unknown, path: readonly (string | number)[]): Backend[] => {
    if (!isFields(backend) || isFields(backend['resource'])) return []
    if (ingress.apiVersion !== 'networking.k8s.io/v1')
      return [{ service: textOf(backend['serviceName']), port: String(backend['servicePort'] ?? ''), path: [...path, 'serviceName'] }]
    const service = fieldsOf(backend['service'])
    const port = fieldsOf(service['port'])
    return [{ service: nameOf(service), port: String(port['number'] ?? port['name'] ?? ''), path: [...path, 'service', 'name'] }]
  }
  return [
    ...read(spec['defaultBackend'], ['spec', 'defaultBackend']),
    ...read(spec['backend'], ['spec', 'backend']),
    ...listOf(spec['rules']).flatMap((rule, r) =>
      listOf(fieldsOf(fieldsOf(rule)['http'])['paths']).flatMap((path, p) =>
        read(fieldsOf(path)['backend'], ['spec', 'rules', r, 'http', 'paths', p, 'backend']),
      ),
    ),
  ]
}

const serves = (service: Manifest, port: string): boolean =>
  listOf(specOf(service)['ports']).some((each) => String(fieldsOf(each)['port']) === port || textOf(fieldsOf(each)['name']) === port)

const selectorOf = (service: Manifest): Fields => fieldsOf(specOf(service)['selector'])

/** Who can reach whom. */
export const NETWORK_RULES: readonly LintRule[] = [
  podRule({ id: 'lint.not-isolated', sources: ['kube-linter non-isolated-pod'], optional: true }, function* (pod, workload, world) {
    if (policiesOf(workload, world).length === 0) yield { path: [...pod.path, 'metadata', 'labels'], want: 'key', values: {} }
  }),
  podRule({ id: 'lint.half-isolated', sources: ['kube-score Pod NetworkPolicy'], optional: true }, function* (pod, workload, world) {
    const policies = policiesOf(workload, world)
    for (const direction of ['Ingress', 'Egress'] as const)
      if (!policies.some((policy) => isolates(policy, direction)))
        yield { path: [...pod.path, 'metadata', 'labels'], want: 'key', values: { direction } }
  }),
  podRule({ id: 'lint.no-policy-rules', sources: ['polaris missingNetworkPolicy'], optional: true }, function* (pod, workload, world) {
    const policies = policiesOf(workload, world)
    for (const direction of ['Ingress', 'Egress'] as const)
      if (!policies.some((policy) => isolates(policy, direction) && hasRules(policy, direction)))
        yield { path: [...pod.path, 'metadata', 'labels'], want: 'key', values: { direction } }
  }),
  objectRule(
    {
      id: 'lint.policy-dangling',
      sources: ['kube-score NetworkPolicy targets Pod', 'kube-linter dangling-networkpolicy'],
      kinds: ['NetworkPolicy'],
    },
    function* (policy, world) {
      const selector = fieldsOf(specOf(policy)['podSelector'])
      const everybody = Object.keys(selector).length === 0
      const found = world.workloads.some(({ manifest, pod }) => sameNamespace(manifest, policy) && selects(selector, pod.labels))
      if (!everybody && !found) yield { path: ['spec', 'podSelector'], want: 'key', values: {} }
    },
  ),
  objectRule(
    { id: 'lint.peer-dangling', sources: ['kube-linter dangling-networkpolicypeer-podselector'], kinds: ['NetworkPolicy'] },
    function* (policy, world) {
      for (const [field, side] of [
        ['ingress', 'from'],
        ['egress', 'to'],
      ] as const)
        for (const [r, rule] of listOf(specOf(policy)[field]).entries())
          for (const [p, peer] of listOf(fieldsOf(rule)[side]).entries()) {
            const { podSelector, namespaceSelector } = fieldsOf(peer)
            if (!isFields(podSelector) || Object.keys(podSelector).length === 0) continue
            // With a namespace selector the peer may be anywhere; without, it is in the policy's own namespace.
            const near = world.workloads.filter(({ manifest }) => namespaceSelector !== undefined || sameNamespace(manifest, policy))
            if (!near.some(({ pod }) => selects(podSelector, pod.labels)))
              yield { path: ['spec', field, r, side, p, 'podSelector'], want: 'key', values: {} }
          }
    },
  ),
  objectRule(
    { id: 'lint.service-dangling', sources: ['kube-score Service Targets Pod', 'kube-linter dangling-service'], kinds: ['Service'] },
    function* (service, world) {
      const selector = selectorOf(service)
      if (Object.keys(selector).length === 0) return
      if (!world.workloads.some(({ manifest, pod }) => sameNamespace(manifest, service) && matchesLabels(selector, pod.labels)))
        yield {
          path: ['spec', 'selector'],
          want: 'key',
          values: {
            selector: Object.entries(selector)
              .map(([key, value]) => `${key}=${String(value)}`)
              .join(', '),
          },
        }
    },
  ),
  objectRule(
    { id: 'lint.node-port', sources: ['kube-score Service Type', 'kube-linter exposed-services'], kinds: ['Service'] },
    function* (service) {
      if (specOf(service)['type'] === 'NodePort') yield { path: ['spec', 'type'], values: {} }
    },
  ),
  objectRule(
    { id: 'lint.load-balancer', sources: ['kube-linter exposed-services'], kinds: ['Service'], optional: true },
    function* (service) {
      if (specOf(service)['type'] === 'LoadBalancer') yield { path: ['spec', 'type'], values: {} }
    },
  ),
  objectRule(
    { id: 'lint.external-name', sources: ['kube-linter externalname-service-redirect'], kinds: ['Service'], optional: true },
    function* (service) {
      const host = textOf(specOf(service)['externalName'])
      if (specOf(service)['type'] === 'ExternalName' && host !== '') yield { path: ['spec', 'externalName'], values: { host } }
    },
  ),
  objectRule(
    { id: 'lint.ingress-dangling', sources: ['kube-score Ingress targets Service', 'kube-linter dangling-ingress'], kinds: ['Ingress'] },
    function* (ingress, world) {
      for (const { service, port, path } of backendsOf(ingress)) {
        const found = world.ofKind('Service').find((each) => each.name === service && sameNamespace(each, ingress))
        if (found === undefined || !serves(found, port))
          yield { path, values: { service: service || '?', port: port || '?', has: found === undefined ? 'no' : 'yes' } }
      }
    },
  ),
  objectRule({ id: 'lint.ingress-tls', sources: ['polaris tlsSettingsMissing'], kinds: ['Ingress'], optional: true }, function* (ingress) {
    const redirected = Object.keys(annotationsOf(ingress)).some((key) => key.includes('certificate'))
    if (listOf(specOf(ingress)['tls']).length === 0 && !redirected) yield { path: ['spec', 'tls'], values: {} }
  }),
  objectRule(
    { id: 'lint.statefulset-service', sources: ['kube-score StatefulSet has ServiceName'], kinds: ['StatefulSet'] },
    function* (set, world) {
      const name = textOf(specOf(set)['serviceName'])
      const pod = world.workloads.find(({ manifest }) => manifest === set)?.pod
      const good = world
        .ofKind('Service')
        .some(
          (each) =>
            each.name === name &&
            sameNamespace(each, set) &&
            specOf(each)['clusterIP'] === 'None' &&
            matchesLabels(selectorOf(each), pod?.labels ?? {}),
        )
      if (!good) yield { path: ['spec', 'serviceName'], values: { name: name || '-' } }
    },
  ),
  objectRule(
    { id: 'lint.monitor-dangling', sources: ['kube-linter dangling-servicemonitor'], kinds: ['ServiceMonitor'] },
    function* (monitor, world) {
      const { selector, namespaceSelector } = specOf(monitor)
      const wanted = fieldsOf(selector)
      const namespaces = listOf(fieldsOf(namespaceSelector)['matchNames'])
      const found = world
        .ofKind('Service')
        .some((each) => (namespaces.length === 0 || namespaces.includes(each.namespace ?? 'default')) && selects(wanted, labelsOf(each)))
      if (!found) yield { path: ['spec', selector === undefined ? 'namespaceSelector' : 'selector'], want: 'key', values: {} }
    },
  ),
]
