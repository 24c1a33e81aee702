import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserAt, openHarbour } from './harbour.ts'

const good = { lab: 'mooring', files: { 'knot.txt': 'a cleat hitch' }, language: 'en' } as const
const withFiles = (files: object) => ({ ...good, files })

describe('a submission is refused, and nothing of it is stored or run', () => {
  let harbour: Awaited<ReturnType<typeof openHarbour>>
  let ask: ReturnType<typeof browserAt>

  beforeAll(async () => {
    harbour = await openHarbour()
    ask = browserAt(harbour.url)
  })
  afterAll(() => harbour[Symbol.asyncDispose]())

  const cases: readonly (readonly [name: string, body: unknown, status: number, code: string, at?: object])[] = [
    ['an unknown lab', { ...good, lab: 'nowhere' }, 404, 'lab.unknown', { field: 'lab' }],
    ['a lab named like a property of every object', { ...good, lab: 'constructor' }, 404, 'lab.unknown'],
    ['an unknown file', withFiles({ ...good.files, 'anchor.txt': '' }), 422, 'file.unknown', { file: 'anchor.txt' }],
    [
      'a file named like a property of every object',
      withFiles({ ...good.files, constructor: '' }),
      422,
      'file.unknown',
      { file: 'constructor' },
    ],
    ['a read-only file', withFiles({ ...good.files, 'pier.txt': '' }), 422, 'file.read-only', { file: 'pier.txt' }],
    ['a missing file', withFiles({}), 422, 'file.missing', { file: 'knot.txt' }],
    ['a step up', withFiles({ ...good.files, '../knot.txt': '' }), 422, 'file.path', { file: '../knot.txt' }],
    ['a step up in the middle', withFiles({ ...good.files, 'a/../../knot.txt': '' }), 422, 'file.path'],
    ['an absolute path', withFiles({ ...good.files, '/etc/passwd': '' }), 422, 'file.path', { file: '/etc/passwd' }],
    ['a backslash', withFiles({ ...good.files, '..\\knot.txt': '' }), 422, 'file.path'],
    ['a drive letter', withFiles({ ...good.files, 'C:knot.txt': '' }), 422, 'file.path'],
    ['a NUL in a path', withFiles({ ...good.files, 'knot.txt\0.png': '' }), 422, 'file.path', { file: 'knot.txt\\u{0}.png' }],
    ['a newline in a path', withFiles({ ...good.files, 'knot\n.txt': '' }), 422, 'file.path', { file: 'knot\\u{a}.txt' }],
    ['a path that turns the direction of text', withFiles({ ...good.files, 'knot\u202etxt': '' }), 422, 'file.path'],
    ['an empty path', withFiles({ ...good.files, '': '' }), 422, 'file.path'],
    ['an empty part', withFiles({ ...good.files, 'a//b': '' }), 422, 'file.path'],
    ['a very long path', withFiles({ ...good.files, ['a'.repeat(300)]: '' }), 422, 'file.path'],
    ['half a surrogate pair in a path', withFiles({ ...good.files, '\ud800': '' }), 422, 'file.path'],
    ['two paths that differ in case', withFiles({ ...good.files, 'KNOT.txt': '' }), 422, 'file.collision', { file: 'KNOT.txt' }],
    ['two paths that differ in how they are composed', withFiles({ ...good.files, 'ｋnot.txt': '' }), 422, 'file.collision'],
    ['a NUL in a file', withFiles({ 'knot.txt': 'a\0b' }), 422, 'file.not-text', { file: 'knot.txt' }],
    ['half a surrogate pair in a file', withFiles({ 'knot.txt': '\ud800' }), 422, 'file.not-text', { file: 'knot.txt' }],
    ['a large file', withFiles({ 'knot.txt': 'x'.repeat(257 * 1024) }), 413, 'file.too-large', { file: 'knot.txt' }],
    [
      'many files',
      withFiles(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`f${i}`, '']))),
      413,
      'files.too-many',
      { field: 'files' },
    ],
    ['a body over the limit', withFiles({ 'knot.txt': 'x'.repeat(1_100_000) }), 413, 'body.too-large'],
    ['files that are a list', { ...good, files: ['knot.txt'] }, 422, 'body.invalid', { field: 'files' }],
    ['a file that is no text', withFiles({ 'knot.txt': 7 }), 422, 'body.invalid', { field: 'files' }],
    ['no lab', { files: {}, language: 'en' }, 422, 'body.invalid', { field: 'lab' }],
    ['an unknown field', { ...good, admin: true }, 422, 'body.invalid', { field: 'admin' }],
    ['an unknown language', { ...good, language: 'fr' }, 422, 'body.invalid', { field: 'language' }],
    ['a list', [], 422, 'body.invalid'],
    ['null', null, 422, 'body.invalid'],
  ]
  test.each(cases)('%s', async (_, json, status, code, at) => {
    const response = await ask('/api/submissions', { json })
    const { error } = (await response.json()) as { error: { code: string; at?: object; message: string; next: string } }
    expect([response.status, error.code]).toEqual([status, code])
    if (at !== undefined) expect(error.at).toEqual(at)
    expect(`${error.message} ${error.next}`).not.toMatch(/(?<!\\u)\{\w+\}|[\0\n]|undefined/)
    expect(error.next.length).toBeGreaterThan(10)
  })

  const raw: readonly (readonly [name: string, body: string | Uint8Array<ArrayBuffer>, status: number, code: string])[] = [
    [
      'bytes that are not UTF-8',
      new Uint8Array([...new TextEncoder().encode('{"lab":"mooring","files":{"knot.txt":"'), 0xff, 0xfe, 0x22, 0x7d, 0x7d]),
      400,
      'body.not-utf8',
    ],
    ['JSON that ends early', '{"lab":"mooring"', 400, 'body.malformed'],
    ['an empty body', '', 400, 'body.malformed'],
    ['a key twice', '{"lab":"mooring","lab":"towing","files":{},"language":"en"}', 400, 'body.duplicate-key'],
    [
      'a file twice, spelled differently',
      '{"lab":"mooring","files":{"knot.txt":"a","kn\\u006ft.txt":"b"},"language":"en"}',
      400,
      'body.duplicate-key',
    ],
    ['deep nesting', `{"files":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'body.too-deep'],
    [
      'a file that would change every object',
      '{"lab":"mooring","files":{"knot.txt":"","__proto__":"x"},"language":"en"}',
      422,
      'file.unknown',
    ],
    [
      'a field that would change every object',
      '{"lab":"mooring","files":{"knot.txt":""},"language":"en","__proto__":{"admin":true}}',
      422,
      'body.invalid',
    ],
  ]
  test.each(raw)('%s', async (_, body, status, code) => {
    const response = await ask('/api/submissions', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([status, code])
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test('another content type', async () => {
    const response = await ask('/api/submissions', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(good),
    })
    expect([response.status, await response.json()]).toMatchObject([415, { error: { code: 'body.not-json' } }])
  })

  test('an endless body, without reading it to its end', async () => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(0x20))
      },
    })
    const response = await ask('/api/submissions', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(response.status).toBe(413)
    expect(sent).toBeLessThan(64 * 2 ** 20)
  })

  test('a page of another site', async () => {
    const foreign = await ask('/api/submissions', { json: good, headers: { origin: 'http://evil.example' } })
    expect([foreign.status, await foreign.json()]).toMatchObject([403, { error: { code: 'origin.refused' } }])
    const opaque = await ask('/api/submissions', { json: good, headers: { origin: 'null' } })
    expect(opaque.status).toBe(403)
    const neighbour = await ask('/api/submissions', { json: good, headers: { origin: 'http://127.0.0.1:1' } })
    expect(neighbour.status).toBe(403)
  })

  test('a name that is not this server', async () => {
    const { port } = new URL(harbour.url)
    const asHost = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        request({ host: '127.0.0.1', port, path: '/api/labs', headers: { host } }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
          .on('error', reject)
          .end()
      })
    expect(await asHost('evil.example')).toBe(421)
    expect(await asHost(`evil.example:${port}`)).toBe(421)
    expect(await asHost('localhost.evil.example')).toBe(421)
    expect(await asHost(`localhost:${port}`)).toBe(200)
    expect(await asHost(`[::1]:${port}`)).toBe(200)
  })

  test('in the language of the submission, else of the browser', async () => {
    const spoken = await ask('/api/submissions', { json: { ...good, language: 'ja', lab: 'nowhere' } })
    expect(((await spoken.json()) as { error: { message: string } }).error.message).toBe('演習 `nowhere` はこのサーバーにありません。')
    const preferred = await ask('/api/labs/nowhere', { headers: { 'accept-language': 'fr;q=0.9, ja-JP;q=0.8, en;q=0.1' } })
    expect(((await preferred.json()) as { error: { next: string } }).error.next).toContain('演習の一覧')
  })

  test('an address that the API does not have', async () => {
    const response = await ask('/api/harbour')
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'route.unknown' } }])
  })

  test('and after all of it the store holds no submission', async () => {
    const history = (await (await ask('/api/submissions?lab=mooring')).json()) as { submissions: unknown[] }
    expect(history.submissions).toEqual([])
    expect(await (await ask('/api/progress')).json()).toEqual({ labs: [] })
  })
})
