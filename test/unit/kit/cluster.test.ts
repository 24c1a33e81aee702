import { describe, expect, test } from 'vitest'
import {
  acceptable,
  configMapOf,
  deploymentState,
  isRolledOut,
  manifestsIn,
  podState,
  podTable,
  refusedAnswer,
  releaseOf,
  servingPods,
  thinned,
} from '../../../labs/kit/cluster/index.ts'
import type { RequestRecord } from '../../../labs/kit/index.ts'
import type { ClusterObject, Seen } from '../../../runner/sandbox/contract-cluster.ts'

const pod = (name: string, { ready = false, ending = false, restarts = 0, waiting = '' } = {}): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    uid: name,
    resourceVersion: '1',
    creationTimestamp: '2026-11-21T11:00:00Z',
    ...(ending ? { deletionTimestamp: '2026-11-21T11:01:00Z' } : {}),
  },
  spec: { nodeName: 'one' },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [
      { name: 'a', ready, restartCount: restarts, state: waiting === '' ? { running: {} } : { waiting: { reason: waiting } } },
    ],
  },
})
const seen = (at: number, ...objects: ClusterObject[]): Seen => ({ at, objects })

describe('a Pod', () => {
  test('that was told to end gets no requests, whatever its probe says', () => {
    expect(podState(pod('a', { ready: true })).ready).toBe(true)
    expect(podState(pod('a', { ready: true, ending: true }))).toMatchObject({ ready: false, ending: true, graceSeconds: 30 })
  })

  test('just made has neither node nor containers, and can be read', () => {
    const { status: _, spec: __, ...bare } = pod('a')
    expect(podState({ ...bare, spec: {} })).toMatchObject({ node: undefined, restarts: 0, phase: 'Pending' })
  })

  test('is shown with the word that kubectl has for it', () => {
    const table = podTable([pod('a', { waiting: 'CrashLoopBackOff', restarts: 3 }), pod('b', { ready: true })])
    expect(table).toMatchObject({
      rows: [
        ['a', '0/1', 'CrashLoopBackOff', 3, 'one'],
        ['b', '1/1', 'Running', 0, 'one'],
      ],
      differing: [[0, 1]],
    })
  })
})

describe('how many Pods serve', () => {
  test('counts those that became ready until they are told to end, and not a missed probe', () => {
    const all = [
      seen(1, pod('a'), pod('b')),
      seen(2, pod('a', { ready: true }), pod('b', { ready: true })),
      seen(3, pod('a', { ready: false }), pod('b', { ready: true })),
      seen(4, pod('a', { ready: true, ending: true }), pod('b', { ready: true })),
    ]
    expect(servingPods(all)).toEqual([
      [1, 0],
      [2, 2],
      [4, 1],
    ])
  })
})

describe('a rollout', () => {
  const deployment = (status: object): ClusterObject => ({
    ...pod('a'),
    kind: 'Deployment',
    metadata: { ...pod('a').metadata, generation: 2 } as ClusterObject['metadata'],
    spec: { replicas: 2 },
    status,
  })
  test('has come to its end when all is new, available and seen by the controller', () => {
    const done = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 }
    expect(isRolledOut(deployment(done))).toBe(true)
    for (const not of [{ observedGeneration: 1 }, { replicas: 3 }, { updatedReplicas: 1 }, { availableReplicas: 1 }])
      expect(isRolledOut(deployment({ ...done, ...not }))).toBe(false)
    expect(isRolledOut(undefined)).toBe(false)
    expect(deploymentState(deployment({}))).toMatchObject({ wanted: 2, ready: 0, rolledOut: false })
  })
})

const WORK = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {team: ferry}}
    spec: {containers: [{name: web, image: 'x:1'}]}
`

describe('the static check', () => {
  const check = acceptable({ objects: { 'Deployment/web': 'web.yaml' }, reserved: ['Service/store'] })
  test('passes what an API server would take', () => {
    expect(check.run({ files: { 'web.yaml': WORK } })).toMatchObject({ status: 'passed', values: { objects: 1 } })
  })
  test('says which object is not there, which one is taken, and what cannot be read', () => {
    expect(check.run({ files: { 'web.yaml': WORK.replace('name: web}', 'name: wep}') } })).toMatchObject({ as: 'kubernetes.absent' })
    const store = `${WORK}---\napiVersion: v1\nkind: Service\nmetadata: {name: store}\nspec: {ports: [{port: 80}]}\n`
    expect(check.run({ files: { 'web.yaml': store } })).toMatchObject({ as: 'kubernetes.reserved', at: { file: 'web.yaml', line: 12 } })
    expect(check.run({ files: { 'web.yaml': WORK.replace('annotations', 'anotations') } })).toMatchObject({
      status: 'rejected',
      at: { line: 7 },
    })
    expect(check.run({ files: {} })).toMatchObject({ status: 'failed', as: 'kubernetes.absent' })
  })
  test('keeps the work to the kinds that it is about, where the lab says so', () => {
    const policies = acceptable({ objects: {}, files: ['policies.yaml'], kinds: ['NetworkPolicy'] })
    const policy = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}}\n'
    expect(policies.run({ files: { 'policies.yaml': policy } })).toMatchObject({ status: 'passed' })
    expect(policies.run({ files: { 'policies.yaml': `${policy}---\n${WORK}` } })).toMatchObject({
      as: 'kubernetes.other-kind',
      values: { object: 'Deployment/web', kinds: 'NetworkPolicy' },
      at: { file: 'policies.yaml', line: 7 },
    })
  })
})

describe('work', () => {
  test('becomes a new release by a mark on its Pods, and nothing else changes', () => {
    const [manifest] = manifestsIn({ 'web.yaml': WORK }, ['web.yaml'])
    if (manifest === undefined) throw new Error('one object')
    const { value, title } = releaseOf(manifest, 'two')
    expect(title).toBe('Deployment/web')
    expect(value).toMatchObject({
      spec: { template: { metadata: { labels: { app: 'web' }, annotations: { team: 'ferry', 'hatoba.dev/release': 'two' } } } },
    })
    expect(manifest.value).not.toMatchObject({ spec: { template: { metadata: { annotations: { 'hatoba.dev/release': 'two' } } } } })
  })

  test('comes with its programs in a ConfigMap', () => {
    expect(configMapOf('app', { 'a.js': 'x: "y"\n' }).value).toMatchObject({ kind: 'ConfigMap', data: { 'a.js': 'x: "y"\n' } })
  })

  test('that was refused is answered at the first refusal, with all of them below', () => {
    const at = { file: 'web.yaml', line: 3, column: 1 }
    const refusals = [
      { reason: 'quota', object: 'Deployment/web', message: 'too much', at } as const,
      { reason: 'other', object: 'Service/web', message: 'no', at } as const,
    ]
    expect(refusedAnswer(refusals)).toMatchObject({ as: 'kubernetes.api.quota', at, evidence: [{ rows: [{ length: 4 }, { length: 4 }] }] })
    expect(refusedAnswer([])).toBeUndefined()
  })
})

test('a picture keeps every failure and as many others as it can show', () => {
  const requests = Array.from({ length: 1000 }, (_, id) => ({ id: String(id), status: id % 100 === 0 ? 503 : 200 }) as RequestRecord)
  const failed = ({ status }: RequestRecord): boolean => status !== 200
  const kept = thinned(requests, failed, 100)
  expect(kept.filter(failed)).toHaveLength(10)
  expect(kept.length).toBeLessThanOrEqual(100)
  expect(thinned(requests, failed, 5000)).toHaveLength(1000)
})
