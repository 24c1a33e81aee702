import { expect, test } from 'vitest'
import type { Cluster } from '../../runner/sandbox/contract-cluster.ts'
import { connectApi } from '../../runner/sandbox/kubernetes/api.ts'
import { listObjects } from '../../runner/sandbox/kubernetes/follow.ts'
import { DEPLOYMENT, ground, manifestsOf, missing, openDriver, POD, ready, safePod, web } from './ground.ts'

const SECONDS = 90
/** Connections that are being tried at any time. */
const AT_ONCE = 64
const TIMEOUT_MS = 2000

/**
 * Asks the addresses for something that needs no right, again and again, until the file is there; then tells how it went. With "silent" it
 * ends as soon as one round of questions has gone without an answer: a policy holds a new Pod only once the node has heard of it.
 */
const FLOOD = `
const [, until, atOnce, timeout, ...addresses] = process.argv
const { existsSync } = require('node:fs')
const { get } = require('node:https')
const told = {}
const ask = (host) => new Promise((done) => {
  const [hostname, port] = host.split('/')
  const request = get({ hostname, port, path: '/version', agent: false, rejectUnauthorized: false, timeout: Number(timeout) }, (answer) => {
    answer.resume()
    done('answered ' + answer.statusCode)
  })
  request.on('error', (error) => done(error.code ?? error.message)).on('timeout', () => request.destroy(new Error('silent')))
})
const count = (end) => { told[end] = (told[end] ?? 0) + 1; return end }
const flood = async (host) => { while (!existsSync(until)) count(await ask(host)) }
const silence = async () => {
  for (;;) if ((await Promise.all(addresses.map(ask))).every((end) => !end.startsWith('answered'))) return
}
(until === 'silent' ? silence() : Promise.all(Array.from({ length: Number(atOnce) }, (_, n) => flood(addresses[n % addresses.length]))))
  .then(() => { console.log(JSON.stringify(told)); process.exit() })
`

/** Where the API server is: by its Service, and behind it. */
const apiServers = async (): Promise<readonly string[]> => {
  const api = connectApi('because' in ground ? {} : ground)
  const { objects } = await listObjects(api, '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
    labels: { 'kubernetes.io/service-name': 'kubernetes' },
  })
  await api.close()
  type Slice = { endpoints: { addresses: string[] }[]; ports: { port: number }[] }
  const behind = (objects as unknown as Slice[]).flatMap(({ endpoints, ports }) =>
    endpoints.flatMap(({ addresses }) => addresses.map((address) => `${address}/${ports[0]?.port}`)),
  )
  return ['kubernetes.default.svc/443', ...behind]
}

const flood = async (cluster: Cluster, pod: string, until: string): Promise<Readonly<Record<string, number>>> => {
  const command = ['node', '-e', FLOOD, until, String(AT_ONCE), String(TIMEOUT_MS), ...(await apiServers())]
  const { stdout, stderr, ended } = await cluster.exec(pod, command, { wallSeconds: 4 * SECONDS })
  const said = Buffer.from(stdout).toString().trim()
  if (said === '') throw new Error(`the flood ended with ${JSON.stringify(ended)}: ${Buffer.from(stderr).toString()}`)
  return JSON.parse(said) as Record<string, number>
}

test.skipIf(missing !== undefined)('a Pod that floods the API server is not heard by it, and others are graded meanwhile', async () => {
  await using driver = await openDriver()
  if ((await driver.gaps()).includes('network-policy')) return console.info('skipped: this cluster enforces no NetworkPolicy')
  const allows = ['apps/v1 Deployment', 'v1 Service', 'v1 Pod']
  await using flooding = await driver.open({ submission: 'floods', deadlineSeconds: 600, allows })
  if (!flooding.nodesApart) return console.info('skipped: this cluster has not two nodes beside its control plane')
  const greedy = safePod('flood', {
    limits: { memory: '256Mi' },
    more: { automountServiceAccountToken: true, tolerations: [{ operator: 'Exists' }] },
  })
  expect((await flooding.apply(manifestsOf(greedy))).refusals).toEqual([])
  const isUp = (object: unknown) => (object as { status?: { phase?: string } } | undefined)?.status?.phase === 'Running'
  expect(await flooding.waitFor({ ...POD, name: 'flood' }, isUp, { withinSeconds: SECONDS })).toMatchObject({ met: true })
  await flood(flooding, 'flood', 'silent')

  const told = flood(flooding, 'flood', '/tmp/enough')
  told.catch(() => {})
  for (const submission of ['one', 'two', 'three']) {
    await using other = await driver.open({ submission, deadlineSeconds: 600, allows })
    expect((await other.apply(manifestsOf(web({ replicas: 1 })))).refusals).toEqual([])
    expect(await other.waitFor({ ...DEPLOYMENT, name: 'web' }, ready(1), { withinSeconds: SECONDS })).toMatchObject({ met: true })
  }
  await flooding.exec('flood', ['touch', '/tmp/enough'])
  const ends = await told
  console.info(`a flood of ${AT_ONCE} at once ended so: ${JSON.stringify(ends)}`)
  expect(Object.keys(ends).filter((end) => end.startsWith('answered'))).toEqual([])
  expect(Object.values(ends).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(AT_ONCE)
})
