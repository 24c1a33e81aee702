import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cluster, ClusterObject } from '../../runner/sandbox/contract-cluster.ts'
import type { OpenKubernetesDriver } from '../../runner/sandbox/kubernetes/driver.ts'
import { DEPLOYMENT, manifestsOf, missing, openDriver, POD, ready, web } from './ground.ts'

const ALLOWS = ['apps/v1 Deployment', 'v1 Service', 'v1 ConfigMap', 'policy/v1 PodDisruptionBudget']

const isReady = (status: unknown): boolean =>
  ((status as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? []).some(
    ({ type, status: is }) => type === 'Ready' && is === 'True',
  )

describe.skipIf(missing !== undefined)('a cluster in a namespace of its own', () => {
  let driver: OpenKubernetesDriver
  let cluster: Cluster
  beforeAll(async () => {
    driver = await openDriver()
    cluster = await driver.open({ submission: 'observed', deadlineSeconds: 600, allows: ALLOWS })
    const { refusals } = await cluster.apply(manifestsOf(web()))
    expect(refusals).toEqual([])
    expect((await cluster.waitFor({ ...DEPLOYMENT, name: 'web' }, ready(2), { withinSeconds: 60 })).met).toBe(true)
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await driver?.[Symbol.asyncDispose]()
  })
  const nodeOf = (pod: ClusterObject | undefined): string => (pod?.['spec'] as { nodeName?: string } | undefined)?.nodeName ?? ''
  /** Two replicas and nothing else: none on its way in, none on its way out. */
  const settled = async (): Promise<readonly ClusterObject[]> => {
    for await (const { objects } of cluster.follow(POD, { signal: AbortSignal.timeout(60_000), labels: { app: 'web' } }))
      if (objects.length === 2 && objects.every(({ metadata, status }) => metadata.deletionTimestamp === undefined && isReady(status)))
        return objects
    throw new Error('the replicas did not come to rest')
  }
  const pods = async (): Promise<string[]> => (await cluster.list(POD, { labels: { app: 'web' } })).map(({ metadata }) => metadata.name)

  test('says what it is', async () => {
    expect(await driver.probe()).toMatchObject({ ready: true, detail: expect.stringMatching(/^Kubernetes v1\.\d+/) })
  })

  test('answers traffic through the Service, from every replica, with the times of our clock', async () => {
    const before = Date.now()
    const sixty = async () => {
      await using traffic = await cluster.traffic({
        targets: [{ name: 'web', port: 80 }],
        request: { path: '/' },
        arrivals: { kind: 'open', perSecond: 50 },
        connections: 'fresh',
        requests: 60,
        seconds: 60,
        timeoutMs: 30_000,
      })
      await traffic.reached({ answered: 60 })
      return (await traffic.end()).requests
    }
    const replicasIn = (requests: Awaited<ReturnType<typeof sixty>>) => [...new Set(requests.map(({ servedBy }) => servedBy))].toSorted()
    const replicas = (await pods()).toSorted()
    // A node's proxy hears of a ready Pod later than the Deployment's status tells of it.
    const until = before + 30_000
    while (Date.now() < until && replicasIn(await sixty()).join() !== replicas.join());
    const requests = await sixty()
    expect(requests.map(({ status }) => status)).toEqual(Array(60).fill(200))
    expect(replicasIn(requests)).toEqual(replicas)
    for (const { startedAt } of requests) expect(startedAt).toBeGreaterThanOrEqual(before - 1000)
  })

  test('runs a command and tells its end, its output and its limits apart', async () => {
    const [pod = ''] = await pods()
    const done = await cluster.exec(pod, ['node', '-e', 'console.log(process.getuid()); console.error("x"); process.exit(3)'])
    expect(done).toMatchObject({ ended: { by: 'itself', code: 3 } })
    expect([Buffer.from(done.stdout).toString(), Buffer.from(done.stderr).toString()]).toEqual(['1000\n', 'x\n'])
    expect((await cluster.exec(pod, ['sleep', '60'], { wallSeconds: 1 })).ended).toMatchObject({ by: 'limit', limit: 'time' })
    expect((await cluster.exec(pod, ['yes', 'x'.repeat(1000)])).ended).toMatchObject({
      by: 'limit',
      limit: 'output',
    })
  })

  test('shows logs and events', async () => {
    const [pod = ''] = await pods()
    expect(await cluster.logs(pod)).toMatchObject([{ text: 'up', stream: 'stdout', at: expect.any(Number) }])
    expect((await cluster.events()).map(({ object, reason }) => `${object} ${reason}`)).toContain(`Pod/${pod} Started`)
  })

  test('is followed while it is scaled, each change in turn', async () => {
    const following = new AbortController()
    const counts: number[] = []
    const follow = (async () => {
      for await (const { objects } of cluster.follow(POD, { signal: following.signal, labels: { app: 'web' } })) counts.push(objects.length)
    })()
    await cluster.scale({ ...DEPLOYMENT, name: 'web' }, 3)
    expect((await cluster.waitFor({ ...DEPLOYMENT, name: 'web' }, ready(3), { withinSeconds: 60 })).met).toBe(true)
    await cluster.scale({ ...DEPLOYMENT, name: 'web' }, 2)
    expect((await cluster.waitFor({ ...DEPLOYMENT, name: 'web' }, ready(2), { withinSeconds: 60 })).met).toBe(true)
    following.abort()
    await follow
    expect(counts[0]).toBe(2)
    expect(Math.max(...counts)).toBe(3)
  })

  test('waits no longer than asked, and tells what it saw last', async () => {
    const waited = await cluster.waitFor({ ...DEPLOYMENT, name: 'web' }, ready(99), { withinSeconds: 1 })
    expect(waited).toMatchObject({ met: false, object: { metadata: { name: 'web' } } })
    expect(await cluster.waitFor({ ...DEPLOYMENT, name: 'gone' }, (object) => object !== undefined, { withinSeconds: 1 })).toMatchObject({
      met: false,
    })
    await expect(
      cluster.waitFor({ ...DEPLOYMENT, name: 'web' }, ready(99), { withinSeconds: 60, signal: AbortSignal.timeout(200) }),
    ).rejects.toThrow(/timeout/)
  })

  test('holds a drain while the budget says so, and ends it when it does not', async () => {
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', name: 'web' }
    const text =
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 2, selector: {matchLabels: {app: web}}}\n'
    expect((await cluster.apply(manifestsOf(text))).refusals).toEqual([])
    const observed = (object: unknown): boolean =>
      ((object as { status?: { currentHealthy?: number } } | undefined)?.status?.currentHealthy ?? 0) === 2
    expect((await cluster.waitFor(budget, observed, { withinSeconds: 30 })).met).toBe(true)
    const before = await settled()
    const node = nodeOf(before[0])
    const held = await cluster.drain(node, { withinSeconds: 3 })
    expect(held.drained).toBe(false)
    expect(held.evictions.length).toBeGreaterThan(0)
    expect(held.evictions.every(({ accepted, message }) => !accepted && /disruption budget/.test(message ?? ''))).toBe(true)
    await cluster.delete(budget)
    const draining = cluster.drain(node, { withinSeconds: 60 })
    draining.catch(() => {})
    // Nobody has closed the node, so Pods come back to it and are evicted again, until there are to be none.
    const first = new Set(before.filter((each) => nodeOf(each) === node).map(({ metadata }) => metadata.name))
    for await (const { objects } of cluster.follow(POD, { signal: AbortSignal.timeout(60_000), labels: { app: 'web' } }))
      if (!objects.some(({ metadata }) => first.has(metadata.name) && metadata.deletionTimestamp === undefined)) break
    await cluster.scale({ ...DEPLOYMENT, name: 'web' }, 0)
    const { drained, evictions } = await draining
    expect(drained).toBe(true)
    expect([...first].filter((each) => !evictions.some(({ pod, accepted }) => accepted && pod === each))).toEqual([])
    await cluster.scale({ ...DEPLOYMENT, name: 'web' }, 2)
  })

  test('takes a node from the scheduler and empties it while requests are answered, or says that there is no second one', async ({
    skip,
  }) => {
    const several = !(await driver.gaps()).includes('several-nodes')
    const [first] = await settled()
    const node = nodeOf(first)
    if (!several) {
      await expect(cluster.cordon(node)).rejects.toMatchObject({ code: 'sandbox.impossible' })
      return skip('one node: nothing can be drained from it to another')
    }
    await using traffic = await cluster.traffic({
      targets: [{ name: 'web', port: 80 }],
      request: { path: '/' },
      arrivals: { kind: 'open', perSecond: 20 },
      connections: 'fresh',
      seconds: 60,
      timeoutMs: 3000,
    })
    await traffic.reached({ answered: 10 })
    {
      await using _cordoned = await cluster.cordon(node)
      expect(await cluster.drain(node, { withinSeconds: 60 })).toMatchObject({ drained: true })
      expect((await cluster.waitFor({ ...DEPLOYMENT, name: 'web' }, ready(2), { withinSeconds: 60 })).met).toBe(true)
      expect((await cluster.list(POD, { labels: { app: 'web' } })).map(nodeOf)).not.toContain(node)
    }
    const { requests } = await traffic.end()
    expect(requests.filter(({ status }) => status === 200).length).toBeGreaterThan(10)
    // Given back: somebody else can have it at once.
    await using _again = await cluster.cordon(node)
  })
})

