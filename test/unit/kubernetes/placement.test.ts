import { describe, expect, test } from 'vitest'
import { type Manifest, podOf, readManifests } from '../../../labs/kit/kubernetes/index.ts'
import { toNode } from '../../../runner/sandbox/kubernetes/fleet.ts'
import { keptOff, placed } from '../../../runner/sandbox/kubernetes/placement.ts'

const namespace = 'hatoba-abcdefghij'
const deployment = (spec: object): Manifest => {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 2, template: { spec } } }
  const [manifest] = readManifests('web.yaml', JSON.stringify(object)).manifests
  if (manifest === undefined) throw new Error('a Deployment is an object')
  return manifest
}
const specOf = (manifest: Manifest): unknown => podOf(manifest)?.spec
const place = (spec: object): unknown =>
  specOf(placed(deployment(spec), { namespace, group: 'fleet', runtimeClasses: new Map([['win', `${namespace}-win`]]) }))
const OURS = { key: 'hatoba.dev/fleet', operator: 'Exists' }

describe('a Pod that is placed', () => {
  test('keeps what was written, with our label and our toleration behind it', () => {
    const tolerations = [{ key: 'os', operator: 'Equal', value: 'windows' }]
    expect(place({ nodeSelector: { 'kubernetes.io/os': 'windows' }, tolerations, hostNetwork: false })).toEqual({
      hostNetwork: false,
      nodeSelector: { 'kubernetes.io/os': 'windows', 'hatoba.dev/sandbox': namespace, 'group.hatoba.dev/fleet': '' },
      tolerations: [...tolerations, OURS],
    })
  })

  test('names the runtime classes of its fleet as the cluster does, and others as they were', () => {
    expect(place({ runtimeClassName: 'win' })).toMatchObject({ runtimeClassName: `${namespace}-win` })
    expect(place({ runtimeClassName: 'gvisor' })).toMatchObject({ runtimeClassName: 'gvisor' })
  })

  test('has fields of another shape left for the API server to refuse', () => {
    expect(place({ nodeSelector: 'windows', tolerations: {} })).toEqual({ nodeSelector: 'windows', tolerations: {} })
  })
})

describe('a Pod that nobody has placed', () => {
  const away = (spec: object, nodesApart = false): unknown => specOf(keptOff(deployment(spec), { namespace, nodesApart }))
  const elsewhere = { key: 'hatoba.dev/fleet', operator: 'DoesNotExist' }
  const required = (nodeSelectorTerms: readonly object[]) => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  })

  test('is left alone where it neither tolerates everything nor spreads itself', () => {
    const spec = { tolerations: [{ key: 'os', operator: 'Exists' }], nodeSelector: { a: 'b' } }
    expect(away(spec)).toEqual(spec)
  })

  test.each([[{ operator: 'Exists' }], [{ key: '', operator: 'Exists', effect: 'NoSchedule' }], [OURS]])(
    'is kept off played nodes where it tolerates %j',
    (toleration) => {
      expect(away({ tolerations: [toleration] })).toMatchObject(required([{ matchExpressions: [elsewhere] }]))
      const own = { key: 'disk', operator: 'In', values: ['fast'] }
      expect(away({ tolerations: [toleration], ...required([{ matchExpressions: [own] }, {}]) })).toMatchObject(
        required([{ matchExpressions: [own, elsewhere] }, { matchExpressions: [elsewhere] }]),
      )
    },
  )

  test('is kept off played nodes where it spreads itself, so that the nodes of others do not count', () => {
    const topologySpreadConstraints = [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' }]
    expect(away({ topologySpreadConstraints })).toEqual({ topologySpreadConstraints, ...required([{ matchExpressions: [elsewhere] }]) })
  })

  test('is kept off the control plane where there are nodes enough, whatever it tolerates, names or prefers', () => {
    const apart = { key: 'node-role.kubernetes.io/control-plane', operator: 'DoesNotExist' }
    const own = { key: 'disk', operator: 'In', values: ['fast'] }
    expect(away({}, true)).toEqual(required([{ matchExpressions: [apart] }]))
    expect(away({ nodeName: 'first', tolerations: [{ operator: 'Exists' }] }, true)).toMatchObject(
      required([{ matchExpressions: [elsewhere, apart] }]),
    )
    expect(away(required([{ matchExpressions: [own] }, {}]), true)).toEqual(
      required([{ matchExpressions: [own, apart] }, { matchExpressions: [apart] }]),
    )
  })

  test('is not what was placed in this namespace', () => {
    const spec = place({ tolerations: [{ operator: 'Exists' }] })
    expect(away(spec as object)).toEqual(spec)
    expect(away(spec as object, true)).toEqual(spec)
  })
})

test('a played node is ready from the beginning, has no address that a network could look for, and is closed to others', () => {
  const owner = { namespace, uid: 'one', labels: { 'hatoba.dev/sandbox': namespace, 'hatoba.dev/deadline': '1' } }
  const node = toNode(owner, { name: 'a', groups: ['x', 'y'], labels: { 'kubernetes.io/os': 'windows' }, allocatable: { cpu: '1' } })
  expect(node).toMatchObject({
    metadata: {
      name: `${namespace}-a`,
      labels: { ...owner.labels, 'kubernetes.io/os': 'windows', 'kubernetes.io/hostname': `${namespace}-a`, 'group.hatoba.dev/y': '' },
      ownerReferences: [{ kind: 'Namespace', name: namespace, uid: 'one' }],
    },
    spec: { taints: [{ key: 'hatoba.dev/fleet', value: namespace, effect: 'NoSchedule' }] },
    status: { addresses: [{ type: 'Hostname' }], conditions: [{ type: 'Ready', status: 'True' }] },
  })
})
