import { z } from 'zod'

type Schema = { readonly [key: string]: unknown }

/** The words that a schema allows at a path: the keys of a mapping, or the values of a choice. Empty where anything goes. */
export const knownAt = (schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] => {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema
  const { properties, propertyNames, enum: choice } = path.reduce<Schema>(inside, root)
  if (isSchema(propertyNames)) return words(propertyNames['enum'])
  return isSchema(properties) ? Object.keys(properties) : words(choice)
}

const inside = (schema: Schema, step: PropertyKey): Schema => {
  const { properties, items, additionalProperties } = schema
  const next = isSchema(properties) && Object.hasOwn(properties, step) ? properties[String(step)] : (items ?? additionalProperties)
  return isSchema(next) ? next : {}
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null
const words = (list: unknown): readonly string[] => (Array.isArray(list) ? list.map(String) : [])
