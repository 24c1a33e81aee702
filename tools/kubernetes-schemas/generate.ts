/**
 * Writes `labs/kit/kubernetes/schema/{structure,descriptions}.json` from the development dependency `kubernetes-models`.
 *
 *     node tools/kubernetes-schemas/generate.ts
 *
 * The package's types know every field, which are required and what they mean; its validators know what types cannot say: which
 * numbers are whole, how large they may be, and the format of strings. Its validators let unknown fields pass, the schemas
 * written here do not. Text and structure are two files because grading needs no text.
 *
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { removedApis } from '../../labs/kit/kubernetes/apis/removed.ts'
import { type Declaration, declarationsOf } from './declarations.ts'
import { type Definition, type Schema, toDefinition } from './definition.ts'

const root = join(import.meta.dirname, '../..')
const models = join(root, 'node_modules/kubernetes-models')
const machinery = join(root, 'node_modules/@kubernetes-models/apimachinery')
const target = join(root, 'labs/kit/kubernetes/schema')

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.d.ts') && entry.name !== 'index.d.ts')
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/_schemas/'))
    .sort()

/** The short name of a definition: `apps/v1.DeploymentSpec`, `meta/v1.ObjectMeta`. */
const nameOf = (file: string): string => {
  const inside = file.startsWith(models) ? relative(models, file) : relative(machinery, file).replace(/^apis?\//, '')
  return inside.replace(/\.(d\.ts|js)$/, '').replace(/\/([^/]+)$/, '.$1')
}

/** The file a declaration's import stands for. */
const fileOf = (specifier: string, from: string): string =>
  specifier.startsWith('.') ? resolve(dirname(from), specifier).replace(/\.js$/, '.d.ts') : join(root, 'node_modules', `${specifier}.d.ts`)

/** The package's own validator of a definition, by the long name that its types are exported under. */
const validatorOf = async (file: string, longName: string): Promise<NonNullable<unknown>> => {
  const home = file.startsWith(models) ? models : machinery
  const { validate } = (await import(pathToFileURL(join(home, '_schemas', `${longName}.js`)).href)) as { validate: NonNullable<unknown> }
  return validate
}

const removed = new Set(removedApis.flatMap(({ apiVersion, kinds }) => kinds.map((kind) => `${apiVersion} ${kind}`)))
const declarations = new Map<string, { file: string; declaration: Declaration }>()
for (const file of [...filesBelow(models), ...filesBelow(machinery)]) {
  const declaration = declarationsOf(readFileSync(file, 'utf8'), file)
  if (declaration !== undefined) declarations.set(nameOf(file), { file, declaration })
}

const definitions: Record<string, Schema> = {}
const descriptions: Record<string, Record<string, string>> = {}
const kinds: Record<string, string> = {}
const pending: string[] = []
for (const [name, { declaration }] of declarations) {
  const { apiVersion, kind } = declaration
  if (apiVersion === undefined || kind === undefined || removed.has(`${apiVersion} ${kind}`)) continue
  // Lists are taken apart by the reader, and the machinery's own kinds (Status, DeleteOptions) are no manifests.
  if (kind.endsWith('List') || name.startsWith('meta/')) continue
  kinds[`${apiVersion} ${kind}`] = name
  pending.push(name)
}

for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
  if (definitions[name] !== undefined) continue
  const found = declarations.get(name)
  if (found === undefined) throw new Error(`kubernetes-models does not declare ${name}`)
  const { file, declaration } = found
  const definition: Definition = toDefinition(declaration, {
    validate: (await validatorOf(file, declaration.longName)) as Parameters<typeof toDefinition>[1]['validate'],
    nameOf: (specifier) => nameOf(fileOf(specifier, file)),
  })
  definitions[name] = definition.schema
  descriptions[name] = definition.descriptions
  pending.push(...definition.refers)
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
const { version } = JSON.parse(readFileSync(join(models, 'package.json'), 'utf8')) as { version: string }
const source = `kubernetes-models ${version} (MIT), from the Kubernetes API definitions (Apache-2.0)`
// One definition a line: git shows what a new version of the package changed.
const lines = (record: Record<string, unknown>): string =>
  `{\n${Object.entries(sorted(record))
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
    .join(',\n')}\n}`
const write = (file: string, parts: Record<string, string>): void =>
  writeFileSync(
    join(target, file),
    `{${Object.entries(parts)
      .map(([key, json]) => `${JSON.stringify(key)}:${json}`)
      .join(',\n')}}\n`,
  )
write('structure.json', { source: JSON.stringify(source), kinds: lines(kinds), definitions: lines(definitions) })
write('descriptions.json', { source: JSON.stringify(source), definitions: lines(descriptions) })
console.log(`${Object.keys(kinds).length} kinds, ${Object.keys(definitions).length} definitions`)
