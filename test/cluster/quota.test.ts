import { describe, expect, test } from 'vitest'
import type { Cluster, ClusterObject } from '../../runner/sandbox/contract-cluster.ts'
import { DEPLOYMENT, manifestsOf, missing, openDriver, POD, safeDeployment, safePod } from './ground.ts'

const SECONDS = 90
const LIMITS = { pods: 4, cpus: 1, memoryMiB: 256, objects: 5 }
const ALLOWS = ['apps/v1 Deployment', 'v1 Pod', 'v1 Service']

interface Fields {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[]
    readonly phase?: string
  }
}
/** What keeps a Deployment from more Pods, in the API server's words. */
const failureOf = (object: unknown): string =>
  (object as Fields | undefined)?.status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')?.message ??
  ''

describe.skipIf(missing !== undefined)('the quota of a namespace', () => {
  const open = async () => {
    const driver = await openDriver()
    const cluster = await driver.open({ submission: 'quota', deadlineSeconds: 600, allows: ALLOWS, limits: LIMITS })
    return {
      cluster,
      async [Symbol.asyncDispose]() {
        await cluster[Symbol.asyncDispose]()
        await driver[Symbol.asyncDispose]()
      },
    }
  }
  /** What the API server says in the end about the next Pod of a Deployment, once it says this. */
  const refusalOf = async (cluster: Cluster, name: string, says: RegExp): Promise<string> => {
    const { object } = await cluster.waitFor({ ...DEPLOYMENT, name }, (each) => says.test(failureOf(each)), { withinSeconds: SECONDS })
    return failureOf(object)
  }
  test('holds for the Pods that a Deployment makes: not one is larger, nor are there more', async () => {
    await using opened = await open()
    const { cluster } = opened
    const large = safeDeployment('large', 1, { limits: { memory: '512Mi' } })
    const many = safeDeployment('many', 1000)
    expect((await cluster.apply(manifestsOf(`${large}\n---\n${many}`))).refusals).toEqual([])
    const largeSays = /maximum memory usage per Container is 256Mi/
    expect(await refusalOf(cluster, 'large', largeSays)).toMatch(largeSays)
    const manySays = /exceeded quota: hatoba/
    expect(await refusalOf(cluster, 'many', manySays)).toMatch(manySays)
    const pods = await cluster.list(POD)
    expect(pods.map(({ metadata }) => metadata.labels?.['app'])).toEqual(Array(LIMITS.pods).fill('many'))
  })

  test('is not evaded by a priority that would take the room of others', async () => {
    await using opened = await open()
    for (const priorityClassName of ['system-node-critical', 'system-cluster-critical']) {
      const { refusals } = await opened.cluster.apply(manifestsOf(safePod('first', { more: { priorityClassName } })))
      expect(refusals.map(({ reason, message }) => `${reason} ${message}`)).toEqual([expect.stringMatching(/^quota .*exceeded quota/)])
    }
    expect(await opened.cluster.list(POD)).toEqual([])
  })

  test('counts Pods that have ended, so that what ends at once is not made for ever', async () => {
    await using opened = await open()
    const { cluster } = opened
    // A kubelet refuses what it has no room for, the Pod is over, and its ReplicaSet makes the next.
    const node = (await nodeOf(cluster)) ?? ''
    const text = safeDeployment('endless', 1, { more: { nodeName: node, nodeSelector: { 'no-such': 'label' } } })
    expect((await cluster.apply(manifestsOf(text))).refusals).toEqual([])
    const endlessSays = /exceeded quota: hatoba.*count\/pods/
    expect(await refusalOf(cluster, 'endless', endlessSays)).toMatch(endlessSays)
    const pods = await cluster.list(POD)
    // The cluster counts again whenever one has ended, and may miss the youngest then: a few more, not one after the other for ever.
    expect(pods.length).toBeLessThan(LIMITS.pods * 5 * 2)
    expect(new Set(pods.map((pod) => (pod as Fields).status?.phase))).toContain('Failed')
  })

  const nodeOf = async (cluster: Cluster): Promise<string | undefined> => {
    expect((await cluster.apply(manifestsOf(safePod('here')))).refusals).toEqual([])
    const on = (object: ClusterObject | undefined) => (object as { spec?: { nodeName?: string } } | undefined)?.spec?.nodeName
    const { object } = await cluster.waitFor({ ...POD, name: 'here' }, (each) => on(each) !== undefined, { withinSeconds: SECONDS })
    return on(object)
  }
})
