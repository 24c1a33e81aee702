import { afterAll, describe, expect, test } from 'vitest'
import type { Cluster, FleetNode } from '../../runner/sandbox/contract-cluster.ts'
import { connectApi } from '../../runner/sandbox/kubernetes/api.ts'
import { followObjects, listObjects } from '../../runner/sandbox/kubernetes/follow.ts'
import { ground, image, manifestsOf, missing, openDriver, POD } from './ground.ts'

const driver = missing === undefined ? await openDriver() : undefined
afterAll(() => driver?.[Symbol.asyncDispose]())
const lacking = driver === undefined ? missing : (await driver.gaps()).includes('fake-nodes') ? 'this cluster plays no nodes' : undefined
if (driver !== undefined && lacking !== undefined) console.info(`skipped: fleets, because ${lacking}`)

const ALLOWS = ['v1 Pod']
const SECONDS = 60
const node = (name: string, changes: Partial<FleetNode> = {}): FleetNode => ({
  name,
  groups: ['all'],
  labels: { 'kubernetes.io/os': 'windows', 'kubernetes.io/arch': 'amd64', 'node.kubernetes.io/windows-build': '10.0.20348' },
  allocatable: { cpu: '2', memory: '4Gi', pods: '10' },
  ...changes,
})
const pod = (name: string, spec = ''): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  os: {name: windows}
  securityContext: {runAsNonRoot: true}
  containers: [{name: main, image: "any:1", resources: {requests: {cpu: 100m, memory: 1Gi}, limits: {cpu: 100m, memory: 1Gi}}}]
${spec}`

/** The name that the spec gave to the node where a Pod has landed; the scheduler's words where there is none for it. */
const landed = async (cluster: Cluster, name: string, nodes: ReadonlyMap<string, string>): Promise<string> => {
  type Fields = { spec: { nodeName?: string }; status: { conditions?: { type: string; status: string; message?: string }[] } }
  const no = (object: unknown) =>
    (object as Fields | undefined)?.status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  const nodeOf = (object: unknown) => (object as Fields | undefined)?.spec.nodeName
  const { object } = await cluster.waitFor({ ...POD, name }, (each) => nodeOf(each) !== undefined || no(each) !== undefined, {
    withinSeconds: SECONDS,
  })
  const found = nodeOf(object)
  return found === undefined ? (no(object)?.message ?? '') : (nodes.get(found) ?? found)
}

const api = 'because' in ground ? undefined : connectApi(ground)
afterAll(() => api?.close())
const PATHS = ['/api/v1/nodes', '/apis/node.k8s.io/v1/runtimeclasses']
const labels = (cluster: Cluster) => ({ 'hatoba.dev/sandbox': cluster.namespace })
const leftOf = async (cluster: Cluster): Promise<readonly string[]> =>
  api === undefined
    ? []
    : (await Promise.all(PATHS.map((path) => listObjects(api, path, { labels: labels(cluster) })))).flatMap(({ objects }) =>
        objects.map(({ metadata }) => metadata.name),
      )
/** Follows what is labelled as a submission's until nothing is. */
const allGone = async (cluster: Cluster): Promise<boolean> => {
  if (api === undefined) return false
  const signal = AbortSignal.timeout(SECONDS * 1000)
  const gone = async (path: string): Promise<boolean> => {
    for await (const { objects } of followObjects(api, path, { labels: labels(cluster), signal })) if (objects.length === 0) return true
    return false
  }
  return (await Promise.all(PATHS.map(gone))).every(Boolean)
}

describe.skipIf(driver === undefined || lacking !== undefined)('a fleet', () => {
  const open = (submission: string) => {
    if (driver === undefined) throw new Error('skipped')
    return driver.open({ submission, deadlineSeconds: 600, allows: ALLOWS, needs: ['fake-nodes'], limits: { memoryMiB: 8192 } })
  }

  test('takes what is placed in a group of it, as its labels, taints and room allow', async () => {
    await using cluster = await open('fleet')
    await using fleet = await cluster.fleet({
      nodes: [
        node('open'),
        node('tainted', { groups: ['all', 'closed'], taints: [{ key: 'os', value: 'windows', effect: 'NoSchedule' }] }),
        node('small', { groups: ['small'], allocatable: { cpu: '2', memory: '512Mi', pods: '10' } }),
      ],
      runtimeClasses: [
        { name: 'tolerant', handler: 'runhcs-wcow-process', tolerations: [{ key: 'os', operator: 'Equal', value: 'windows' }] },
      ],
    })
    expect([...fleet.nodes.values()]).toEqual(['open', 'tainted', 'small'])
    const place = (group: string, ...texts: readonly string[]) => manifestsOf(texts.join('---\n')).map((each) => fleet.place(each, group))
    const { refusals } = await cluster.apply([
      ...place('all', pod('anywhere'), pod('nowhere', '  nodeSelector: {kubernetes.io/os: linux}\n')),
      ...place('closed', pod('intolerant'), pod('tolerant', '  runtimeClassName: tolerant\n')),
      ...place('small', pod('large')),
    ])
    expect(refusals).toEqual([])
    const found = await Promise.all(
      ['anywhere', 'nowhere', 'intolerant', 'tolerant', 'large'].map((name) => landed(cluster, name, fleet.nodes)),
    )
    expect(found).toEqual([
      'open',
      expect.stringContaining("didn't match Pod's node affinity/selector"),
      expect.stringContaining('untolerated taint'),
      'tainted',
      expect.stringContaining('Insufficient memory'),
    ])
  })

  test('has no address, so that the real nodes look for no way to it, and plays its Pods', async () => {
    await using cluster = await open('played')
    await using fleet = await cluster.fleet({ nodes: [node('a')] })
    expect((await cluster.apply(manifestsOf(pod('one')).map((each) => fleet.place(each, 'all')))).refusals).toEqual([])
    type Fields = { status?: { phase?: string } } | undefined
    const running = (object: unknown) => (object as Fields)?.status?.phase === 'Running'
    expect(await cluster.waitFor({ ...POD, name: 'one' }, running, { withinSeconds: SECONDS })).toMatchObject({ met: true })
    const { body } = (await api?.call({ path: `/api/v1/nodes/${[...fleet.nodes.keys()][0]}` })) ?? {}
    expect((body as { status: { addresses: { type: string }[] } }).status.addresses.map(({ type }) => type)).toEqual(['Hostname'])
  })

  test('is taken by nobody else, whatever they tolerate, and two do not meet', async () => {
    await using one = await open('one')
    await using other = await open('other')
    await using fleet = await one.fleet({ nodes: [node('a', { labels: { 'kubernetes.io/os': 'linux' } })] })
    await using others = await other.fleet({ nodes: [node('b')] })
    const greedy = `apiVersion: v1
