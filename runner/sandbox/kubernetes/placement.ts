import { podOf } from '../../../labs/kit/kubernetes/pod.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest } from '../../../labs/kit/kubernetes/read/manifest.ts'
import { OFF_CONTROL_PLANE } from './control-plane.ts'
import { FLEET_TAINT, LABEL } from './labels.ts'

/** The label of a group of played nodes; without a value. */
export const groupLabel = (group: string): string => `group.hatoba.dev/${group}`

/** The same object with the spec of its Pods replaced; itself where it makes none. */
const withPodSpec = (manifest: Manifest, change: (spec: Fields) => Fields): Manifest => {
  const pod = podOf(manifest)
  if (pod === undefined) return manifest
  const replace = (value: Fields, [step, ...rest]: readonly (string | number)[]): Fields =>
    step === undefined ? { ...value, spec: change(pod.spec) } : { ...value, [step]: replace(fieldsOf(value[String(step)]), rest) }
  return { ...manifest, value: replace(manifest.value, pod.path) }
}

export interface Placing {
  readonly namespace: string
  readonly group: string
  /** The cluster's names of runtime classes by those that learners write. */
  readonly runtimeClasses: ReadonlyMap<string, string>
}

/** The same object, its Pods kept to one group of a submission's played nodes. A field of another shape is left for the API server. */
export const placed = (manifest: Manifest, { namespace, group, runtimeClasses }: Placing): Manifest =>
  withPodSpec(manifest, (spec) => {
    const { nodeSelector = {}, tolerations = [], runtimeClassName } = spec
    const known = typeof runtimeClassName === 'string' ? runtimeClasses.get(runtimeClassName) : undefined
    return {
      ...spec,
      ...(known === undefined ? {} : { runtimeClassName: known }),
      ...(isFields(nodeSelector) ? { nodeSelector: { ...nodeSelector, [LABEL.sandbox]: namespace, [groupLabel(group)]: '' } } : {}),
      // Whatever the value: the label decides whose nodes, and what the scheduler says then names no other submission.
      ...(Array.isArray(tolerations) ? { tolerations: [...tolerations, { key: FLEET_TAINT, operator: 'Exists' }] } : {}),
    }
  })

const OFF_FLEETS = { key: FLEET_TAINT, operator: 'DoesNotExist' }

export interface Keeping {
  readonly namespace: string
  /** Whether there are nodes enough apart from those of the control plane. */
  readonly nodesApart: boolean
}

/**
 * The same object, its Pods kept off nodes that are not for them, but for what `placed` has seen. Off every played node where they
 * tolerate every taint or spread themselves: on such a node they would count as running without having run, and take the room of another
 * submission; and a spread counts the nodes of others, empty as they are to it, unless the Pod could not go there by its affinity
 * (https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/, `nodeAffinityPolicy`). And off the control plane.
 */
export const keptOff = (manifest: Manifest, { namespace, nodesApart }: Keeping): Manifest =>
  withPodSpec(manifest, (spec) => {
    if (fieldsOf(spec['nodeSelector'])[LABEL.sandbox] === namespace) return spec
    const tolerated = listOf(spec['tolerations'])
      .map(fieldsOf)
      .some(({ key = '' }) => key === '' || key === FLEET_TAINT)
    const spread = listOf(spec['topologySpreadConstraints']).length > 0
    return withExpressions(spec, [...(tolerated || spread ? [OFF_FLEETS] : []), ...(nodesApart ? [OFF_CONTROL_PLANE] : [])])
  })

/** Each term is an alternative to the others, so each gets the expressions. */
const withExpressions = (spec: Fields, expressions: readonly Fields[]): Fields => {
  const affinity = fieldsOf(spec['affinity'])
  const nodeAffinity = fieldsOf(affinity['nodeAffinity'])
  const required = fieldsOf(nodeAffinity['requiredDuringSchedulingIgnoredDuringExecution'])
  const { nodeSelectorTerms: terms = [{}] } = required
  if (expressions.length === 0 || !Array.isArray(terms)) return spec
  const nodeSelectorTerms = terms.map((term: unknown) =>
    isFields(term) ? { ...term, matchExpressions: [...listOf(term['matchExpressions']), ...expressions] } : term,
  )
  return {
    ...spec,
    affinity: {
      ...affinity,
      nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { ...required, nodeSelectorTerms } },
    },
  }
}
