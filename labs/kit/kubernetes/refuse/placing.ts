import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import type { PodOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { between, choice, hasText, needed, onlyWith } from './complaints.ts'
import { pairComplaints, requirement, selectorComplaints } from './selectors.ts'

/**
 * Where a Pod may run: tolerations, affinity, node selectors.
 *
 * Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (ValidateTolerations, validateAffinity, ValidateNodeSelector).
 */
export const placingComplaints = ({ spec, path }: PodOf): Complaint[] => {
  const at = [...path, 'spec']
  const affinity = fieldsOf(spec['affinity'])
  return [
    ...pairComplaints(spec['nodeSelector'], [...at, 'nodeSelector']),
    ...each(spec['tolerations'], [...at, 'tolerations'], toleration),
    ...nodes(fieldsOf(affinity['nodeAffinity']), [...at, 'affinity', 'nodeAffinity']),
    ...(['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => pods(fieldsOf(affinity[kind]), [...at, 'affinity', kind])),
  ]
}

const each = (list: unknown, at: Path, look: (item: Fields, at: Path) => Complaint[]): Complaint[] =>
  listOf(list).flatMap((item, index) => (isFields(item) ? look(item, [...at, index]) : []))

const toleration = (item: Fields, at: Path): Complaint[] => {
  const operator = textOf(item['operator']) || 'Equal'
  if (operator === 'Exists' && hasText(item['value'])) return onlyWith(item, at, 'value', '`operator: Equal`')
  if (operator === 'Equal' && !hasText(item['key']))
    return [{ rule: 'toleration.key', path: item['key'] === undefined ? at : [...at, 'key'], values: {} }]
  return textOf(item['effect']) !== 'NoExecute' ? onlyWith(item, at, 'tolerationSeconds', '`effect: NoExecute`') : []
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'
const WEIGHT: readonly [number, number] = [1, 100]
const OF_NODE = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']

const nodes = (affinity: Fields, at: Path): Complaint[] => [
  ...nodeSelector(affinity[REQUIRED], [...at, REQUIRED]),
  ...each(affinity[PREFERRED], [...at, PREFERRED], (item, place) => [
    ...between(item, place, 'weight', WEIGHT),
    ...terms(fieldsOf(item['preference']), [...place, 'preference']),
  ]),
]

/** Terms that choose nodes: of a Pod, or of a volume. */
export const nodeSelector = (selector: unknown, at: Path): Complaint[] =>
  isFields(selector)
    ? [
        ...needed(selector, at, 'nodeSelectorTerms', String(at.at(-1))),
        ...each(selector['nodeSelectorTerms'], [...at, 'nodeSelectorTerms'], terms),
      ]
    : []

const terms = (term: Fields, at: Path): Complaint[] =>
  each(term['matchExpressions'], [...at, 'matchExpressions'], (item, place) => requirement(item, place, OF_NODE))

const pods = (affinity: Fields, at: Path): Complaint[] => [
  ...each(affinity[REQUIRED], [...at, REQUIRED], podTerm),
  ...each(affinity[PREFERRED], [...at, PREFERRED], (item, place) => [
    ...between(item, place, 'weight', WEIGHT),
    ...podTerm(fieldsOf(item['podAffinityTerm']), [...place, 'podAffinityTerm']),
  ]),
]

const podTerm = (term: Fields, at: Path): Complaint[] => [
  ...(term['topologyKey'] === '' ? needed(term, at, 'topologyKey', 'podAffinityTerm') : []),
  ...selectorComplaints(term['labelSelector'], [...at, 'labelSelector']),
  ...selectorComplaints(term['namespaceSelector'], [...at, 'namespaceSelector']),
]

const DNS = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']

/** How a Pod finds names. Source: the same file (validatePodDNSConfig). */
export const dnsComplaints = ({ spec, path }: PodOf): Complaint[] => {
  const at = [...path, 'spec']
  if (spec['dnsPolicy'] !== 'None') return choice(spec, at, 'dnsPolicy', DNS)
  return listOf(fieldsOf(spec['dnsConfig'])['nameservers']).length === 0
    ? [{ rule: 'field.missing', path: [...at, 'dnsConfig', 'nameservers'], values: { field: 'nameservers', parent: 'dnsConfig' } }]
    : []
}
