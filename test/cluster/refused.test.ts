import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkManifests } from '../../labs/kit/kubernetes/index.ts'
import type { Cluster } from '../../runner/sandbox/contract-cluster.ts'
import { type ApiRequest, connectApi } from '../../runner/sandbox/kubernetes/api.ts'
import type { OpenKubernetesDriver } from '../../runner/sandbox/kubernetes/driver.ts'
import { ApiError } from '../../runner/sandbox/kubernetes/fault.ts'
import { newResources, pathOf } from '../../runner/sandbox/kubernetes/resources.ts'
import { sharedJson, sharedText } from '../unit/kubernetes/corpus.ts'
import { REFUSED } from '../unit/kubernetes/fixtures.ts'
import { REFUSED_CASES } from '../unit/kubernetes/refused-cases.ts'
import { RIGHT } from '../unit/kubernetes/right-objects.ts'
import { ground, image, manifestsOf, missing, openDriver, web } from './ground.ts'

const ALLOWS = ['apps/v1 Deployment', 'v1 Service', 'v1 ConfigMap', 'v1 Pod', 'batch/v1 Job']

describe.skipIf(missing !== undefined)('the API server refuses the learner', () => {
  let driver: OpenKubernetesDriver
  let cluster: Cluster
  beforeAll(async () => {
    driver = await openDriver()
    cluster = await driver.open({ submission: 'refused', deadlineSeconds: 600, allows: ALLOWS, limits: { objects: 5 } })
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await driver?.[Symbol.asyncDispose]()
  })
  const refused = async (text: string): Promise<string[]> =>
    (await cluster.apply(manifestsOf(text))).refusals.map(({ reason, at }) => `${reason} ${at.line}:${at.column}`)
  const pod = (spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n${spec}`

  test.each([
    ['a kind that the lab does not allow', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n', 'kind 2:1'],
    ["another namespace's objects", 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: kube-system\n', 'namespace 5:3'],
    [
      'an object of the whole cluster',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\n',
      'namespace 3:1',
    ],
    [
      'a webhook',
      'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: a}\n',
      'namespace 3:1',
    ],
    ['a kind that there is not', 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n', 'kind 2:1'],
    ['a path for an API version', 'apiVersion: ../../api/v1\nkind: Secret\nmetadata: {name: a}\n', 'kind 2:1'],
    ['a node port', 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: NodePort, ports: [{port: 80}]}\n', 'quota 3:12'],
    [
      'a node port of its choice',
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}\n',
      'quota 3:12',
    ],
    [
      'a load balancer',
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n',
      'quota 3:12',
    ],
    [
      'the address of somebody else',
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  externalIPs: [192.0.2.1]\n  ports: [{port: 6443}]\n',
      'other 5:3',
    ],
    ['an ephemeral container', pod('  ephemeralContainers: [{name: b, image: c}]\n  containers: [{name: a, image: b}]\n'), 'invalid 5:3'],
    [
      'an ephemeral container in the Pods of a Deployment',
      web({ name: 'a' })
        .replace(/---.*/s, '')
        .replace('      containers:', '      ephemeralContainers: [{name: b, image: c}]\n      containers:'),
      'invalid 12:7',
    ],
    [
      'a privileged Pod',
      pod('  containers:\n    - name: a\n      image: b\n      securityContext: {privileged: true}\n'),
      'pod-security 8:25',
    ],
    [
      'a folder of the node',
      pod('  volumes:\n    - name: v\n      hostPath: {path: /}\n  containers: [{name: a, image: b}]\n'),
      'pod-security 6:7',
    ],
    ["the node's network", pod('  hostNetwork: true\n  containers: [{name: a, image: b}]\n'), 'pod-security 5:3'],
    [
      'more memory than allowed',
      web().replace('readinessProbe', 'resources: {limits: {memory: 64Gi}}\n          readinessProbe'),
      undefined,
    ],
    ['a field of the wrong type', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: [1]}\n', 'invalid 4:8'],
    [
      'a value that validation refuses',
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports:\n    - port: 80\n    - port: 81\n',
      'invalid 6:7',
    ],
  ])('%s, at its place', async (_, text, finding) => {
    const found = await refused(text)
    if (finding === undefined) expect(found).toEqual([])
    else expect(found).toContain(finding)
  })

  test('and leaves nothing of what it has refused', async () => {
    const kinds = ALLOWS.map((each) => each.split(' ')).map(([apiVersion = '', kind = '']) => ({ apiVersion, kind }))
    const found = await Promise.all(
      kinds.map(async (kind) => ((await cluster.get({ ...kind, name: 'a' })) === undefined ? [] : [kind.kind])),
    )
    expect(found.flat()).toEqual([])
  })

  test('a Deployment whose Pods would be refused, before anybody waits for them', async () => {
    const text = web({ name: 'unsafe' }).replace('runAsNonRoot: true, runAsUser: 1000, ', 'runAsUser: 0, ')
    const found = await refused(text)
    expect(found).toContain('pod-security 10:25')
    expect(found.every((each) => each.startsWith('pod-security '))).toBe(true)
  })

  test('a thousand objects, but for the first few', async () => {
    const text = Array.from({ length: 200 }, (_, index) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: many-${index}}\n`).join(
      '---\n',
    )
    const { objects, refusals } = await cluster.apply(manifestsOf(text))
    expect(objects.length).toBeLessThanOrEqual(5)
    expect(refusals).toHaveLength(200 - objects.length)
    expect(new Set(refusals.map(({ reason }) => reason))).toEqual(new Set(['quota']))
  })
})

