import { describe, expect, test } from 'vitest'
import { acceptedManifests, checkManifests, describeFinding } from '../../../labs/kit/kubernetes/index.ts'
import { REFUSED, web } from './fixtures.ts'

const said = (text: string): string[] =>
  checkManifests({ 'a.yaml': text }).findings.map(({ level, rule, at }) => `${level} ${rule} ${at.line}:${at.column}`)

describe('a manifest of the right shape', () => {
  test('is accepted', () => {
    expect(said(web())).toEqual([])
    expect(said('')).toEqual([])
  })

  test('may write ports as numbers, amounts as numbers or text, and percentages', () => {
    const container =
      '          ports: [{containerPort: 80}]\n          resources: {limits: {cpu: 1, memory: 64Mi}, requests: {cpu: "0.5", memory: 6.4e7}}\n'
    expect(said(web(container, '  strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}\n'))).toEqual([])
  })
})

describe('the wrong shape', () => {
  test.each([
    ['a field that there is not', '          imagePulPolicy: Always\n', 'error field.unknown-similar 16:11'],
    ['a field in the wrong place', '          replicas: 1\n', 'error field.unknown 16:11'],
    ['text for a number', '          ports: [{containerPort: "80"}]\n', 'error field.unquote 16:35'],
    ['a number for text', '          env: [{name: A, value: 5}]\n', 'error field.quote 16:34'],
    ['a word that YAML takes for a boolean', '          env: [{name: A, value: on}]\n', 'error field.quote 16:34'],
    ['a broken number', '          ports: [{containerPort: 80.5}]\n', 'error field.whole 16:35'],
    ['an amount as nobody writes it', '          resources: {limits: {memory: 64MB}}\n', 'error field.quantity 16:40'],
    ['a list for a mapping', '          resources: []\n', 'error field.type 16:22'],
    ['a choice that there is not', '          imagePullPolicy: always\n', 'refused field.choice 16:28'],
  ])('%s is found at its place', (_, container, finding) => {
    expect(said(web(container))).toEqual([finding])
  })

  test('is a missing field, at the key of what lacks it', () => {
    expect(said('apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: 1\n')).toEqual([
      'error field.missing 4:1',
      'error field.missing 4:1',
    ])
  })

  test('is Base64 that is none', () => {
    expect(said('apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {p: "not base64!"}\n')).toEqual(['error field.base64 4:11'])
  })
})

test('what a StatefulSet claims has the shape of a claim', () => {
  const set = (claim: string): string =>
    `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec:\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}\n  volumeClaimTemplates: [${claim}]\n`
  expect(said(set('{metadata: {name: v}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}'))).toEqual([])
  expect(said(set('{metadata: {name: v}, spec: {accesModes: [ReadWriteOnce]}}'))).toEqual(['error field.unknown-similar 7:55'])
  expect(said(set('{metadata: {name: v}, spec: {resources: {requests: {storage: 1GB}}}}'))).toEqual(['error field.quantity 7:87'])
})

test('what is wrong in the schema of a custom resource is found below what may be a schema or not', () => {
  const crd = (properties: string): string =>
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.b.c}\nspec:\n  group: b.c\n  scope: Cluster\n  names: {plural: as, kind: A}\n  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          properties: {x: ${properties}}\n`
  expect(said(crd('{type: object, additionalProperties: {typ: string}}'))).toEqual(['error field.unknown-similar 15:65'])
  expect(said(crd('{type: array, items: {description: 1}}'))).toEqual(['error field.quote 15:62'])
  expect(said(crd('{type: object, additionalProperties: some}'))).toEqual(['error field.type 15:64'])
})

test.each([
  ['lines', 'data:\n  p: |\n    aGVs\n    bG8=\n', []],
  ['spaces', 'data: {p: "aGVs bG8="}\n', ['error field.base64 4:11']],
])('Base64 may have %s in it or not, as Go reads it', (_, data, findings) => {
  expect(said(`apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n${data}`)).toEqual(findings)
})

describe('apiVersion and kind', () => {
  test.each([
    ['extensions/v1beta1', 'Deployment', 'error api.replaced 1:13', /removed in Kubernetes 1\.16.*`apps\/v1`/],
    ['batch/v1beta1', 'CronJob', 'error api.replaced 1:13', /removed in Kubernetes 1\.25.*`batch\/v1`/],
    ['policy/v1beta1', 'PodSecurityPolicy', 'error api.removed 1:13', /removed in Kubernetes 1\.25/],
    ['apps/v1', 'Service', 'error api.elsewhere 1:13', /served as `v1`/],
    ['v1', 'Deployment', 'error api.elsewhere 1:13', /served as `apps\/v1`/],
    ['apps/v1', 'deployment', 'error api.similar-kind 2:7', /`Deployment`/],
    ['apps/v1', 'Deploymnet', 'error api.similar-kind 2:7', /`Deployment`/],
    ['v1', 'Bicycle', 'error api.unknown-kind 2:7', /no kind `Bicycle`/],
    ['storagemigration.k8s.io/v1alpha1', 'StorageVersionMigration', 'error api.unknown-kind 2:7', /no kind `StorageVersionMigration`/],
    ['example.com/v1', 'Widget', 'unknown api.third-party 1:13', /no schema/],
    ['v1', 'Endpoints', 'warning api.deprecated 1:13', /EndpointSlice/],
  ])('%s %s is told what it is', (apiVersion, kind, finding, sentence) => {
    const [first] = checkManifests({ 'a.yaml': `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n` }).findings
    expect(`${first?.level} ${first?.rule} ${first?.at.line}:${first?.at.column}`).toBe(finding)
    if (first !== undefined) expect(describeFinding(first).because.en).toMatch(sentence)
  })
})

test('a version that is gone hides nothing about the Pod, and an unknown kind is left alone', () => {
  const cron = (apiVersion: string): string =>
    `apiVersion: ${apiVersion}\nkind: CronJob\nmetadata: {name: a}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: b}]}}}}}\n`
  expect(said(cron('batch/v1beta1'))).toEqual(['error api.replaced 1:13', 'refused pod.restart-policy 4:40'])
  expect(said(cron('jobs.example.com/v1'))).toEqual(['unknown api.third-party 1:13'])
})

describe('what an API server refuses although the shape is right', () => {
  test.each(REFUSED)('%s is found at its place', (_, text, ...findings) => {
    expect(said(text)).toEqual(findings)
  })
})

test('a check answers with the first mistake, in words of the kit, and costs no try where nothing could be read', () => {
  const refused = acceptedManifests({ 'web.yaml': web('          imagePullPolicy: always\n') })
  expect(refused).toMatchObject({ answer: { status: 'failed', as: 'kubernetes.field.choice', at: { file: 'web.yaml', line: 16 } } })
  expect(acceptedManifests({ 'web.yaml': web('          image: twice\n') })).toMatchObject({
    answer: { status: 'rejected', as: 'kubernetes.yaml.duplicate-key' },
  })
  expect(acceptedManifests({ 'web.yaml': web() })).toHaveProperty('reading')
})
