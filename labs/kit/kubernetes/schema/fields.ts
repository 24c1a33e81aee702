import type { ErrorObject } from 'ajv'
import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { closest } from './similar.ts'

/** What a schema's complaints mean to the writer: one for each place, unknown fields with the field that was probably meant. */
export const fieldComplaints = (errors: readonly ErrorObject[], value: unknown): Complaint[] => {
  const complaints: Complaint[] = []
  const wrongType = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath))
  for (const error of errors) {
    const path = pathOf(error.instancePath, value)
    // A value of the wrong type is also not among the choices, and has not the format.
    if (error.keyword !== 'type' && error.keyword !== 'additionalProperties' && wrongType.has(error.instancePath)) continue
    const complaint = toComplaint(error, path)
    if (complaint !== undefined) complaints.push(complaint)
  }
  return complaints
}

const toComplaint = (error: ErrorObject, path: Path): Complaint | undefined => {
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(String(params['additionalProperty']), path, error.parentSchema)
    case 'required':
      return {
        rule: 'field.missing',
        path: [...path, String(params['missingProperty'])],
        values: { field: String(params['missingProperty']), parent: last(path) },
      }
    case 'type':
      return wrongType(error, path)
    case 'enum':
      return {
        rule: 'field.choice',
        path,
        values: { field: last(path), actual: show(error.data), choices: (params['allowedValues'] as string[]).join(', ') },
      }
    case 'format':
      return wrongFormat(String(params['format']), error, path)
    default:
      return undefined
  }
}

const unknownField = (field: string, path: Path, schema: ErrorObject['parentSchema']): Complaint => {
  const similar = closest(field, Object.keys((schema?.['properties'] as object | undefined) ?? {}))
  const values = { field, parent: last(path) }
  return similar === undefined
    ? { rule: 'field.unknown', path: [...path, field], want: 'key', values }
    : { rule: 'field.unknown-similar', path: [...path, field], want: 'key', values: { ...values, similar } }
}

const wrongType = (error: ErrorObject, path: Path): Complaint => {
  const allowed = [error.params['type'] as string | string[]].flat()
  const values = { field: last(path), actual: show(error.data), found: typeOf(error.data) }
  if (allowed.includes('integer') && typeof error.data === 'number') return { rule: 'field.whole', path, values }
  if (allowed.includes('string') && (typeof error.data === 'boolean' || typeof error.data === 'number'))
    return { rule: 'field.quote', path, values }
  if (allowed.includes('integer') && typeof error.data === 'string' && /^\d+$/.test(error.data))
    return { rule: 'field.unquote', path, values }
  return { rule: 'field.type', path, values: { ...values, expected: allowed.join('|') } }
}

const wrongFormat = (format: string, error: ErrorObject, path: Path): Complaint | undefined => {
  const values = { field: last(path), actual: show(error.data) }
  switch (format) {
    case 'quantity':
      return { rule: 'field.quantity', path, values }
    case 'int32':
      return { rule: 'field.large', path, values }
    case 'byte':
      return { rule: 'field.base64', path, values: { field: last(path) } }
    case 'date-time':
      return { rule: 'field.time', path, values }
    default:
      return undefined
  }
}

/** Steps that index a list become numbers, as the places of values know them. */
const pathOf = (pointer: string, root: unknown): Path => {
  let value = root
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
      const step = Array.isArray(value) ? Number(key) : key
      value = (value as Record<string | number, unknown> | undefined)?.[step]
      return step
    })
}

const last = (path: Path): string => {
  const name = path.findLast((step) => typeof step === 'string')
  const index = path.at(-1)
  return name === undefined ? '-' : typeof index === 'number' ? `${name}[${index}]` : String(name)
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

const LONGEST = 60
const show = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
