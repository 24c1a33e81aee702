/** What `structure.json` holds. */
export interface Structure {
  readonly kinds: Readonly<Record<string, string>>
  readonly definitions: Readonly<Record<string, JsonSchema>>
}
/** What `descriptions.json` holds: by definition and field; a definition's own text under the empty name. */
export interface Descriptions {
  readonly definitions: Readonly<Record<string, Readonly<Record<string, string>>>>
}
export type JsonSchema = Readonly<Record<string, unknown>>

/** An editor tells the name of a definition as the type that it expects, as it stands in the reference. */
const plain = (name: string): string => name.replaceAll('/', '.')
const withPlainNames = (definition: JsonSchema): JsonSchema => JSON.parse(JSON.stringify(definition).replaceAll('~1', '.')) as JsonSchema

export interface EditorHelp {
  /** What is offered where a kind is to be written (`apps/v1 Deployment`); all of them where none are named. */
  readonly offers?: readonly string[]
  /** What is said at a kind that an API does not have. */
  noKind(apiVersion: string): string
}

/**
 * One JSON Schema for an editor: completion, hover and markers, by the same structure that the static checks refuse by. It judges every
 * kind of Kubernetes, also those that are not offered: whether they may be made is for the API server to say. It says nothing of
 * documents that are no manifests, nor of kinds that others have added. Runs in a browser.
 */
export const toEditorSchema = (structure: Structure, descriptions: Descriptions, { offers, noKind }: EditorHelp): JsonSchema => {
  const pairs = Object.keys(structure.kinds).map(pairOf)
  const offered = offers?.map(pairOf) ?? pairs
  const definitions = Object.entries(structure.definitions).map(([name, definition]) => [
    plain(name),
    described(withPlainNames(definition), descriptions.definitions[name] ?? {}),
  ])
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: { apiVersion: anyOfThese(offered, 'apiVersion'), kind: anyOfThese(offered, 'kind') },
    allOf: [
      when(
        { anyOf: ['apiVersion', 'kind', 'metadata', 'spec'].map((field) => ({ required: [field] })) },
        { required: ['apiVersion', 'kind'] },
      ),
      when(is({ apiVersion: 'v1', kind: 'List' }), { properties: { items: { type: 'array', items: { $ref: '#' } } } }),
      ...unique(pairs, 'apiVersion').map((apiVersion) => {
        const kinds = pairs.filter((pair) => pair.apiVersion === apiVersion).map(({ kind }) => kind)
        const known = { pattern: `^(${kinds.join('|')}|.*List)$`, patternErrorMessage: noKind(apiVersion) }
        return when(is({ apiVersion }), { properties: { kind: known } })
      }),
      // Not `oneOf`: a slip in a Deployment would be told as a slip in every kind.
      ...pairs.map((pair) => when(is(pair), { $ref: `#/definitions/${plain(structure.kinds[`${pair.apiVersion} ${pair.kind}`] ?? '')}` })),
    ],
    definitions: Object.fromEntries(definitions) as unknown,
  }
}

interface Pair {
  readonly apiVersion: string
  readonly kind: string
}
const pairOf = (text: string): Pair => {
  const [apiVersion = '', kind = ''] = text.split(' ')
  return { apiVersion, kind }
}
const unique = (pairs: readonly Pair[], field: keyof Pair): string[] => [...new Set(pairs.map((pair) => pair[field]))].toSorted()

/** Offers, but does not demand. */
const anyOfThese = (pairs: readonly Pair[], field: keyof Pair): JsonSchema => ({
  type: 'string',
  anyOf: [{ enum: unique(pairs, field) }, { type: 'string' }],
})

const when = (condition: JsonSchema, then: JsonSchema): JsonSchema => ({ if: condition, then })

/** By pattern, since an editor would offer every value that a condition names. */
const is = (values: Partial<Pair>): JsonSchema => ({
  required: Object.keys(values),
  properties: Object.fromEntries(
    Object.entries(values).map(([field, value]) => [field, { type: 'string', pattern: `^${value.replaceAll('.', '\\.')}$` }]),
  ) as unknown,
})

/** A definition with its texts. One beside a reference is more than draft 7 reads; editors do, and the checks have no use for it. */
const described = (definition: JsonSchema, texts: Readonly<Record<string, string>>): JsonSchema => {
  const own = texts[''] === undefined ? {} : { description: texts[''] }
  const properties = definition['properties'] as Readonly<Record<string, JsonSchema>> | undefined
  if (properties === undefined) return { ...definition, ...own }
  const fields = Object.entries(properties).map(([field, schema]) => {
    const description = texts[field]
    return [field, description === undefined ? schema : { ...schema, description }]
  })
  return { ...definition, ...own, properties: Object.fromEntries(fields) as unknown }
}