kind: Pod
metadata: {name: greedy}
spec:
  tolerations: [{operator: Exists}]
  nodeSelector: {kubernetes.io/hostname: ${[...fleet.nodes.keys()][0]}}
  securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
  containers: [{name: main, image: "${image}", securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]
`
    const placed = manifestsOf(pod('mine')).map((each) => others.place(each, 'all'))
    expect((await other.apply([...placed, ...manifestsOf(greedy)])).refusals).toEqual([])
    expect(await landed(other, 'mine', others.nodes)).toBe('b')
    expect(await landed(other, 'greedy', fleet.nodes)).toContain("didn't match Pod's node affinity/selector")
  })

  test('is gone when it, or its submission, is disposed of', async () => {
    const cluster = await open('disposed')
    const first = await cluster.fleet({ nodes: [node('a')], runtimeClasses: [{ name: 'r', handler: 'h' }] })
    expect(await leftOf(cluster)).toHaveLength(2)
    await first[Symbol.asyncDispose]()
    expect(await leftOf(cluster)).toEqual([])
    await cluster.fleet({ nodes: [node('a'), node('b')] })
    await cluster[Symbol.asyncDispose]()
    expect(await leftOf(cluster)).toEqual([])
  })

  test('leaves nothing behind when its making is aborted', async () => {
    await using cluster = await open('aborted')
    const abort = new AbortController()
    const making = cluster.fleet({ nodes: [node('a', { groups: ['x'] })] }, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(making).rejects.toThrow('enough')
    expect(await leftOf(cluster)).toEqual([])
  })

  test.each([
    ['of a runner that died goes with the next sweep of its name', 600, new Date(Date.now() + 3_600_000)],
    ['past its deadline goes with anybody’s sweep', -1, new Date(0)],
  ])('%s', async (name, deadlineSeconds, olderThan) => {
    const instance = `test-fleet-${deadlineSeconds}`
    const dead = await openDriver({ instance })
    const lost = await dead.open({ submission: 'lost', deadlineSeconds, allows: ALLOWS })
    await lost.fleet({ nodes: [node('a')], runtimeClasses: [{ name: 'r', handler: 'h' }] })
    await using next = await openDriver(name.startsWith('of') ? { instance } : {})
    expect(await next.sweep(olderThan)).toBeGreaterThanOrEqual(1)
    expect(await allGone(lost)).toBe(true)
    await dead[Symbol.asyncDispose]()
  })
})
