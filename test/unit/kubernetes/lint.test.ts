import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { LINT_RULES, type LintId, lintManifests, readManifests } from '../../../labs/kit/kubernetes/index.ts'

type Json = Record<string, unknown>
const found = (objects: readonly Json[], rules?: readonly LintId[]): string[] =>
  lintManifests(
    readManifests('a.yaml', objects.map((each) => stringify(each)).join('---\n')).manifests,
    rules === undefined ? {} : { rules },
  ).map(({ rule }) => rule)

const container = (more: Json = {}): Json => ({
  name: 'web',
  image: 'web:1',
  ports: [{ containerPort: 8080 }],
  readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
  ...more,
})
const deployment = (pod: Json = {}, spec: Json = {}): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        automountServiceAccountToken: false,
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
            ],
          },
        },
        containers: [container()],
        ...pod,
      },
    },
    ...spec,
  },
})
const withContainer = (more: Json): Json => deployment({ containers: [container(more)] })
const object = (apiVersion: string, kind: string, spec: Json, name = 'web'): Json => ({ apiVersion, kind, metadata: { name }, spec })

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
