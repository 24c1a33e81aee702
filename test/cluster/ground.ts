import { customAlphabet } from 'nanoid'
import { inject } from 'vitest'
import type { Manifest } from '../../labs/kit/kubernetes/index.ts'
import { readManifests } from '../../labs/kit/kubernetes/index.ts'
import type { OpenKubernetesDriver } from '../../runner/sandbox/kubernetes/driver.ts'
import { openKubernetes } from '../../runner/sandbox/kubernetes/index.ts'

export const ground = inject('cluster')
/** Why this tier does not run, undefined where it does. */
export const missing = 'because' in ground ? ground.because : undefined

const newInstance = customAlphabet('abcdefghijklmnopqrstuvwxyz', 8)

/** A driver with a name of its own on the tests' cluster. */
export const openDriver = (options: { readonly instance?: string; readonly most?: number } = {}): Promise<OpenKubernetesDriver> => {
  if ('because' in ground) throw new Error(ground.because)
  return openKubernetes({ instance: `test-${newInstance()}`, proberImage: ground.image, kubeconfig: ground.kubeconfig, ...options })
}

export const image = 'because' in ground ? '' : ground.image

export const manifestsOf = (text: string): readonly Manifest[] => readManifests('work.yaml', text).manifests

const SECURE = 'securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}'
const TIGHT = 'securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}'

/** A server that says who it is, in a Deployment with a Service before it. */
export const web = ({
  name = 'web',
  replicas = 2,
}: {
  readonly name?: string
  readonly replicas?: number
} = {}): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      ${SECURE}
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: ${image}
          imagePullPolicy: IfNotPresent
          command: [node, -e, "console.log('up'); require('http').createServer((q, a) => { a.setHeader('x-served-by', require('os').hostname()); a.end('yes') }).listen(8080)"]
          readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
          ${TIGHT}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: ${name}}
  ports: [{port: 80, targetPort: 8080}]
`

export interface SafePod {
  readonly command?: readonly string[]
  /** What its container may use; the namespace's defaults where absent. */
  readonly limits?: Readonly<Record<string, string>>
  /** Further fields of its spec. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** The spec of a Pod that Pod Security `restricted` admits: one container in the tests' image. */
const safeSpec = ({ command = ['sleep', '600'], limits = {}, more = {} }: SafePod): Readonly<Record<string, unknown>> => {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
  return {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'main', image, imagePullPolicy: 'IfNotPresent', command, resources: { limits }, securityContext }],
    ...more,
  }
}

/** The manifest of such a Pod. */
export const safePod = (name: string, pod: SafePod = {}): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: safeSpec(pod) })

/** The manifest of a Deployment of such Pods. */
export const safeDeployment = (name: string, replicas: number, pod: SafePod = {}): string => {
  const labels = { app: name }
  const template = { metadata: { labels }, spec: safeSpec(pod) }
  const spec = { replicas, selector: { matchLabels: labels }, template }
  return JSON.stringify({ ...DEPLOYMENT, metadata: { name }, spec })
}

export const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const
export const POD = { apiVersion: 'v1', kind: 'Pod' } as const
export const ready =
  (replicas: number) =>
  (object: unknown): boolean =>
    ((object as { status?: { readyReplicas?: number } } | undefined)?.status?.readyReplicas ?? 0) === replicas
