import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkManifests } from '../../labs/kit/kubernetes/index.ts'
import type { Cluster } from '../../runner/sandbox/contract-cluster.ts'
import { connectApi } from '../../runner/sandbox/kubernetes/api.ts'
import type { OpenKubernetesDriver } from '../../runner/sandbox/kubernetes/driver.ts'
import { ApiError } from '../../runner/sandbox/kubernetes/fault.ts'
import { newResources, pathOf } from '../../runner/sandbox/kubernetes/resources.ts'
import { sharedJson, sharedText } from '../unit/kubernetes/corpus.ts'
import { REFUSED } from '../unit/kubernetes/fixtures.ts'
import { ground, image, manifestsOf, missing, openDriver, POD, web } from './ground.ts'

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

describe.skipIf(missing !== undefined)('out of reach of a Pod', () => {
  test('are the Pods of others, and every right at the API server', async () => {
    await using driver = await openDriver()
    if ((await driver.gaps()).includes('network-policy')) return console.info('skipped: this cluster enforces no NetworkPolicy')
    const allows = ['apps/v1 Deployment', 'v1 Service']
    const [mine, theirs] = await Promise.all(['a', 'b'].map((submission) => driver.open({ submission, deadlineSeconds: 600, allows })))
    if (mine === undefined || theirs === undefined) throw new Error('not opened')
    await using _mine = mine
    await using _theirs = theirs
    for (const each of [mine, theirs]) expect((await each.apply(manifestsOf(web({ replicas: 1 })))).refusals).toEqual([])
    const running = (cluster: Cluster) =>
      cluster.waitFor(
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        (object) => (object?.['status'] as { readyReplicas?: number } | undefined)?.readyReplicas === 1,
        { withinSeconds: 90 },
      )
    expect((await Promise.all([running(mine), running(theirs)])).map(({ met }) => met)).toEqual([true, true])
    const [pod] = await mine.list(POD)
    const ask = async (url: string): Promise<string> => {
      const script = `fetch(process.argv[1], {signal: AbortSignal.timeout(4000)}).then((r) => console.log(r.status), (e) => console.log(e.name))`
      const { stdout } = await mine.exec(pod?.metadata.name ?? '', ['node', '-e', script, url], { wallSeconds: 20 })
      return Buffer.from(stdout).toString().trim()
    }
    // Ready is not reachable: name server, Service and policy learn of a new Pod a moment later, each on its own.
    const own = await mine.exec(
      pod?.metadata.name ?? '',
      ['node', '-e', '(async () => { for (;;) try { console.log((await fetch("http://web/")).status); process.exit() } catch {} })()'],
      { wallSeconds: 60 },
    )
    expect(Buffer.from(own.stdout).toString().trim(), 'its own Service').toBe('200')
    expect(await ask(`http://web.${theirs.namespace}/`), "another's Service").not.toBe('200')
    // Policies do not hold a Pod back from its own node, and on one node that is where the API server is. It knows nobody there.
    const nameless = await mine.exec(
      pod?.metadata.name ?? '',
      [
        'node',
        '-e',
        'require("node:https").get({ host: "kubernetes.default.svc", path: "/api/v1/namespaces", rejectUnauthorized: false, timeout: 4000 }, (r) => { console.log(r.statusCode); process.exit() }).on("error", () => console.log("closed")).on("timeout", function () { this.destroy() })',
      ],
      { wallSeconds: 20 },
    )
    expect(['401', '403', 'closed']).toContain(Buffer.from(nameless.stdout).toString().trim())
    const token = await mine.exec(pod?.metadata.name ?? '', ['ls', '/var/run/secrets/kubernetes.io/serviceaccount/token'])
    expect(token.ended).not.toEqual({ by: 'itself', code: 0 })
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

  test(`say of ${texts.length} files what this API server says`, async () => {
    const api = connectApi('because' in ground ? {} : ground)
    const resources = newResources(api)
    const disagreements: string[] = []
    for (const [what, text] of texts) {
      const { manifests, findings } = checkManifests({ 'a.yaml': text })
      for (const manifest of manifests) {
        const resource = await resources.find(manifest)
        if (resource === undefined) continue
        const metadata = { ...(manifest.value['metadata'] as object | undefined), ...(resource.namespaced ? { namespace } : {}) }
        const refusal = await api
          .call({
            method: 'POST',
            path: pathOf(resource, namespace),
            query: { dryRun: 'All', fieldValidation: 'Strict' },
            body: { ...manifest.value, metadata },
          })
          .then(
            () => '',
            (thrown: unknown) => {
              if (thrown instanceof ApiError && thrown.code < 500) return thrown.status.message
              throw thrown
            },
          )
        // What depends on what else is in the cluster is no property of the manifest.
        if (/already exists|error looking up service account|not found/.test(refusal)) continue
        const ours = findings.filter(({ object, level }) => object === manifest.title && (level === 'error' || level === 'refused'))
        if ((refusal !== '') !== ours.length > 0)
          disagreements.push(`${what} ${manifest.title}: ${refusal || ours.map(({ rule }) => rule).join()}`)
      }
    }
    await api.close()
    expect(disagreements).toEqual([])
  })
})

test.skipIf(missing !== undefined)('the image of these tests is in the cluster', () => {
  expect(image).not.toBe('')
})
