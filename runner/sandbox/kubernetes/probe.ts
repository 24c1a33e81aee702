import { z } from 'zod'
import type { Abortable, Probed } from '../contract.ts'
import { type Missing, missingFor } from '../missing.ts'
import type { Api } from './api.ts'
import { toFault } from './fault.ts'
import { listObjects } from './follow.ts'
import { isReadyNode } from './nodes.ts'

/** Server-side apply, Pod Security admission and restartable init containers are all there from here on. */
const OLDEST_MINOR = 29

const versionSchema = z.object({ major: z.string(), minor: z.string(), gitVersion: z.string() })
const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) })

export interface Right {
  readonly verb: string
  readonly group?: string
  readonly resource: string
  readonly subresource?: string
}

/** What the runner's own account must be allowed, so that everything else can be done. */
const RIGHTS: readonly Right[] = [
  { verb: 'create', resource: 'namespaces' },
  { verb: 'delete', resource: 'namespaces' },
  { verb: 'patch', resource: 'namespaces' },
  { verb: 'create', resource: 'serviceaccounts' },
  { verb: 'create', resource: 'serviceaccounts', subresource: 'token' },
  { verb: 'create', resource: 'resourcequotas' },
  { verb: 'create', resource: 'limitranges' },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'roles' },
  { verb: 'bind', group: 'rbac.authorization.k8s.io', resource: 'roles' },
  { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'roles' },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'rolebindings' },
  { verb: 'create', group: 'networking.k8s.io', resource: 'networkpolicies' },
  // The prober's program, and whose turn it is at the nodes.
  { verb: 'create', resource: 'configmaps' },
  { verb: 'list', resource: 'configmaps' },
  { verb: 'watch', resource: 'configmaps' },
  { verb: 'delete', resource: 'configmaps' },
  { verb: 'create', resource: 'pods' },
  { verb: 'create', resource: 'pods', subresource: 'exec' },
  { verb: 'create', resource: 'pods', subresource: 'eviction' },
  { verb: 'get', resource: 'pods', subresource: 'log' },
  { verb: 'list', resource: 'nodes' },
  { verb: 'patch', resource: 'nodes' },
]

const not = (because: string, fix: string, ja: Missing['ja']): Missing => ({ ready: false, because, fix, ja })

/** How long an account that had every right is not asked about them again: there are many, and every grading asks whether it may begin. */
const RIGHTS_MS = 60_000

/** Tells whether this cluster can take submissions. Never throws. */
export const clusterProbe = (connect: () => Api): ((o?: Abortable) => Promise<Probed>) => {
  let allowedAt = Number.NEGATIVE_INFINITY
  return async (o = {}) => {
    const known = Date.now() - allowedAt < RIGHTS_MS
    const probed = await probeCluster(connect, known, o)
    if (probed.ready && !known) allowedAt = Date.now()
    return probed
  }
}

const probeCluster = async (connect: () => Api, allowed: boolean, { signal }: Abortable): Promise<Probed> => {
  const abortable = signal ? { signal } : {}
  try {
    const api = connect()
    const version = versionSchema.parse((await api.call({ path: '/version', seconds: 5, ...abortable })).body)
    const minor = Number.parseInt(version.minor, 10)
    if (version.major === '1' && minor < OLDEST_MINOR)
      return not(
        `Kubernetes ${version.gitVersion} is too old: 1.${OLDEST_MINOR} is the oldest that works.`,
        `Use a cluster of 1.${OLDEST_MINOR} or newer; \`hatoba up --kind\` starts one.`,
        {
          because: `Kubernetes ${version.gitVersion} は古すぎます。1.${OLDEST_MINOR} 以降が必要です。`,
          fix: `1.${OLDEST_MINOR} 以降のクラスターを使ってください。\`hatoba up --kind\` で起動できます。`,
        },
      )
    const lacking = allowed ? [] : await lackingRights(api, RIGHTS, abortable)
    if (lacking.length > 0)
      return not(
        `The account in the kubeconfig may not ${lacking.join(', ')}.`,
        'Give the account these rights, or use another kubeconfig.',
        {
          because: `kubeconfig のアカウントに権限がありません (${lacking.join(', ')})。`,
          fix: 'この権限を与えるか、別の kubeconfig を使ってください。',
        },
      )
    const { objects: nodes } = await listObjects(api, '/api/v1/nodes', {}, signal)
    const ready = nodes.filter(isReadyNode)
    if (ready.length === 0)
      return not(
        nodes.length === 0 ? 'The cluster has no node.' : `None of the cluster's ${nodes.length} nodes is ready and open for Pods.`,
        '`kubectl get nodes` shows them; `kubectl describe node` says why.',
        {
          because:
            nodes.length === 0
              ? 'クラスターにノードがありません。'
              : `${nodes.length} 台のノードのうち、Pod を受け入れられるものがありません。`,
          fix: '`kubectl get nodes` で一覧、`kubectl describe node` で理由がわかります。',
        },
      )
    return { ready: true, detail: `Kubernetes ${version.gitVersion}, ${ready.length} of ${nodes.length} nodes ready` }
  } catch (thrown) {
    return missingFor(toFault('answer', thrown), 'cluster.failed')
  }
}

/** The rights that the account lacks, as people write them: `create serviceaccounts/token`. */
export const lackingRights = async (api: Api, rights: readonly Right[], o: Abortable): Promise<string[]> => {
  const ask = async ({ verb, group = '', resource, subresource }: Right): Promise<string[]> => {
    const body = { spec: { resourceAttributes: { verb, group, resource, ...(subresource === undefined ? {} : { subresource }) } } }
    const answer = await api.call({ method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body, ...o })
    const name = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`
    return reviewSchema.parse(answer.body).status.allowed ? [] : [name]
  }
  const [first, ...others] = rights
  // The first alone: an API server closes the connection of an account it does not know, and takes what else is asked on it along.
  const asked = [first === undefined ? [] : await ask(first), ...(await Promise.all(others.map(ask)))]
  return asked.flat()
}
