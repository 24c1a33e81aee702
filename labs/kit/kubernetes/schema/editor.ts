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

const REF = '#/definitions/'
const nameOf = (ref: string): string => ref.slice(REF.length).replaceAll('~1', '/')

/**
 * One JSON Schema for an editor: completion, hover and markers for some kinds (`apps/v1 Deployment`; all of them where none are named),
 * with the definitions they use and no others. The same structure the static checks refuse by. Runs in a browser.
 */
export const toEditorSchema = (
  structure: Structure,
  descriptions: Descriptions,
  kinds: readonly string[] = Object.keys(structure.kinds),
): JsonSchema => {
  const definitions: Record<string, JsonSchema> = {}
  const pending = kinds.flatMap((kind) => structure.kinds[kind] ?? [])
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const definition = structure.definitions[name]
    if (definition === undefined || definitions[name] !== undefined) continue
    definitions[name] = described(definition, descriptions.definitions[name] ?? {})
    pending.push(...refsIn(definition))
  }
  const pairs = kinds.map((kind) => kind.split(' ') as [apiVersion: string, kind: string])
  const unique = (index: 0 | 1): string[] => [...new Set(pairs.map((pair) => pair[index]))].toSorted()
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: { apiVersion: { type: 'string', enum: unique(0) }, kind: { type: 'string', enum: unique(1) } },
    // Not `oneOf`: a slip in a Deployment would be told as a slip in every kind.
    allOf: pairs.map(([apiVersion, kind]) => ({
      if: { required: ['apiVersion', 'kind'], properties: { apiVersion: { const: apiVersion }, kind: { const: kind } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: { $ref: `${REF}${(structure.kinds[`${apiVersion} ${kind}`] ?? '').replaceAll('/', '~1')}` },
    })),
    definitions,
  }
}

/** A definition with its texts; a reference beside a text is ignored by editors, so the two are joined. */
const described = (definition: JsonSchema, texts: Readonly<Record<string, string>>): JsonSchema => {
  const properties = definition['properties'] as Readonly<Record<string, JsonSchema>> | undefined
  const own = texts[''] === undefined ? {} : { description: texts[''] }
  if (properties === undefined) return { ...definition, ...own }
  const fields = Object.entries(properties).map(([field, schema]) => {
    const description = texts[field]
    if (description === undefined) return [field, schema]
    return [field, schema['$ref'] === undefined ? { ...schema, description } : { allOf: [schema], description }]
  })
  return { ...definition, ...own, properties: Object.fromEntries(fields) as unknown }
}

const refsIn = (schema: unknown): string[] => {
  if (Array.isArray(schema)) return schema.flatMap(refsIn)
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, value]) => (key === '$ref' && typeof value === 'string' ? [nameOf(value)] : refsIn(value)))
}
