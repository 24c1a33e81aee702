import { stringify } from 'yaml'
import { type LintId, lintManifests, readManifests } from '../../../labs/kit/kubernetes/index.ts'

export type Json = Record<string, unknown>
/** The rules that find something in these objects, in the order of the rules. */
export const found = (objects: readonly Json[], rules?: readonly LintId[]): string[] =>
  lintManifests(
    readManifests('a.yaml', objects.map((each) => stringify(each)).join('---\n')).manifests,
    rules === undefined ? {} : { rules },
  ).map(({ rule }) => rule)

/** A container that no rule minds which is asked of everybody. */
export const container = (more: Json = {}): Json => ({
  name: 'web',
  image: 'web:1',
  ports: [{ containerPort: 8080 }],
  readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
  ...more,
})
export const deployment = (pod: Json = {}, spec: Json = {}): Json => ({
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
export const withContainer = (more: Json): Json => deployment({ containers: [container(more)] })
export const object = (apiVersion: string, kind: string, spec: Json, name = 'web'): Json => ({ apiVersion, kind, metadata: { name }, spec })
