import { type Fields, fieldsOf, listOf, textOf } from './read/manifest.ts'

/**
 * Whether labels are selected by a `LabelSelector` (`matchLabels`, `matchExpressions`); an empty one selects everything.
 *
 * Source: Kubernetes API reference, `meta/v1 LabelSelector`: all requirements must hold; `NotIn` and `DoesNotExist` also hold where
 * the label is absent.
 */
export const selects = (selector: Fields, labels: Fields): boolean =>
  matchesLabels(fieldsOf(selector['matchLabels']), labels) &&
  listOf(selector['matchExpressions']).every((each) => holds(fieldsOf(each), labels))

/** Whether labels carry every one of the wanted pairs: a Service's `selector`, a ReplicationController's. */
export const matchesLabels = (wanted: Fields, labels: Fields): boolean =>
  Object.entries(wanted).every(([key, value]) => String(labels[key] ?? '') === String(value) && labels[key] !== undefined)

export const isEmptySelector = (selector: Fields): boolean =>
  Object.keys(fieldsOf(selector['matchLabels'])).length === 0 && listOf(selector['matchExpressions']).length === 0

const holds = (requirement: Fields, labels: Fields): boolean => {
  const label = labels[textOf(requirement['key'])]
  const values = listOf(requirement['values']).map(String)
  switch (requirement['operator']) {
    case 'In':
      return label !== undefined && values.includes(String(label))
    case 'NotIn':
      return label === undefined || !values.includes(String(label))
    case 'Exists':
      return label !== undefined
    case 'DoesNotExist':
      return label === undefined
    default:
      return false
  }
}
