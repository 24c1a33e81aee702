import type { Manifest } from '../../../labs/kit/kubernetes/read/manifest.ts'
import type { Abortable } from '../contract.ts'
import type { Applied, ClusterObject, Refusal } from '../contract-cluster.ts'
import type { Api } from './api.ts'
import { ApiError, toFault } from './fault.ts'
import { forbiddenIn } from './forbidden.ts'
import { keptOff } from './placement.ts'
import { noSuchKind, podSecurityRefusals, toRefusals } from './refusal.ts'
import { pathOf, type Resources } from './resources.ts'

/** What others refer to comes first, so that nothing is started twice because its configuration came late. */
const RANKS: readonly (readonly string[])[] = [
  ['ServiceAccount', 'PriorityClass', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'NetworkPolicy', 'PodDisruptionBudget', 'Role'],
  ['Service', 'RoleBinding'],
  [],
  ['HorizontalPodAutoscaler', 'Ingress'],
]
const WORKLOADS = 2
const rankOf = ({ kind }: Manifest): number => {
  const rank = RANKS.findIndex((kinds) => kinds.includes(kind))
  return rank === -1 ? WORKLOADS : rank
}

const AT_ONCE = 8

interface Using {
  /** The learner's own account. */
  readonly learner: Api
  readonly resources: Resources
  readonly namespace: string
  /** Whether Pods are to stay off the control plane. */
  readonly nodesApart: boolean
}

/** Applies manifests server-side as the learner, in an order that works whatever order they stand in. Throws `Fault` for what is ours. */
export const applyManifests = async (manifests: readonly Manifest[], using: Using, o: Abortable = {}): Promise<Applied> => {
  const objects: ClusterObject[] = []
  const refusals: Refusal[] = []
  for (const rank of RANKS.keys()) {
    const group = manifests.filter((manifest) => rankOf(manifest) === rank)
    for (let from = 0; from < group.length; from += AT_ONCE) {
      const results = await Promise.all(group.slice(from, from + AT_ONCE).map((manifest) => applyOne(manifest, using, o)))
      for (const result of results) {
        if (result.object !== undefined) objects.push(result.object)
        refusals.push(...result.refusals)
      }
    }
  }
  return { objects, refusals }
}

const applyOne = async (
  manifest: Manifest,
  { learner, resources, namespace, nodesApart }: Using,
  { signal }: Abortable,
): Promise<{ object?: ClusterObject; refusals: readonly Refusal[] }> => {
  const forbidden = forbiddenIn(manifest)
  if (forbidden.length > 0) return { refusals: forbidden }
  const resource = await resources.find(manifest)
  if (resource === undefined) return { refusals: [noSuchKind(manifest)] }
  const where = manifest.namespace ?? namespace
  const { value } = keptOff(manifest, { namespace, nodesApart })
  try {
    const { body, warnings } = await learner.call({
      method: 'PATCH',
      path: pathOf(resource, where, manifest.name || '-'),
      query: { fieldManager: 'learner', force: true, fieldValidation: 'Strict' },
      contentType: 'application/apply-patch+yaml',
      body: resource.namespaced ? { ...value, metadata: { ...(value['metadata'] as object), namespace: where } } : value,
      ...(signal ? { signal } : {}),
    })
    const insecure = warnings.filter((warning) => warning.includes('violate PodSecurity'))
    return { object: body as ClusterObject, refusals: insecure.flatMap((warning) => podSecurityRefusals(manifest, warning)) }
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown
    const refusals = toRefusals(manifest, thrown, where === namespace && resource.namespaced)
    if (refusals === undefined) throw toFault(`apply ${manifest.title}`, thrown)
    return { refusals }
  }
}
