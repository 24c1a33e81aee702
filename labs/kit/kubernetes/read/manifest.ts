import type { At } from '../../finding.ts'
import type { Path } from '../finding.ts'
import type { RuleId } from '../text/index.ts'
import type { Place } from './place.ts'
import type { Plain } from './plain.ts'

/** A mapping of a manifest. Absent and null are the same; no key of it means anything to JavaScript. */
export type Fields = { readonly [key: string]: unknown }

/** One object that a learner wants to exist. */
export interface Manifest {
  readonly value: Fields
  /** Empty where they are missing or no text. */
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  /** As written; undefined means the namespace it is applied to. */
  readonly namespace: string | undefined
  /** `Deployment/web`, for people. */
  readonly title: string
  /** The place of a path in this object; of the deepest part that exists, where the path does not. */
  at(path: Path, want?: 'key' | 'value'): Required<At>
}

export type Position = (place: Place, path: Path, want?: 'key' | 'value') => Required<At>

/** The objects of one document: itself, or the items of a list. `strangers` are things that are no objects. */
export const manifestsOf = (
  { value, place }: Plain,
  position: Position,
): { objects: Manifest[]; strangers: { path: Path; rule: RuleId }[] } => {
  if (!isFields(value)) return { objects: [], strangers: [{ path: [], rule: 'manifest.no-object' }] }
  const items = value['items']
  const kind = textOf(value['kind'])
  // A plain list without items is a list of nothing; any other kind may merely be called so.
  if (kind === 'List' && value['apiVersion'] === 'v1' && items === undefined) return { objects: [], strangers: [] }
  if (!kind.endsWith('List') || !Array.isArray(items)) return { objects: [manifest(value, place, [], position)], strangers: [] }
  const objects: Manifest[] = []
  const strangers: { path: Path; rule: RuleId }[] = []
  for (const [index, item] of items.entries()) {
    const path = ['items', index]
    if (isFields(item)) objects.push(manifest(withTypeOfList(item, value), place, path, position))
    else strangers.push({ path, rule: 'manifest.no-object' })
  }
  return { objects, strangers }
}

/** In a `DeploymentList` an item need not say that it is a Deployment; in a plain `List` it must. */
const withTypeOfList = (item: Fields, list: Fields): Fields => {
  const kind = textOf(list['kind'])
  if (kind === 'List' || item['kind'] !== undefined || item['apiVersion'] !== undefined) return item
  return Object.assign(Object.create(null), item, { apiVersion: list['apiVersion'], kind: kind.slice(0, -'List'.length) }) as Fields
}

const manifest = (value: Fields, place: Place, prefix: Path, position: Position): Manifest => {
  const metadata = fieldsOf(value['metadata'])
  const kind = textOf(value['kind'])
  const name = textOf(metadata['name']) || (textOf(metadata['generateName']) && `${textOf(metadata['generateName'])}*`)
  const namespace = metadata['namespace']
  return {
    value,
    apiVersion: textOf(value['apiVersion']),
    kind,
    name,
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    title: `${kind || '?'}/${name || '?'}`,
    at: (path, want) => position(place, [...prefix, ...path], want),
  }
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
/** A mapping, empty where there is none. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : NOTHING)
/** A list, empty where there is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
/** Text, empty where there is none. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const NOTHING: Fields = Object.freeze(Object.create(null))
