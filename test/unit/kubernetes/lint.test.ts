import { describe, expect, test } from 'vitest'
import { LINT_RULES, type LintId } from '../../../labs/kit/kubernetes/index.ts'
import { container, deployment, found, type Json, object, withContainer } from './lint-fixtures.ts'

test('a careful workload is clean', () => {
  expect(found([deployment(), object('v1', 'Service', { selector: { app: 'web' }, ports: [{ port: 80 }] })])).toEqual([])
})

describe('what is asked of everybody', () => {
  test.each<[LintId, readonly Json[]]>([
    ['lint.host-network', [deployment({ hostNetwork: true })]],
    ['lint.host-path', [deployment({ volumes: [{ name: 'a', hostPath: { path: '/data' } }] })]],
    [
      'lint.privileged',
      [
        withContainer({
          securityContext: {
            privileged: true,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
            capabilities: { drop: ['all'] },
          },
        }),
      ],
    ],
    [
      'lint.run-as-root',
      [
        withContainer({
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        }),
      ],
    ],
    [
      'lint.insecure-capability',
      [withContainer({ securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsUser: 1000 } })],
    ],
    ['lint.token-mounted', [deployment({ automountServiceAccountToken: undefined })]],
    ['lint.account-missing', [deployment({ serviceAccountName: 'gone' })]],
    ['lint.env-secret', [withContainer({ env: [{ name: 'DB_PASSWORD', value: 'x' }] })]],
    [
      'lint.env-twice',
      [
        withContainer({
          env: [
            { name: 'A', value: 'x' },
            { name: 'A', value: 'y' },
          ],
        }),
      ],
    ],
    ['lint.image-tag', [withContainer({ image: 'registry.example:5000/web' })]],
    ['lint.image-tag', [withContainer({ image: 'web:latest' })]],
    ['lint.no-readiness', [withContainer({ readinessProbe: undefined })]],
    ['lint.probe-port', [withContainer({ readinessProbe: { httpGet: { path: '/', port: 'http' } } })]],
    ['lint.probes-identical', [withContainer({ livenessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 } })]],
    ['lint.no-memory-limit', [withContainer({ resources: { requests: { cpu: '1', memory: '1Mi' }, limits: { memory: '0' } } })]],
    ['lint.same-node', [deployment({ affinity: undefined })]],
    ['lint.one-replica', [deployment({}, { replicas: 1 })]],
    ['lint.no-rolling-update', [deployment({}, { strategy: { type: 'Recreate' } })]],
    [
      'lint.spread-selector',
      [deployment({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] })],
    ],
    [
      'lint.budget-blocks',
      [deployment(), object('policy/v1', 'PodDisruptionBudget', { minAvailable: 2, selector: { matchLabels: { app: 'web' } } })],
    ],
    ['lint.budget-blocks', [object('policy/v1', 'PodDisruptionBudget', { maxUnavailable: '0%' })]],
    [
      'lint.scaler-dangling',
      [object('autoscaling/v2', 'HorizontalPodAutoscaler', { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'gone' } })],
    ],
    [
      'lint.scaled-replicas',
      [
        deployment(),
        object('autoscaling/v2', 'HorizontalPodAutoscaler', { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'web' } }),
      ],
    ],
    [
      'lint.policy-dangling',
      [deployment(), object('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: { matchLabels: { app: 'other' } } })],
    ],
    ['lint.service-dangling', [deployment(), object('v1', 'Service', { selector: { app: 'wbe' }, ports: [{ port: 80 }] })]],
    ['lint.node-port', [deployment(), object('v1', 'Service', { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80 }] })]],
    [
      'lint.ingress-dangling',
      [object('networking.k8s.io/v1', 'Ingress', { defaultBackend: { service: { name: 'gone', port: { number: 80 } } } })],
    ],
  ])('%s is found, and nothing else', (rule, objects) => {
    expect([...new Set(found(objects))]).toEqual([rule])
  })
})

const scaler = (spec: Json): Json =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', { scaleTargetRef: { kind: 'Deployment', name: 'web' }, ...spec })
const budget = (spec: Json): Json => object('policy/v1', 'PodDisruptionBudget', { selector: { matchLabels: { app: 'web' } }, ...spec })
const apart = (term: Json): Json =>
  deployment({
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } }, ...term },
        ],
      },
    },
  })
const secured = (securityContext: Json, pod: Json = {}): Json => deployment({ containers: [container({ securityContext })], ...pod })
const token = (expirationSeconds: number): Json =>
  deployment({ volumes: [{ name: 'a', projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds } }] } }] })
const config = (data: Json): Json => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data })
const resources = (requests: Json, limits: Json): Json => withContainer({ resources: { requests, limits } })
const labelled = (labels: Json): Json => ({ ...deployment(), metadata: { name: 'web', labels } })
const init = (more: Json): Json =>
  deployment({ securityContext: { runAsNonRoot: true }, initContainers: [{ name: 'prepare', image: 'web:1', ...more }] })

