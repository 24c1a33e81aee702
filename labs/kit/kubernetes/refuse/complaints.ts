import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { type Fields, textOf } from '../read/manifest.ts'

/** Complaints that many kinds share. What has the wrong type is the schema's affair and passed over. */

/** A number that is too small. */
export const least = (fields: Fields, at: Path, field: string, bound: number): Complaint[] => {
  const actual = fields[field]
  return typeof actual === 'number' && actual < bound
    ? [{ rule: 'field.least', path: [...at, field], values: { field, actual, least: bound } }]
    : []
}

export const noneNegative = (fields: Fields, at: Path, names: readonly string[]): Complaint[] =>
  names.flatMap((field) => least(fields, at, field, 0))

export const between = (fields: Fields, at: Path, field: string, bounds: readonly [least: number, most: number]): Complaint[] => {
  const actual = fields[field]
  const [low, high] = bounds
  return typeof actual === 'number' && (actual < low || actual > high)
    ? [{ rule: 'field.between', path: [...at, field], values: { field, actual, least: low, most: high } }]
    : []
}

/** A text that is none of the words there are; one that is empty stands for the default. */
export const choice = (fields: Fields, at: Path, field: string, choices: readonly string[]): Complaint[] => {
  const actual = fields[field]
  return typeof actual === 'string' && actual !== '' && !choices.includes(actual)
    ? [{ rule: 'field.choice', path: [...at, field], values: { field, actual, choices: choices.join(', ') } }]
    : []
}

/** A field that must be there and hold something: a text with characters, a list with items. */
export const needed = (fields: Fields, at: Path, field: string, parent: string): Complaint[] => {
  const given = fields[field]
  if (given === undefined) return [{ rule: 'field.missing', path: [...at, field], values: { field, parent } }]
  return given === '' || (Array.isArray(given) && given.length === 0)
    ? [{ rule: 'field.empty', path: [...at, field], values: { field } }]
    : []
}

/** Exactly one of several fields. */
export const exactlyOne = (fields: Fields, at: Path, names: readonly string[], parent: string): Complaint[] => {
  const count = names.filter((name) => fields[name] !== undefined).length
  return count === 1
    ? []
    : [{ rule: 'field.one-of', path: at, want: 'key', values: { parent, count, choices: names.map((name) => `\`${name}\``).join(', ') } }]
}

/** Two fields of which one leaves no room for the other; it is said at the second. */
export const exclusive = (fields: Fields, at: Path, other: string, field: string): Complaint[] =>
  fields[field] === undefined || fields[other] === undefined
    ? []
    : [{ rule: 'field.exclusive', path: [...at, field], want: 'key', values: { field, other } }]

/** A field that only has a meaning under a condition, which is named as it is written in a manifest. */
export const onlyWith = (fields: Fields, at: Path, field: string, condition: string): Complaint[] =>
  fields[field] === undefined ? [] : [{ rule: 'field.only-with', path: [...at, field], want: 'key', values: { field, condition } }]

/** What must differ in a list: the second of two that are the same. An empty key is nothing that could be. */
export const repeated = (field: string, items: readonly { readonly key: string; readonly path: Path }[]): Complaint[] => {
  const seen = new Set<string>()
  return items.flatMap(({ key, path }) => {
    if (key === '') return []
    if (seen.has(key)) return [{ rule: 'field.repeated' as const, path, values: { field, actual: key } }]
    seen.add(key)
    return []
  })
}

/** A percentage or a whole number that is not negative. */
export const countOrPercent = (fields: Fields, at: Path, field: string, atMostAll = false): Complaint[] => {
  const actual = fields[field]
  if (typeof actual === 'string') {
    if (!/^\d+%$/.test(actual)) return [{ rule: 'field.percent', path: [...at, field], values: { field, actual } }]
    return atMostAll && Number.parseInt(actual, 10) > 100
      ? [{ rule: 'field.between', path: [...at, field], values: { field, actual, least: '0%', most: '100%' } }]
      : []
  }
  return least(fields, at, field, 0)
}

export const hasText = (value: unknown): boolean => textOf(value) !== ''
