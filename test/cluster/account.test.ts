import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster } from '../../runner/sandbox/contract-cluster.ts'
import { type Api, type ApiRequest, connectApi } from '../../runner/sandbox/kubernetes/api.ts'
import type { OpenKubernetesDriver } from '../../runner/sandbox/kubernetes/driver.ts'
import { ApiError } from '../../runner/sandbox/kubernetes/fault.ts'
import { HOME } from '../../runner/sandbox/kubernetes/labels.ts'
import { ground, manifestsOf, missing, openDriver, POD, safePod } from './ground.ts'

/** What no lab allows, asked for past our reading of manifests: with the token that the learner's manifests are applied with. */
describe.skipIf(missing !== undefined)("the learner's own account", () => {
  let driver: OpenKubernetesDriver
  let mine: Cluster
  let theirs: Cluster
  let ours: Api
  let learner: Api
  beforeAll(async () => {
    driver = await openDriver()
    const spec = { deadlineSeconds: 600, allows: ['v1 Pod', 'v1 ConfigMap'] }
    ;[mine, theirs] = await Promise.all([driver.open({ ...spec, submission: 'mine' }), driver.open({ ...spec, submission: 'theirs' })])
    ours = connectApi('because' in ground ? {} : ground)
    const path = `/api/v1/namespaces/${HOME}/serviceaccounts/${mine.namespace}/token`
    const { body } = await ours.call({ method: 'POST', path, body: { spec: { expirationSeconds: 600 } } })
    learner = ours.as((body as { status: { token: string } }).status.token)
    expect((await mine.apply(manifestsOf(safePod('web')))).refusals).toEqual([])
    await theirs.apply(manifestsOf('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs}\n'))
  })
  afterAll(async () => {
    await learner?.close()
    await ours?.close()
    await Promise.all([mine?.[Symbol.asyncDispose](), theirs?.[Symbol.asyncDispose]()])
    await driver?.[Symbol.asyncDispose]()
  })
  const answerTo = (request: ApiRequest): Promise<string> =>
    learner.call(request).then(
      () => 'done',
      (thrown: unknown) => {
        if (thrown instanceof ApiError) return `${thrown.code} ${thrown.status.message}`
        throw thrown
      },
    )
  const inMine = (rest: string): string => `/api/v1/namespaces/${mine.namespace}/${rest}`
  const inTheirs = (rest: string): string => `/api/v1/namespaces/${theirs.namespace}/${rest}`
  const merge = { method: 'PATCH', contentType: 'application/strategic-merge-patch+json' } as const
  const debug = { spec: { ephemeralContainers: [{ name: 'debug', image: 'debug:1', targetContainerName: 'main' }] } }
  const webhooks = '/apis/admissionregistration.k8s.io/v1'
  const rules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] }]
  const webhook = {
    metadata: { name: 'taken' },
    webhooks: [{ name: 'a.example.com', rules, clientConfig: { url: 'https://a' }, sideEffects: 'None', admissionReviewVersions: ['v1'] }],
  }

  test('may do what its lab allows, so that what follows is refused for what it is', async () => {
    expect(await answerTo({ path: inMine('pods/web') })).toBe('done')
    expect(await answerTo({ path: inMine('configmaps') })).toBe('done')
  })

  test.each<[string, () => ApiRequest]>([
    ['put an ephemeral container into its Pod', () => ({ ...merge, path: inMine('pods/web/ephemeralcontainers'), body: debug })],
    ['run a command in its Pod', () => ({ method: 'POST', path: inMine('pods/web/exec'), query: { command: 'id', stdout: true } })],
    ['attach to its Pod', () => ({ method: 'POST', path: inMine('pods/web/attach'), query: { stdout: true } })],
    ['reach a port of its Pod', () => ({ method: 'POST', path: inMine('pods/web/portforward') })],
    [
      'give its Pod more than the quota knows of',
      () => ({ ...merge, path: inMine('pods/web/resize'), body: { spec: { containers: [] } } }),
    ],
    [
      'put a Pod on a node past the scheduler',
      () => ({ method: 'POST', path: inMine('pods/web/binding'), body: { target: { name: 'a' } } }),
    ],
    ['say that its Pod is well', () => ({ ...merge, path: inMine('pods/web/status'), body: { status: { phase: 'Running' } } })],
    ['make a token', () => ({ method: 'POST', path: inMine('serviceaccounts/default/token'), body: { spec: {} } })],
    ["read another's Secrets", () => ({ path: inTheirs('secrets') })],
    ['read the Secrets of the cluster', () => ({ path: '/api/v1/namespaces/kube-system/secrets' })],
    ['read all Secrets', () => ({ path: '/api/v1/secrets' })],
    ['read Secrets here, which its lab does not allow', () => ({ path: inMine('secrets') })],
    ["read another's objects", () => ({ path: inTheirs('configmaps/theirs') })],
    ["write another's objects", () => ({ ...merge, path: inTheirs('configmaps/theirs'), body: { data: { a: 'b' } } })],
    ["remove another's namespace", () => ({ method: 'DELETE', path: `/api/v1/namespaces/${theirs.namespace}` })],
    ['see whose namespaces there are', () => ({ path: '/api/v1/namespaces' })],
    ['see our home', () => ({ path: `/api/v1/namespaces/${HOME}/pods` })],
    ['widen its quota', () => ({ ...merge, path: inMine('resourcequotas/hatoba'), body: { spec: { hard: { pods: '1000' } } } })],
    ['remove its quota', () => ({ method: 'DELETE', path: inMine('resourcequotas/hatoba') })],
    ['widen its limits', () => ({ method: 'DELETE', path: inMine('limitranges/hatoba') })],
    [
      'open its network',
      () => ({ method: 'DELETE', path: `/apis/networking.k8s.io/v1/namespaces/${mine.namespace}/networkpolicies/hatoba-deny` }),
    ],
    [
      'leave Pod Security',
      () => ({
        ...merge,
        path: `/api/v1/namespaces/${mine.namespace}`,
        body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
      }),
    ],
    [
      'give itself rights',
      () => ({
        ...merge,
        path: `/apis/rbac.authorization.k8s.io/v1/namespaces/${mine.namespace}/roles/hatoba-learner`,
        body: { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
      }),
    ],
    ['register a webhook that validates', () => ({ method: 'POST', path: `${webhooks}/validatingwebhookconfigurations`, body: webhook })],
    ['register a webhook that changes', () => ({ method: 'POST', path: `${webhooks}/mutatingwebhookconfigurations`, body: webhook })],
    ['change a node', () => ({ ...merge, path: '/api/v1/nodes/any', body: { spec: { unschedulable: true } } })],
    [
      'make a PriorityClass',
      () => ({ method: 'POST', path: '/apis/scheduling.k8s.io/v1/priorityclasses', body: { metadata: { name: 'taken' }, value: 1e9 } }),
    ],
  ])('cannot %s', async (_, request) => {
    expect(await answerTo(request())).toMatch(/^403 .* cannot /)
  })

  test('cannot write an ephemeral container into its Pod either, where it may write the rest', async () => {
    const { body } = await ours.call({ path: inMine('pods/web') })
    const pod = body as { spec: object }
    const changed = { ...pod, spec: { ...pod.spec, ...debug.spec } }
    expect(await answerTo({ method: 'PUT', path: inMine('pods/web'), body: changed })).toMatch(/^422 /)
    expect(await answerTo({ ...merge, path: inMine('pods/web'), body: debug })).toMatch(/^422 /)
  })

  test('leaves nothing of all that', async () => {
    expect((await mine.get({ ...POD, name: 'web' }))?.['spec']).not.toHaveProperty('ephemeralContainers')
    expect((await theirs.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'theirs' }))?.['data']).toBeUndefined()
    for (const kind of ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'])
      await expect(ours.call({ path: `${webhooks}/${kind}/taken` })).rejects.toMatchObject({ code: 404 })
    await expect(ours.call({ path: '/apis/scheduling.k8s.io/v1/priorityclasses/taken' })).rejects.toMatchObject({ code: 404 })
    const { body } = await ours.call({ path: inMine('resourcequotas/hatoba') })
    expect((body as { spec: { hard: { pods: string } } }).spec.hard.pods).toBe('12')
  })
})