describe('what is found, and what is not', () => {
  test.each<[LintId, bad: readonly Json[], good: readonly Json[]]>([
    ['lint.unhardened', [secured({ runAsNonRoot: true })], [secured({ capabilities: { drop: ['MKNOD'] } })]],
    [
      'lint.unhardened',
      [secured({ seccompProfile: { type: 'Unconfined' } }, { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } })],
      [secured({ seccompProfile: { type: 'RuntimeDefault' } }, { securityContext: { seccompProfile: { type: 'Unconfined' } } })],
    ],
    [
      'lint.unhardened',
      [secured({ capabilities: { drop: ['ALL'], add: ['all'] } })],
      [secured({}, { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } })],
    ],
    ['lint.unhardened', [secured({}, { securityContext: { seLinuxOptions: {} } })], [secured({ seLinuxOptions: { level: 's0:c1' } })]],
    ['lint.no-seccomp', [deployment()], [deployment({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } })]],
    [
      'lint.low-id',
      [secured({ runAsUser: 12_000, runAsGroup: 1000 })],
      [secured({}, { securityContext: { runAsUser: 12_000, runAsGroup: 12_000 } })],
    ],
    ['lint.init-non-root-unwritten', [init({})], [init({ securityContext: { runAsNonRoot: true } })]],
    ['lint.token-lifetime', [token(100_000)], [token(3600)]],
    ['lint.config-secret', [config({ DB_PASSWORD: 'x' })], [config({ sort_key: 'name', greeting: 'hello' })]],
    ['lint.config-secret', [config({ a: '-----BEGIN EC PRIVATE KEY-----' })], [config({ a: '-----BEGIN CERTIFICATE-----' })]],
    ['lint.image-digest', [withContainer({ image: 'web:1' })], [withContainer({ image: `web@sha256:${'0'.repeat(64)}` })]],
    ['lint.no-startup', [deployment()], [withContainer({ startupProbe: { tcpSocket: { port: 8080 } } })]],
    ['lint.cpu-unequal', [resources({ cpu: '100m' }, { cpu: '1' })], [resources({ cpu: '500m' }, { cpu: 0.5 })]],
    ['lint.memory-unequal', [resources({ memory: '1Gi' }, {})], [resources({}, { memory: '1Gi' })]],
    [
      'lint.storage-unequal',
      [resources({ 'ephemeral-storage': '1Gi' }, { 'ephemeral-storage': '2Gi' })],
      [resources({ 'ephemeral-storage': '1Gi' }, { 'ephemeral-storage': '1024Mi' })],
    ],
    ['lint.limit-range', [resources({}, { memory: '104857599' })], [resources({}, { memory: '100Mi' })]],
    ['lint.same-node', [apart({ namespaces: ['other'] })], [apart({ namespaces: ['default'] })]],
    ['lint.same-node', [apart({ topologyKey: 'rack' })], [apart({ topologyKey: 'topology.kubernetes.io/zone' })]],
    [
      'lint.same-node-scaled',
      [deployment({ affinity: undefined }, { replicas: undefined })],
      [deployment({}, { replicas: undefined }), deployment({ affinity: undefined })],
    ],
    [
      'lint.rolling-update-unwritten',
      [deployment(), object('v1', 'Service', { selector: { app: 'web' }, ports: [{ port: 80 }] })],
      [
        deployment({}, { strategy: { type: 'RollingUpdate' } }),
        object('v1', 'Service', { selector: { app: 'web' }, ports: [{ port: 80 }] }),
      ],
    ],
    ['lint.scaler-many', [scaler({ maxReplicas: 101 })], [scaler({ maxReplicas: 100 })]],
    [
      'lint.budget-over-scaler',
      [deployment({}, { replicas: 10 }), scaler({ minReplicas: 5, maxReplicas: 9 }), budget({ minAvailable: '60%' })],
      [deployment({}, { replicas: undefined }), scaler({ minReplicas: 5, maxReplicas: 9 }), budget({ minAvailable: '60%' })],
    ],
    [
      'lint.external-name',
      [object('v1', 'Service', { type: 'ExternalName', externalName: 'elsewhere.example' })],
      [object('v1', 'Service', { ports: [{ port: 80 }] })],
    ],
    ['lint.name-label', [labelled({})], [labelled({ 'app.kubernetes.io/name': 'web' })]],
    ['lint.instance-label', [labelled({ 'app.kubernetes.io/instance': 'api' })], [labelled({ 'app.kubernetes.io/instance': 'web' })]],
  ])('%s', (rule, bad, good) => {
    expect(found(bad, [rule])).toContain(rule)
    expect(found(good, [rule])).toEqual([])
  })
})

describe('what is no fault', () => {
  test('init containers have no probes, Jobs are waited for by nobody', () => {
    const job = object('batch/v1', 'Job', { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1' }] } } })
    expect(found([job], ['lint.no-readiness', 'lint.no-liveness'])).toEqual([])
    expect(found([deployment({ initContainers: [{ name: 'a', image: 'a:1' }] })], ['lint.no-readiness'])).toEqual([])
  })

  test('a digest needs no tag, a registry with a port is no tag', () => {
    expect(
      found([withContainer({ image: 'web@sha256:aa' }), withContainer({ image: 'registry.example:5000/web:1' })], ['lint.image-tag']),
    ).toEqual([])
  })

  test('what the Pod says holds for its containers', () => {
    expect(
      found(
        [deployment({ securityContext: { runAsNonRoot: true }, containers: [container({ securityContext: {} })] })],
        ['lint.run-as-root'],
      ),
    ).toEqual([])
  })

  test('objects in other namespaces are other objects', () => {
    const elsewhere = {
      ...object('v1', 'Service', { selector: { app: 'web' }, ports: [{ port: 80 }] }),
      metadata: { name: 'web', namespace: 'b' },
    }
    expect(found([deployment(), elsewhere], ['lint.service-dangling'])).toEqual(['lint.service-dangling'])
  })
})

test('a rule is asked by name, and a matter of taste only then', () => {
  expect(found([deployment()], ['lint.no-cpu-limit'])).toEqual(['lint.no-cpu-limit'])
  expect(LINT_RULES.filter(({ optional }) => optional).map(({ id }) => id)).toContain('lint.sorted-keys')
})
