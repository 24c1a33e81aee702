import { compareQuantities, parseQuantity } from '../arithmetic/quantity.ts'
import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isQualifiedName } from '../names.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest } from '../read/manifest.ts'
import { notNegative } from './amounts.ts'

/** The highest that a priority of one's own can be; above it are those of the system. */
const HIGHEST = 1_000_000_000
const SYSTEM: Readonly<Record<string, number>> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 }

/** Source: kubernetes/kubernetes, pkg/apis/scheduling/validation/validation.go (ValidatePriorityClass). */
export const priorityClass = ({ name, value }: Manifest): Complaint[] => {
  if (name.startsWith('system-'))
    return SYSTEM[name] === value['value'] ? [] : [{ rule: 'priority.system', path: ['metadata', 'name'], values: { name } }]
  const actual = value['value']
  return typeof actual === 'number' && actual > HIGHEST
    ? [{ rule: 'field.most', path: ['value'], values: { field: 'value', actual, most: HIGHEST } }]
    : []
}

/** From the least to the most that one object may have; each may be left out. */
const ORDER = ['min', 'defaultRequest', 'default', 'max'] as const

/** Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (ValidateLimitRange). */
export const limitRange = (spec: Fields): Complaint[] =>
  listOf(spec['limits']).flatMap((limit, index) => (isFields(limit) ? ordered(limit, ['spec', 'limits', index]) : []))

const ordered = (limit: Fields, at: Path): Complaint[] => {
  const complaints: Complaint[] = []
  for (const [index, upper] of ORDER.entries())
    for (const [resource, amount] of Object.entries(fieldsOf(limit[upper]))) {
      const most = parseQuantity(amount)
      const lower = ORDER.slice(0, index).findLast((field) => parseQuantity(fieldsOf(limit[field])[resource]) !== undefined)
      if (most === undefined || lower === undefined) continue
      const least = parseQuantity(fieldsOf(limit[lower])[resource])
      if (least !== undefined && compareQuantities(least, most) > 0)
        complaints.push({
          rule: 'limits.order',
          path: [...at, upper, resource],
          values: { resource, upper, lower, actual: String(amount), least: String(fieldsOf(limit[lower])[resource]) },
        })
    }
  return complaints
}

const COUNTED = new Set([
  ...['cpu', 'memory', 'ephemeral-storage', 'pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps'],
  ...['persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers', 'requests.storage'],
  ...['requests', 'limits'].flatMap((side) => ['cpu', 'memory', 'ephemeral-storage'].map((resource) => `${side}.${resource}`)),
])

/** Source: the same file (ValidateResourceQuotaResourceName). */
export const resourceQuota = (spec: Fields): Complaint[] =>
  Object.entries(fieldsOf(spec['hard'])).flatMap(([resource, amount]): Complaint[] => {
    const path = ['spec', 'hard', resource]
    const known =
      COUNTED.has(resource) || /^(requests\.)?hugepages-./.test(resource) || (resource.includes('/') && isQualifiedName(resource))
    if (!known) return [{ rule: 'resources.uncounted', path, want: 'key', values: { resource } }]
    return notNegative(resource, amount, path)
  })