describe.skipIf(missing !== undefined)('the driver', () => {
  test('finds by trying what the cluster lacks', async () => {
    await using driver = await openDriver()
    const gaps = await driver.gaps()
    expect(['network-policy', 'metrics', 'several-nodes', 'fake-nodes']).toEqual(expect.arrayContaining([...gaps]))
    if (gaps.includes('metrics'))
      await expect(driver.open({ submission: 'a', deadlineSeconds: 60, allows: ALLOWS, needs: ['metrics'] })).rejects.toMatchObject({
        code: 'sandbox.impossible',
      })
  })

  test('gives prepared namespaces, each to one submission only', async () => {
    await using driver = await openDriver()
    const spec = { deadlineSeconds: 600, allows: ALLOWS }
    await Promise.all([driver.warm(spec), driver.warm(spec)])
    const opened = await Promise.all(['a', 'b', 'c'].map((submission) => driver.open({ ...spec, submission })))
    expect(new Set(opened.map(({ namespace }) => namespace)).size).toBe(3)
    await Promise.all(opened.map((cluster) => cluster[Symbol.asyncDispose]()))
  })

  test('lets one submission at a time close nodes, and whoever may already keeps it', async () => {
    await using driver = await openDriver()
    const spec = { deadlineSeconds: 600, allows: ALLOWS }
    await using first = await driver.open({ ...spec, submission: 'first' })
    await using second = await driver.open({ ...spec, submission: 'second' })
    const turn = await first.alone()
    const order: string[] = []
    const next = second.alone().then((taken) => {
      order.push('second')
      return taken
    })
    next.catch(() => {})
    await using _same = await first.alone()
    order.push('first')
    await turn[Symbol.asyncDispose]()
    await using _taken = await next
    expect(order).toEqual(['first', 'second'])
    await expect(first.alone({ signal: AbortSignal.timeout(500) })).rejects.toThrow(/timeout/)
  })

  test('leaves nothing of an open that is aborted', async () => {
    const driver = await openDriver()
    await expect(
      driver.open({ submission: 'a', deadlineSeconds: 60, allows: ALLOWS }, { signal: AbortSignal.timeout(30) }),
    ).rejects.toThrow()
    await driver[Symbol.asyncDispose]()
    await using after = await openDriver()
    expect(await after.sweep(new Date())).toBe(0)
  })
})
