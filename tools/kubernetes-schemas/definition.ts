import type { Declaration, Field, FieldType } from './declarations.ts'

export type Schema = Readonly<Record<string, unknown>>

export interface Definition {
  readonly schema: Schema
  /** By field; the definition's own text stands under the empty name. */
  readonly descriptions: Record<string, string>
  readonly refers: readonly string[]
}

/** A validator as ajv compiles it. */
interface Validate {
  (value: unknown): boolean
  errors: { instancePath: string; keyword: string; params: Record<string, unknown> }[] | null
}

interface Using {
  readonly validate: Validate
  /** The definition that an import stands for. */
  nameOf(specifier: string): string
}

/** A declaration as a strict JSON Schema: no field but those declared, whole numbers whole. */
export const toDefinition = (declaration: Declaration, using: Using): Definition => {
  const refers = new Set<string>()
  const schemaOf = (type: FieldType, probe: Probe): Schema => {
    switch (type.is) {
      case 'any':
        return {}
      case 'boolean':
      case 'object':
        return { type: type.is }
      case 'enum':
        return { type: 'string', enum: type.values }
      case 'quantity':
        return { type: ['string', 'number'], format: 'quantity' }
      case 'intOrString':
        return { type: ['integer', 'string'], format: 'int-or-string' }
      case 'number':
        return numberSchema(probe)
      case 'string':
        return stringSchema(probe)
      case 'list':
        return {
          type: 'array',
          items: schemaOf(
            type.of,
            probe.inside((value) => [value], '/0'),
          ),
        }
      case 'map':
        return {
          type: 'object',
          additionalProperties: schemaOf(
            type.of,
            probe.inside((value) => ({ a: value }), '/a'),
          ),
        }
      case 'fields':
        return objectSchema(type.fields, true, (field) => probe.inside((value) => ({ [field]: value }), `/${field}`))
      case 'ref': {
        const name = using.nameOf(type.specifier)
        refers.add(name)
        return { $ref: `#/definitions/${name.replaceAll('/', '~1')}` }
      }
    }
  }
  const objectSchema = (fields: readonly Field[], isObject: boolean, probeOfField: (field: string) => Probe): Schema => {
    const required = fields.filter((field) => field.required).map((field) => field.name)
    return {
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      properties: Object.fromEntries(
        // What the cluster reports is not the learner's to write: its shape would be half of the file.
        fields.map(({ name, type }) => [name, name === 'status' && isObject ? { type: 'object' } : schemaOf(type, probeOfField(name))]),
      ),
      // The package declares free-form objects (`FieldsV1`, `RawExtension`) as objects without a field.
      ...(fields.length === 0 ? {} : { additionalProperties: false }),
    }
  }
  const probeOf = (field: string): Probe => newProbe(using.validate, (value) => ({ [field]: value }), `/${field}`)
  if (declaration.alias !== undefined) {
    const schema = schemaOf(
      declaration.alias,
      newProbe(using.validate, (value) => value, ''),
    )
    return { schema, descriptions: describe(declaration, []), refers: [...refers] }
  }
  const { fields } = declaration
  const either = Object.entries(EITHER).find(([name]) => declaration.longName.endsWith(`ApiextensionsV1${name}`))?.[1]
  // What has no field and takes a number takes anything: a default in the schema of a custom resource (`JSON`).
  const anything = fields.length === 0 && using.validate(1)
  const schema = either ?? (anything ? {} : objectSchema(fields, declaration.kind !== undefined, probeOf))
  return { schema, descriptions: describe(declaration, fields), refers: [...refers] }
}

/**
 * What may be a schema or something else. The package takes these for objects without a field; the API reads them by hand.
 *
 * Source: kubernetes/kubernetes, staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/marshal.go.
 */
const PROPS = { $ref: '#/definitions/apiextensions.k8s.io~1v1.JSONSchemaProps' }
const orElse = (type: string, other: Schema): Schema => ({ ...other, type: ['object', type], if: { type }, else: PROPS })
const EITHER: Readonly<Record<string, Schema>> = {
  JSONSchemaPropsOrBool: orElse('boolean', {}),
  JSONSchemaPropsOrArray: orElse('array', { items: PROPS }),
  JSONSchemaPropsOrStringArray: orElse('array', { items: { type: 'string' } }),
}

const describe = (declaration: Declaration, fields: readonly Field[]): Record<string, string> =>
  Object.fromEntries(
    [{ name: '', description: declaration.description }, ...fields].flatMap(({ name, description }) =>
      description === undefined ? [] : [[name, description.split('\n\n')[0] as string]],
    ),
  )

/** Asks the package's validator what it says about a value in one place. */
interface Probe {
  complaints(value: unknown): { keyword: string; params: Record<string, unknown> }[]
  inside(wrap: (value: unknown) => unknown, path: string): Probe
}

const newProbe = (validate: Validate, wrap: (value: unknown) => unknown, path: string): Probe => ({
  complaints: (value) => {
    validate(wrap(value))
    return (validate.errors ?? []).filter((error) => error.instancePath === path)
  },
  inside: (deeper, more) => newProbe(validate, (value) => wrap(deeper(value)), path + more),
})

const LARGER_THAN_INT32 = 2 ** 40

const numberSchema = (probe: Probe): Schema => {
  const whole = probe.complaints(1.5).some(({ keyword, params }) => keyword === 'type' && params['type'] === 'integer')
  if (!whole) return { type: 'number' }
  const small = probe.complaints(LARGER_THAN_INT32).some(({ keyword }) => keyword === 'format')
  return { type: 'integer', format: small ? 'int32' : 'int64' }
}

const stringSchema = (probe: Probe): Schema => {
  const format = probe.complaints('\u0000').find(({ keyword }) => keyword === 'format')?.params['format']
  return { type: 'string', ...(typeof format === 'string' ? { format } : {}) }
}
