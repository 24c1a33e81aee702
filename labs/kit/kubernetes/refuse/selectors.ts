import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isLabelValue, isQualifiedName } from '../names.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { choice } from './complaints.ts'

const WITH_VALUES = ['In', 'NotIn']
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist']

/**
 * A `LabelSelector`: keys and values that labels can have, and operators with the values that they need.
 *
 * Source: kubernetes/apimachinery, pkg/apis/meta/v1/validation/validation.go (ValidateLabelSelector).
 */
export const selectorComplaints = (selector: unknown, path: Path): Complaint[] => {
  const fields = fieldsOf(selector)
  return [
    ...pairComplaints(fields['matchLabels'], [...path, 'matchLabels']),
    ...listOf(fields['matchExpressions']).flatMap((each, index) =>
      isFields(each) ? requirement(each, [...path, 'matchExpressions', index], OPERATORS) : [],
    ),
  ]
}

/** Labels, and pairs that they are compared with: a Service's `selector`, a Pod's `nodeSelector`. */
export const pairComplaints = (pairs: unknown, path: Path): Complaint[] =>
  Object.entries(fieldsOf(pairs)).flatMap(([key, value]): Complaint[] => {
    if (!isQualifiedName(key)) return [{ rule: 'name.label-key', path: [...path, key], want: 'key', values: { name: key } }]
    return typeof value === 'string' && !isLabelValue(value)
      ? [{ rule: 'name.label-value', path: [...path, key], values: { key, name: value } }]
      : []
  })

/** One `key`, `operator`, `values`; a node's may also compare numbers. */
export const requirement = (each: Fields, at: Path, operators: readonly string[]): Complaint[] => {
  const operator = textOf(each['operator'])
  const key = textOf(each['key'])
  const values = listOf(each['values'])
  const unknown = choice(each, at, 'operator', operators)
  if (unknown.length > 0) return unknown
  if (key !== '' && !isQualifiedName(key)) return [{ rule: 'name.label-key', path: [...at, 'key'], values: { name: key } }]
  const compares = operator === 'Gt' || operator === 'Lt'
  const fits = WITH_VALUES.includes(operator) ? values.length > 0 : compares ? values.length === 1 : values.length === 0
  return operator === '' || fits
    ? []
    : [{ rule: 'selector.values', path: [...at, values.length > 0 ? 'values' : 'operator'], values: { operator, count: values.length } }]
}
