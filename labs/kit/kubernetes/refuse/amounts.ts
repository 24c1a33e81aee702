import { compareQuantities, parseQuantity, type Quantity } from '../arithmetic/quantity.ts'
import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isQualifiedName } from '../names.ts'
import { type Fields, fieldsOf } from '../read/manifest.ts'

/** What Kubernetes itself counts for a container. */
const OWN = ['cpu', 'memory', 'ephemeral-storage']
const isHuge = (resource: string): boolean => /^hugepages-./.test(resource)
/** A resource that others add, such as `nvidia.com/gpu`: it cannot be shared, so what is asked for is what is given. */
const isAdded = (resource: string): boolean => resource.includes('/') && !/(^|\.)kubernetes\.io\//.test(resource)
const WHOLE = 1_000_000_000n

/**
 * Requests and limits: amounts of things that exist, none negative, no request above its limit.
 *
 * Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (ValidateContainerResourceRequirements).
 */
export const amountComplaints = (resources: Fields, at: Path): Complaint[] => {
  const limits = fieldsOf(resources['limits'])
  const requests = fieldsOf(resources['requests'])
  const all = [...Object.keys(limits), ...Object.keys(requests)]
  const huge = all.find(isHuge)
  const alone = huge !== undefined && !all.includes('cpu') && !all.includes('memory')
  return [
    ...(alone ? [{ rule: 'resources.huge' as const, path: at, want: 'key' as const, values: { resource: huge } }] : []),
    ...Object.entries(limits).flatMap(([resource, amount]) => single(resource, amount, [...at, 'limits', resource])),
    ...Object.entries(requests).flatMap(([resource, amount]) => {
      const path = [...at, 'requests', resource]
      const wrong = single(resource, amount, path)
      return wrong.length > 0 ? wrong : pair(resource, amount, limits[resource], path)
    }),
  ]
}

const single = (resource: string, amount: unknown, path: Path): Complaint[] => {
  if (!OWN.includes(resource) && !isHuge(resource) && (!resource.includes('/') || !isQualifiedName(resource)))
    return [{ rule: 'resources.unknown', path, want: 'key', values: { resource } }]
  const wrong = notNegative(resource, amount, path)
  const quantity = parseQuantity(amount)
  return wrong.length === 0 && isAdded(resource) && quantity !== undefined && quantity.billionths % WHOLE !== 0n
    ? [{ rule: 'resources.whole', path, values: { resource, actual: String(amount) } }]
    : wrong
}

/** An amount that is nothing or more. What is no quantity is the schema's affair. */
export const notNegative = (resource: string, amount: unknown, path: Path): Complaint[] => {
  const quantity = parseQuantity(amount)
  return quantity !== undefined && quantity.billionths < 0n
    ? [{ rule: 'resources.negative', path, values: { resource, actual: String(amount) } }]
    : []
}

/** An amount that is more than nothing. */
export const positive = (resource: string, amount: unknown, path: Path): Complaint[] => {
  const quantity = parseQuantity(amount)
  return quantity !== undefined && quantity.billionths <= 0n
    ? [{ rule: 'resources.nothing', path, values: { resource, actual: String(amount) } }]
    : []
}

const pair = (resource: string, amount: unknown, limit: unknown, path: Path): Complaint[] => {
  const [asked, most] = [parseQuantity(amount), parseQuantity(limit)]
  if (asked === undefined) return []
  const values = { resource, request: String(amount), limit: limit === undefined ? '-' : String(limit) }
  if ((isAdded(resource) || isHuge(resource)) && !isSame(asked, most)) return [{ rule: 'resources.same', path, values }]
  return most !== undefined && compareQuantities(asked, most) > 0 ? [{ rule: 'resources.request-over-limit', path, values }] : []
}

const isSame = (a: Quantity, b: Quantity | undefined): boolean => b !== undefined && compareQuantities(a, b) === 0
