import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { type Descriptions, type Structure, toEditorSchema } from '../../../labs/kit/kubernetes/schema/editor.ts'

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../labs/kit/kubernetes/schema/${name}.json`, import.meta.url), 'utf8')) as T
const structure = read<Structure>('structure')
const descriptions = read<Descriptions>('descriptions')

test("the editor's schema refuses what the checks refuse, kind by kind", () => {
  const schema = toEditorSchema(structure, descriptions, ['apps/v1 Deployment', 'v1 Service'])
  const validate = new Ajv({ strict: false, logger: false }).compile(schema)
  const service = { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }] } }
  expect(validate(service)).toBe(true)
  expect(validate({ ...service, spec: { replicas: 1 } })).toBe(false)
  expect(validate({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 1.5, selector: {}, template: {} } })).toBe(false)
  expect(validate({ apiVersion: 'v1', kind: 'Secret' }), 'a kind that was not asked for').toBe(false)
})

test('it carries texts for hover, and only the definitions that are used', () => {
  const one = toEditorSchema(structure, descriptions, ['v1 ConfigMap']) as {
    definitions: Record<string, { properties: Record<string, { description?: string }> }>
  }
  expect(one.definitions['v1.ConfigMap']?.properties['data']?.description).toMatch(/configuration data/i)
  expect(Object.keys(one.definitions)).not.toContain('v1.PodSpec')
  expect(JSON.stringify(one).length).toBeLessThan(JSON.stringify(toEditorSchema(structure, descriptions)).length / 10)
})