describe.skipIf(missing !== undefined)('our own checks', () => {
  const namespace = 'default'
  const index = sharedJson<Record<'accept' | 'reject' | 'lint', readonly { readonly file: string }[]>>('corpus/kubernetes/index.json')
  const files = index === undefined ? [] : [...new Set(Object.values(index).flatMap((set) => set.map(({ file }) => file)))]
  const texts = [
    ...REFUSED.map(([what, text]) => [what, text] as const),
    ...files.map((file) => [file, sharedText(`corpus/kubernetes/${file}`)] as const),
  ]
  const edges = [...REFUSED_CASES, ...RIGHT]
    .map(([what, text]) => [what, text] as const)
    // Node ports are given out, and looked at, only when it is in earnest.
    .filter(([what]) => what !== 'a node port below the range')

  /** How the API server is asked without anything being kept: as by somebody who creates, or as labs apply. */
  type Way = (at: { readonly all: string; readonly one: string }) => Omit<ApiRequest, 'body'>
  const creating: Way = ({ all }) => ({ method: 'POST', path: all, query: { dryRun: 'All', fieldValidation: 'Strict' } })
  const applying: Way = ({ one }) => ({
    method: 'PATCH',
    path: one,
    query: { dryRun: 'All', fieldValidation: 'Strict', fieldManager: 'test', force: true },
    contentType: 'application/apply-patch+yaml',
  })

  const disagreements = async (asked: readonly (readonly [what: string, text: string])[], way: Way): Promise<readonly string[]> => {
    const api = connectApi('because' in ground ? {} : ground)
    const resources = newResources(api)
    const found: string[] = []
    for (const [what, text] of asked) {
      const { manifests, findings } = checkManifests({ 'a.yaml': text })
      for (const manifest of manifests) {
        const resource = await resources.find(manifest)
        if (resource === undefined) continue
        const metadata = { ...(manifest.value['metadata'] as object | undefined), ...(resource.namespaced ? { namespace } : {}) }
        const at = { all: pathOf(resource, namespace), one: pathOf(resource, namespace, manifest.name || '-') }
        const refusal = await api.call({ ...way(at), body: { ...manifest.value, metadata } }).then(
          () => '',
          (thrown: unknown) => {
            // What stands twice where it can be merged only once is refused with a 500.
            if (thrown instanceof ApiError && (thrown.code < 500 || /duplicate entries/.test(thrown.status.message)))
              return thrown.status.message
            throw thrown
          },
        )
        // What depends on what else is in the cluster is no property of the manifest.
        if (/already exists|error looking up service account|not found/.test(refusal)) continue
        const ours = findings.filter(({ object, level }) => object === manifest.title && (level === 'error' || level === 'refused'))
        if ((refusal !== '') !== ours.length > 0) found.push(`${what} ${manifest.title}: ${refusal || ours.map(({ rule }) => rule).join()}`)
      }
    }
    await api.close()
    return found
  }

  test(`say of ${texts.length} files what this API server says`, async () => {
    expect(await disagreements(texts, creating)).toEqual([])
  })

  test(`say of ${edges.length} manifests near an edge what this API server says`, async () => {
    expect(await disagreements(edges, applying)).toEqual([])
  })
})

test.skipIf(missing !== undefined)('the image of these tests is in the cluster', () => {
  expect(image).not.toBe('')
})
