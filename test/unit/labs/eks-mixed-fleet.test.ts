import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { manifestsIn } from '../../../labs/kit/cluster/index.ts'
import { type Fields, podOf } from '../../../labs/kit/kubernetes/index.ts'
import { buildOf, obstacle } from '../../../labs/windows/eks-mixed-fleet/builds.ts'
import { filterOf, saidBy } from '../../../labs/windows/eks-mixed-fleet/explain.ts'
import { FILES, FLEET, fileOf, fleetIn, imagesIn, WORKLOADS, type Workload, without } from '../../../labs/windows/eks-mixed-fleet/given.ts'
import { makingOf } from '../../../labs/windows/eks-mixed-fleet/pods.ts'
import { misplacedIn } from '../../../labs/windows/eks-mixed-fleet/seen.ts'

const at = (path: string) => readFile(new URL(`../../../labs/windows/eks-mixed-fleet/${path}`, import.meta.url), 'utf8')
const read = async (folder: string) =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(FILES).map(async ([file, access]) => [file, await at(`${access === 'read' ? 'starter' : folder}/${file}`)] as const),
    ),
  ) as Record<keyof typeof FILES, string>
const starter = await read('starter')
const solution = await read('solution')
const { nodes, runtimeClasses } = fleetIn(starter)
const images = imagesIn(starter)
const nodeOf = (name: string) => {
  const node = nodes.find((each) => each.name === name)
  if (node === undefined) throw new Error(`no node ${name}`)
  return node
}
const specOf = (workload: Workload, files = solution): Fields => {
  const [manifest] = manifestsIn(files, [fileOf(workload)])
  const pod = manifest === undefined ? undefined : podOf(manifest)
  if (pod === undefined) throw new Error('a Deployment has Pods')
  return pod.spec
}

describe('an image in process isolation', () => {
  const windows = (build: string) => ({ os: 'windows', build })
  test.each([
    ['10.0.17763', '10.0.17763', undefined],
    ['10.0.17763', '10.0.20348', 'build'],
    ['10.0.20348', '10.0.17763', 'build'],
    ['10.0.20348', '10.0.20348', undefined],
    // Microsoft's table has this one pair of different builds.
    ['10.0.20348', '10.0.26100', undefined],
    ['10.0.26100', '10.0.20348', 'build'],
    ['10.0.17763', '10.0.26100', 'build'],
  ])('of build %s on a node of build %s: %s', (image, node, expected) => {
    expect(obstacle(windows(image), windows(node))).toBe(expected)
  })

  test('starts on its own operating system only, whatever its revision', () => {
    expect(obstacle({ os: 'linux' }, windows('10.0.20348'))).toBe('os')
    expect(obstacle(windows('10.0.20348'), { os: 'linux' })).toBe('os')
    expect(obstacle({ os: 'linux' }, { os: 'linux' })).toBeUndefined()
    expect(buildOf('10.0.17763.6414')).toBe('10.0.17763')
  })
})

describe('the fleet', () => {
  test('has each workload a kind of node, and a spare of every other kind for when that is missing', () => {
    const inGroup = (group: string) => nodes.filter(({ groups }) => groups.includes(group)).map(({ name }) => name)
    expect(inGroup(FLEET)).toEqual(['linux-a', 'win2019-a', 'win2019-b', 'win2022-a', 'win2022-b'])
    expect(Object.fromEntries(WORKLOADS.map((workload) => [workload, inGroup(without(workload))]))).toEqual({
      timetable: ['win2019-a-spare', 'win2022-a-spare'],
      ticketing: ['linux-a-spare', 'win2022-a-spare'],
      billing: ['linux-a-spare', 'win2019-a-spare'],
    })
    // Only a selector can keep a copy off these: a taint is not its own to rely on.
    expect(nodes.filter(({ groups }) => !groups.includes(FLEET)).flatMap(({ taints }) => taints)).toEqual([])
    expect(runtimeClasses.map(({ name }) => name)).toEqual(['windows-2019', 'windows-2022'])
  })

  test('has room for all copies of the starter wherever they go, so that it fails by where and never by whether', () => {
    const [large, small] = [2560, 256]
    const memory = (name: string) => Number.parseInt(nodeOf(name).allocatable['memory'] ?? '', 10)
    // Nothing is kept out by the small copies: with all three on one node two large ones fit still.
    for (const { name } of nodes) expect(memory(name)).toBeGreaterThanOrEqual(2 * large + 3 * small)
    const open = nodes.filter(({ groups, taints }) => groups.includes(FLEET) && taints.length === 0)
    expect(open.length * 2).toBeGreaterThanOrEqual(images.ticketing.copies + images.billing.copies)
    // And the copies of ticketing need both of their nodes.
    expect(memory('win2019-a')).toBeLessThan(3 * large)
  })

  test('gives no label that is another one after a renewal', () => {
    for (const { labels } of nodes) expect(Object.keys(labels)).not.toContain('kubernetes.io/hostname')
  })
})

