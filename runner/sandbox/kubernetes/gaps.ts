import { Fault } from '../../fault.ts'
import type { Abortable } from '../contract.ts'
import type { Cluster, ClusterPower, ClusterSpec } from '../contract-cluster.ts'
import type { Api } from './api.ts'
import { unless } from './fault.ts'
import { listObjects } from './follow.ts'
import { isReadyNode } from './nodes.ts'
import { lackingRights } from './probe.ts'

/** A Pod that answers every request, in an image with Node. */
const toServer = (image: string): Readonly<Record<string, unknown>> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'answers', labels: { app: 'answers' } },
  spec: {
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'answers',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['node', '-e', 'require("node:http").createServer((_, answer) => answer.end("yes")).listen(8080)'],
        readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
})

const READY_SECONDS = 60
const ANSWER_MS = 2_000
/** A cluster that answers otherwise so many times in a row means it. */
const ROUNDS = 6

/** Whether one request from our prober to a Pod in a namespace of this network is answered. */
const isAnswered = async (
  api: Api,
  open: (spec: ClusterSpec) => Promise<Cluster>,
  network: 'namespace' | 'nothing',
  image: string,
  o: Abortable,
): Promise<boolean> => {
  const expected = network === 'namespace'
  await using cluster = await open({ submission: 'gaps', deadlineSeconds: 300, allows: ['v1 Pod'], network })
  await unless(
    [],
    'start a Pod to ask',
    api.call({ method: 'POST', path: `/api/v1/namespaces/${cluster.namespace}/pods`, body: toServer(image) }),
  )
  const podIp = (object: unknown): string => (object as { status?: { podIP?: string } } | undefined)?.status?.podIP ?? ''
  const running = (object: unknown): boolean =>
    (
      (object as { status?: { containerStatuses?: { state?: { running?: unknown } }[] } } | undefined)?.status?.containerStatuses ?? []
    ).some(({ state }) => state?.running !== undefined)
  const started = await cluster.waitFor(
    { apiVersion: 'v1', kind: 'Pod', name: 'answers' },
    (object) => running(object) && podIp(object) !== '',
    { withinSeconds: READY_SECONDS, ...o },
  )
  if (!started.met)
    throw new Fault('cluster.timeout', `A Pod did not start within ${READY_SECONDS} s, so that nothing could be asked of it.`)
  // Again, because a server that has just started refuses the first, and because a policy holds a new Pod only once the node has heard of it.
  for (let round = 1; ; round += 1) {
    await using traffic = await cluster.traffic(
      {
        targets: [{ name: podIp(started.object), port: 8080 }],
        request: { path: '/' },
        arrivals: { kind: 'open', perSecond: 5 },
        connections: 'fresh',
        requests: 10,
        seconds: 2,
        timeoutMs: ANSWER_MS,
      },
      o,
    )
    await traffic.reached({ answered: 10 }, o)
    const answered = (await traffic.end(o)).requests.some(({ status }) => status === 200)
    if (answered === expected || round === ROUNDS) return answered
  }
}

/**
 * What a cluster lacks, by trying it: a policy that is accepted may be enforced by nobody, so the same request is sent with and without one.
 * Throws `Fault` when even the request without a policy is not answered.
 */
export const findGaps = async (
  api: Api,
  { open, image }: { open(spec: ClusterSpec): Promise<Cluster>; readonly image: string },
  o: Abortable = {},
): Promise<readonly ClusterPower[]> => {
  const { objects: nodes } = await listObjects(api, '/api/v1/nodes', {}, o.signal)
  const real = nodes.filter((node) => isReadyNode(node) && !isFake(node))
  const [metrics, playing, allowed, denied] = await Promise.all([
    unless([404, 503], 'list its metrics API', api.call({ path: '/apis/metrics.k8s.io/v1beta1' })),
    playsNodes(api, o),
    isAnswered(api, open, 'namespace', image, o),
    isAnswered(api, open, 'nothing', image, o),
  ])
  if (!allowed) throw new Fault('cluster.failed', 'A Pod that may be reached does not answer: the cluster network does not work.')
  return [
    ...(denied ? (['network-policy'] as const) : []),
    ...(metrics === undefined ? (['metrics'] as const) : []),
    ...(real.length < 2 ? (['several-nodes'] as const) : []),
    ...(playing ? [] : (['fake-nodes'] as const)),
  ]
}

/** Whether kwok runs, and our account may make what it is to play. */
const playsNodes = async (api: Api, o: Abortable): Promise<boolean> => {
  const path = '/apis/apps/v1/namespaces/kube-system/deployments/kwok-controller'
  const answer = await unless([404], 'look for kwok', api.call({ path, ...o }))
  const { availableReplicas = 0 } = (answer?.body as { status?: { availableReplicas?: number } } | undefined)?.status ?? {}
  return availableReplicas > 0 && (await lackingRights(api, FLEET_RIGHTS, o)).length === 0
}

const FLEET_RIGHTS = [
  { verb: 'create', resource: 'nodes' },
  { verb: 'delete', resource: 'nodes' },
  { verb: 'create', group: 'node.k8s.io', resource: 'runtimeclasses' },
  { verb: 'delete', group: 'node.k8s.io', resource: 'runtimeclasses' },
]

const isFake = ({ metadata }: { readonly metadata: object }): boolean =>
  (metadata as { annotations?: Readonly<Record<string, string>> }).annotations?.['kwok.x-k8s.io/node'] !== undefined
