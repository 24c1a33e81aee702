import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { connectApi } from '../../../runner/sandbox/kubernetes/api.ts'
import { clusterProbe } from '../../../runner/sandbox/kubernetes/probe.ts'

interface Told {
  readonly minor: string
  readonly nodes: readonly object[]
  /** `create configmaps` */
  readonly denied: readonly string[]
  /** In place of any other answer. */
  readonly status: number
}

const READY = { spec: {}, status: { conditions: [{ type: 'Ready', status: 'True' }] } }
const node = (name: string, more: object = READY) => ({ metadata: { name, uid: name, resourceVersion: '1' }, ...more })
const CALM: Told = { minor: '34', nodes: [node('one')], denied: [], status: 200 }

/** An API server that says what it is told to say, asked by the probe over HTTP as any other is. */
const probeOf = async (more: Partial<Told>) => {
  const told = { ...CALM, ...more }
  const server = createServer(async (request, response) => {
    const answer = (body: unknown) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    response.statusCode = told.status
    if (told.status !== 200) return answer({ kind: 'Status', message: 'etcd is starting', code: told.status })
    if (request.url?.startsWith('/version')) return answer({ major: '1', minor: told.minor, gitVersion: `v1.${told.minor}.0` })
    if (request.url?.startsWith('/api/v1/nodes'))
      return answer({ apiVersion: 'v1', kind: 'NodeList', metadata: { resourceVersion: '1' }, items: told.nodes })
    const { spec } = (await json(request)) as { spec: { resourceAttributes: { verb: string; resource: string; subresource?: string } } }
    const { verb, resource, subresource } = spec.resourceAttributes
    const right = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`
    answer({ status: { allowed: !told.denied.includes(right) } })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const api = connectApi({
    kubeconfig: `clusters: [{name: a, cluster: {server: "${at}", insecure-skip-tls-verify: true}}]\ncontexts: [{name: a, context: {cluster: a, user: a}}]\nusers: [{name: a, user: {}}]\ncurrent-context: a\n`,
  })
  try {
    return await clusterProbe(() => api)()
  } finally {
    await api.close()
    server.close()
  }
}

test('a cluster with a node for Pods and every right is ready', async () => {
  expect(await probeOf({})).toEqual({ ready: true, detail: 'Kubernetes v1.34.0, 1 of 1 nodes ready' })
})

test.each<[string, Partial<Told>, RegExp, RegExp]>([
  ['too old', { minor: '28' }, /^Kubernetes v1\.28\.0 is too old: 1\.29/, /v1\.28\.0 は古すぎます/],
  ['of a provider that writes a plus', { minor: '28+' }, /too old/, /古すぎます/],
  [
    'where rights lack, with their names',
    { denied: ['create serviceaccounts/token', 'watch configmaps'] },
    /may not create serviceaccounts\/token, watch configmaps\.$/,
    /create serviceaccounts\/token, watch configmaps/,
  ],
  ['without nodes', { nodes: [] }, /has no node/, /ノードがありません/],
  [
    'whose nodes are all closed',
    { nodes: [node('one', { ...READY, spec: { unschedulable: true } }), node('two', { spec: {}, status: { conditions: [] } })] },
    /None of the cluster's 2 nodes/,
    /2 台のノード/,
  ],
  ['that is starting', { status: 503 }, /overloaded or starting/, /./],
])('a cluster %s is not, and says so in both languages with the next step', async (_, told, because, ja) => {
  const probed = await probeOf(told)
  expect(probed).toMatchObject({
    ready: false,
    because: expect.stringMatching(because),
    fix: expect.stringMatching(/./),
    ja: { because: expect.stringMatching(ja), fix: expect.stringMatching(/./) },
  })
})