describe('what the scheduler did is explained', () => {
  test.each([
    ['ticketing', 'win2019-a', undefined],
    ['ticketing', 'win2022-a', 'NodeAffinity'],
    ['billing', 'win2019-a', 'TaintToleration'],
    ['billing', 'win2022-b', undefined],
    ['timetable', 'linux-a', undefined],
    ['timetable', 'win2019-a', 'TaintToleration'],
    ['timetable', 'win2022-a', 'NodeAffinity'],
  ] as const)('for %s on %s by %s', (workload, node, expected) => {
    expect(filterOf(specOf(workload), nodeOf(node))).toBe(expected)
  })

  test('by what a Pod asks for, by affinity as by selector, and by nothing of ours', () => {
    const spec = specOf('ticketing')
    const containers = [{ name: 'a', resources: { requests: { memory: '8Gi' } } }]
    expect(filterOf({ ...spec, containers }, nodeOf('win2019-a'))).toBe('NodeResourcesFit')
    const terms = (build: string) => ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'node.kubernetes.io/windows-build', operator: 'In', values: [build] }] }],
        },
      },
    })
    const open = { tolerations: [{ operator: 'Exists' }], nodeSelector: { 'hatoba.dev/sandbox': 'x', 'group.hatoba.dev/fleet': '' } }
    expect(filterOf({ ...open, affinity: terms('10.0.17763') }, nodeOf('win2019-a'))).toBeUndefined()
    expect(filterOf({ ...open, affinity: terms('10.0.20348') }, nodeOf('win2019-a'))).toBe('NodeAffinity')
  })

  test('in its own words, without its advice on preemption', () => {
    expect(saidBy('0/7 nodes are available: 7 Insufficient memory. preemption: 0/7 nodes are available.')).toBe(
      '0/7 nodes are available: 7 Insufficient memory',
    )
  })
})

describe('a copy', () => {
  const copy = (workload: Workload, node: string | undefined) => ({
    workload,
    name: 'a',
    node,
    message: undefined,
    os: undefined,
    spec: {},
  })
  const judged = (workload: Workload, node: string | undefined) => misplacedIn([copy(workload, node)], { images, nodes })[0]?.because

  test('is judged by its node alone, and one that waits is nowhere wrong', () => {
    expect(judged('ticketing', 'win2019-b')).toBeUndefined()
    expect(judged('ticketing', undefined)).toBeUndefined()
    expect(judged('ticketing', 'win2022-a')).toBe('build')
    expect(judged('billing', 'linux-a-spare')).toBe('os')
    expect(judged('timetable', 'some-other-node')).toBe('unknown')
  })

  test('that was not made counts as refused only where the API server said so', () => {
    const deployment = (message: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a', uid: 'a', resourceVersion: '1', creationTimestamp: '2026-11-21T11:00:00Z' },
      status: { replicas: 1, conditions: [{ type: 'ReplicaFailure', status: 'True', message }] },
    })
    const no = 'pods "a" is forbidden: pod rejected: RuntimeClass "b" not found'
    expect(makingOf(deployment(no))).toEqual({ made: 1, refused: no })
    expect(makingOf(deployment('the object has been modified')).refused).toBeUndefined()
    expect(makingOf(undefined)).toEqual({ made: 0, refused: undefined })
  })
})
