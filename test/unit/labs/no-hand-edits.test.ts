import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { contentsOf, tracesIn } from '../../../labs/operability/no-hand-edits/images.ts'
import { readRelease } from '../../../labs/operability/no-hand-edits/release.ts'
import { accountsFor, type SettingsOf } from '../../../labs/operability/no-hand-edits/settings.ts'
import type { BuiltImage, LayerFile } from '../../../runner/sandbox/contract.ts'

const LAB = join(import.meta.dirname, '../../../labs/operability/no-hand-edits')
const settings = Object.fromEntries(
  ['test', 'staging', 'production'].map((name, index) => [
    name,
    { title: `${name} shop`, stockUrl: `http://stock:900${index + 1}`, stockKey: `key-of-${name}` },
  ]),
) as unknown as SettingsOf

type Layer = Readonly<Record<string, string | undefined>>

/** An image of layers above a base; `undefined` is a file that the layer removes. */
const imageOf = (layers: readonly Layer[], more: Partial<BuiltImage['config']> = {}) =>
  ({
    config: { env: {}, labels: {}, entrypoint: [], cmd: [], ...more },
    history: [],
    layers: [{ base: true }, ...layers.map(() => ({ base: false }))],
    files: async (layer: number) =>
      Object.entries(layers[layer - 1] ?? {}).map(([path, text]) => ({ path, kind: text === undefined ? 'removed' : 'file' }) as LayerFile),
    read: async (layer: number, path: string) => Buffer.from(layers[layer - 1]?.[path] ?? ''),
    find: async (bytes: Uint8Array) =>
      layers.flatMap((files, index) =>
        Object.entries(files).flatMap(([path, text]) =>
          text?.includes(Buffer.from(bytes).toString()) ? [{ layer: index + 1, path }] : [],
        ),
      ),
  }) as unknown as BuiltImage

describe('a release', () => {
  test('of the starter and of the solution can be read', async () => {
    for (const folder of ['starter', 'solution']) {
      expect(readRelease(await readFile(join(LAB, folder, 'release.yaml'), 'utf8'))).toHaveProperty('release')
    }
  })

  test('that runs what nobody builds is answered at that line', () => {
    const source = 'builds:\n  - name: a\nenvironments:\n  test: { image: a }\n  staging:\n    image: b\n  production: { image: a }\n'
    expect(readRelease(source)).toMatchObject({ answer: { status: 'rejected', as: 'unknown', at: { line: 6 } } })
  })

  test('takes numbers and switches for the text that a program gets', () => {
    const source =
      'builds: [{ name: a }]\nenvironments:\n  test: { image: a, variables: { PORT: 8080, MAIL: true } }\n  staging: { image: a }\n  production: { image: a }\n'
    expect(readRelease(source)).toMatchObject({ release: { environments: { test: { variables: { PORT: '8080', MAIL: 'true' } } } } })
  })

  test('cannot put files outside of its folder', () => {
    const source = (path: string) =>
      `builds: [{ name: a }]\nenvironments:\n  test: { image: a, files: { "${path}": x } }\n  staging: { image: a }\n  production: { image: a }\n`
    expect(readRelease(source('a/b.json'))).toHaveProperty('release')
    for (const path of ['/etc/passwd', '../x', 'a/../../x'])
      expect(readRelease(source(path))).toMatchObject({ answer: { status: 'rejected' } })
  })
})

describe('values of an environment in an image', () => {
  test('are found in a layer whose file a later layer removes, and in the configuration', async () => {
    const image = imageOf([{ 'app/settings.json': 'key-of-staging' }, { 'app/settings.json': undefined }], { env: { T: 'test shop' } })
    expect(await tracesIn(image, settings)).toEqual([
      { environment: 'test', setting: 'title', place: 'ENV T', removed: false },
      { environment: 'staging', setting: 'stockKey', place: 'app/settings.json', layer: 2, removed: true },
    ])
    expect((await contentsOf(image)).map(({ path }) => path)).toEqual([])
  })

  test('are not in an image without them', async () => {
    const image = imageOf([{ 'app/server.js': 'process.env.TITLE' }])
    expect(await tracesIn(image, settings)).toEqual([])
    expect((await contentsOf(image)).map(({ path }) => path)).toEqual(['app/server.js'])
  })
})

test('every environment has a stock of its own, with another number in it', () => {
  const accounts = accountsFor(settings, 7)
  expect(accounts.map(({ port }) => port)).toEqual([9001, 9002, 9003])
  expect(new Set(accounts.map(({ left }) => left)).size).toBe(3)
})
