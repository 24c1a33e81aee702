import { describe, expect, test } from 'vitest'
import { connectApi } from '../../runner/sandbox/kubernetes/api.ts'
import { ApiError } from '../../runner/sandbox/kubernetes/fault.ts'
import { listObjects } from '../../runner/sandbox/kubernetes/follow.ts'
import { openKubernetes } from '../../runner/sandbox/kubernetes/index.ts'
import { HOME } from '../../runner/sandbox/kubernetes/labels.ts'
import { ground, manifestsOf, missing, openDriver } from './ground.ts'

const ALLOWS = ['v1 ConfigMap']
const api = connectApi(
  'because' in ground
    ? {
        kubeconfig:
          'clusters: [{name: a, cluster: {server: "https://localhost:1"}}]\ncontexts: [{name: a, context: {cluster: a, user: a}}]\nusers: [{name: a, user: {}}]\ncurrent-context: a\n',
      }
    : ground,
)
const isThere = async (namespace: string): Promise<boolean> =>
  api.call({ path: `/api/v1/namespaces/${namespace}` }).then(
    () => true,
    (thrown: unknown) => {
      if (thrown instanceof ApiError && thrown.code === 404) return false
      throw thrown
    },
  )
const accounts = async (name: string): Promise<number> =>
  (await listObjects(api, `/api/v1/namespaces/${HOME}/serviceaccounts`)).objects.filter(({ metadata }) => metadata.name === name).length

describe.skipIf(missing !== undefined)('what is left', () => {
  test('is nothing after dispose, although a finalizer never ends', async () => {
    await using driver = await openDriver()
    const cluster = await driver.open({ submission: 'stuck', deadlineSeconds: 600, allows: ALLOWS })
    const stuck = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: stuck\n  finalizers: [example.com/never]\n'
    expect((await cluster.apply(manifestsOf(stuck))).refusals).toEqual([])
    await cluster[Symbol.asyncDispose]()
    await cluster[Symbol.asyncDispose]()
    await driver.settled()
    expect(await isThere(cluster.namespace)).toBe(false)
    expect(await accounts(cluster.namespace)).toBe(0)
  })

  test('by a runner that died is swept by the next of its name; what somebody holds is not', async () => {
    const instance = 'test-died'
    const dead = await openDriver({ instance })
    const lost = await dead.open({ submission: 'lost', deadlineSeconds: 600, allows: ALLOWS })
    await using next = await openDriver({ instance })
    await using other = await openDriver()
    const held = await next.open({ submission: 'held', deadlineSeconds: 600, allows: ALLOWS })
    const others = await other.open({ submission: 'others', deadlineSeconds: 600, allows: ALLOWS })
    // More than one: the dead runner's pool had made another for whoever might have come next.
    expect(await next.sweep(new Date(Date.now() + 1000))).toBeGreaterThanOrEqual(1)
    expect(await Promise.all([lost, held, others].map(({ namespace }) => isThere(namespace)))).toEqual([false, true, true])
    await held[Symbol.asyncDispose]()
    await others[Symbol.asyncDispose]()
    await dead[Symbol.asyncDispose]()
  })

  test('past its deadline is swept whosever it is', async () => {
    await using driver = await openDriver()
    await using sweeper = await openDriver()
    const late = await driver.open({ submission: 'late', deadlineSeconds: -1, allows: ALLOWS })
    expect(await sweeper.sweep(new Date(0))).toBeGreaterThanOrEqual(1)
    expect(await isThere(late.namespace)).toBe(false)
  })
})

describe('a cluster that cannot be used says why', () => {
  const probe = async (kubeconfig: string) => {
    await using driver = await openKubernetes({ instance: 'test', proberImage: 'none', kubeconfig })
    return await driver.probe()
  }
  const config = (server: string, user = '{}', cluster = ''): string =>
    `clusters: [{name: a, cluster: {server: "${server}"${cluster}}}]\ncontexts: [{name: a, context: {cluster: a, user: a}}]\nusers: [{name: a, user: ${user}}]\ncurrent-context: a\n`

  test('when it is lost', async () => {
    expect(await probe(config('https://127.0.0.1:1'))).toMatchObject({
      ready: false,
      because: expect.stringContaining('could not be reached'),
    })
  })
  test('when the kubeconfig names none', async () => {
    expect(await probe('clusters: []\ncontexts: []\nusers: []\n')).toMatchObject({
      ready: false,
      because: expect.stringContaining('names no cluster'),
    })
    expect(await probe(': [')).toMatchObject({ ready: false, because: expect.stringContaining('cannot be read') })
  })
  test.skipIf(missing !== undefined)('when its certificate is not the one that was promised', async () => {
    expect(await probe(config(api.server))).toMatchObject({ ready: false, because: expect.stringContaining('certificate') })
  })
  test.skipIf(missing !== undefined)('when nobody may do anything, with the rights that lack', async () => {
    const answer = await probe(config(api.server, '{}', ', insecure-skip-tls-verify: true'))
    expect(answer).toMatchObject({ ready: false })
    expect('because' in answer && answer.because).toMatch(/may not|forbidden|Unauthorized|cannot/)
  })
})
