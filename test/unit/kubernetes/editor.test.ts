import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { type Descriptions, type Structure, toEditorSchema } from '../../../labs/kit/kubernetes/schema/editor.ts'

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../labs/kit/kubernetes/schema/${name}.json`, import.meta.url), 'utf8')) as T
const schema = toEditorSchema(read<Structure>('structure'), read<Descriptions>('descriptions'), {
  offers: ['apps/v1 Deployment', 'v1 Service'],
  noKind: (apiVersion) => `no such kind in ${apiVersion}`,
})
const validate = new Ajv({ strict: false, logger: false }).compile(schema)

test("the editor's schema refuses what the checks refuse, kind by kind", () => {
  const service = { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }] } }
  expect(validate(service)).toBe(true)
  expect(validate({ ...service, spec: { replicas: 1 } })).toBe(false)
  expect(validate({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 1.5, selector: {}, template: {} } })).toBe(false)
  expect(validate({ apiVersion: 'v1', kind: 'Deployment' }), 'a kind of another API').toBe(false)
  expect(validate({ apiVersion: 'v1', kind: 'Secret', stringDate: {} }), 'a slip in a kind that is not offered').toBe(false)
  expect(validate({ apiVersion: 'v1', kind: 'List', items: [service, { ...service, spec: [] }] }), 'in a list').toBe(false)
  expect(validate({ kind: 'Service' }), 'without its API').toBe(false)
})

test('it is silent on what is not for it to judge', () => {
  expect(validate({ apiVersion: 'v1', kind: 'Secret', stringData: {} }), 'a kind that is not offered').toBe(true)
  expect(validate({ apiVersion: 'v1', kind: 'ServiceList', items: [] }), 'a list of one kind').toBe(true)
  expect(validate({ apiVersion: 'serving.knative.dev/v1', kind: 'Service', spec: { anything: 1 } }), "somebody's own kind").toBe(true)
  expect(validate({ timetable: { image: 'timetable:3.2' } }), 'no manifest').toBe(true)
})

test('it offers what it is told to, and no other kind by the way', () => {
  const { definitions: _, ...top } = schema
  expect(top['properties']).toMatchObject({ kind: { anyOf: [{ enum: ['Deployment', 'Service'] }, {}] } })
  expect(JSON.stringify(top)).not.toContain('"const"')
})

test('it carries texts for hover', () => {
  const definitions = schema['definitions'] as Record<string, { properties: Record<string, { description?: string }> }>
  expect(definitions['v1.ConfigMap']?.properties['data']?.description).toMatch(/configuration data/i)
})
