import {
  compareQuantities,
  type Fields,
  fieldsOf,
  listOf,
  matchesLabels,
  parseQuantity,
  podAmount,
  podOf,
  readManifests,
  selects,
  textOf,
} from '../../kit/kubernetes/index.ts'
import type { GivenNode } from './given.ts'

/** The plugins of the scheduler that keep a Pod from a node, by their names and in their order. */
export type Filter = 'TaintToleration' | 'NodeAffinity' | 'NodeResourcesFit'

/** Labels that ours alone decide about: what the lab has added is no matter of the learner's. */
const isOurs = (key: string): boolean => /(^|\.)hatoba\.dev\//.test(key)

/**
 * Which plugin keeps a Pod from an empty node; undefined where none does. It explains to people what the scheduler has decided already,
 * and decides nothing.
 */
export const filterOf = (spec: Fields, node: GivenNode): Filter | undefined => {
  const tolerations = listOf(spec['tolerations']).map(fieldsOf)
  const untolerated = node.taints.some(
    ({ effect, ...taint }) => effect !== 'PreferNoSchedule' && !tolerations.some(tolerates(taint, effect)),
  )
  if (untolerated) return 'TaintToleration'
  if (!isSelected(spec, node.labels)) return 'NodeAffinity'
  return fits(spec, node) ? undefined : 'NodeResourcesFit'
}

const tolerates =
  (taint: { readonly key: string; readonly value?: string }, effect: string) =>
  ({ key = '', operator = 'Equal', value = '', effect: of = '' }: Fields): boolean =>
    (of === '' || of === effect) &&
    (operator === 'Exists' ? key === '' || key === taint.key : key === taint.key && value === (taint.value ?? ''))

const isSelected = ({ nodeSelector, affinity }: Fields, labels: Fields): boolean => {
  const wanted = Object.fromEntries(Object.entries(fieldsOf(nodeSelector)).filter(([key]) => !isOurs(key)))
  const required = fieldsOf(fieldsOf(affinity)['nodeAffinity'])['requiredDuringSchedulingIgnoredDuringExecution']
  const terms = listOf(fieldsOf(required)['nodeSelectorTerms']).map(fieldsOf)
  return matchesLabels(wanted, labels) && (terms.length === 0 || terms.some((term) => selects(term, labels)))
}

const fits = (spec: Fields, { allocatable }: GivenNode): boolean =>
  ['cpu', 'memory'].every((resource) => {
    const room = parseQuantity(allocatable[resource])
    const asked = amountOf(spec, resource)
    return room === undefined || asked === undefined || compareQuantities(asked, room) <= 0
  })

const amountOf = (spec: Fields, resource: string) => {
  const [manifest] = readManifests('pod', JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' }, spec })).manifests
  const pod = manifest === undefined ? undefined : podOf(manifest)
  return pod === undefined ? undefined : podAmount(pod, 'requests', resource)
}

/** What a Pod asks for, as it is written at its first container. */
export const asked = (spec: Fields, resource: string): string => {
  const [container] = listOf(spec['containers']).map(fieldsOf)
  return textOf(fieldsOf(fieldsOf(fieldsOf(container)['resources'])['requests'])[resource]) || '-'
}

/** What the scheduler said, without its advice on preemption. */
export const saidBy = (message: string): string => message.split(/\.\s/)[0] ?? message

/** `os=windows:NoSchedule`, as `kubectl describe node` writes it. */
export const taintText = ({ key, value, effect }: GivenNode['taints'][number]): string =>
  `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`
