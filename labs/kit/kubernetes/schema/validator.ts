import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { z } from 'zod'
import { parseQuantity } from '../arithmetic/quantity.ts'

/** The schemas as `tools/kubernetes-schemas` writes them: JSON Schema definitions, and the definition of each kind. */
const structureSchema = z.object({
  source: z.string(),
  kinds: z.record(z.string(), z.string()),
  definitions: z.record(z.string(), z.record(z.string(), z.unknown())),
})
export type Structure = z.infer<typeof structureSchema>

let loaded: Structure | undefined
/** Every schema; read from disk once, when first asked for. */
export const structure = (): Structure => {
  loaded ??= structureSchema.parse(JSON.parse(readFileSync(new URL('structure.json', import.meta.url), 'utf8')))
  return loaded
}

let ajv: Ajv | undefined
const compiler = (): Ajv => {
  if (ajv !== undefined) return ajv
  ajv = new Ajv({ allErrors: true, verbose: true, strict: false, formats: FORMATS })
  ajv.addSchema({ $id: 'kubernetes', definitions: structure().definitions })
  return ajv
}

const FORMATS = {
  int32: { type: 'number' as const, validate: (value: number) => value >= -(2 ** 31) && value < 2 ** 31 },
  int64: true as const,
  'int-or-string': true as const,
  quantity: (text: string) => parseQuantity(text) !== undefined,
  // Go's reader passes over the ends of lines, and over nothing else: a folded text (`>`) has spaces.
  byte: (text: string) => /^[A-Za-z0-9+/\r\n]*(=[\r\n]*){0,2}$/.test(text) && text.replace(/[\r\n]/g, '').length % 4 === 0,
  'date-time': (text: string) => /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text),
}

const compiled = new Map<string, ValidateFunction>()

/** Everything about an object that its kind's schema does not allow; undefined for a kind that Kubernetes does not have. */
export const schemaErrors = (apiVersion: string, kind: string, value: unknown): readonly ErrorObject[] | undefined => {
  const definition = structure().kinds[`${apiVersion} ${kind}`]
  if (definition === undefined) return undefined
  let validate = compiled.get(definition)
  if (validate === undefined) {
    validate = compiler().compile({ $ref: `kubernetes#/definitions/${definition.replaceAll('/', '~1')}` })
    compiled.set(definition, validate)
  }
  return validate(value) ? [] : (validate.errors ?? [])
}
