import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IMAGES_MS, imageWithAgent, whyNot } from '../contract/engine.ts'
import { type Arena, type Learner, openArena } from './arena.ts'
import { raw, request } from './requests.ts'

const because = await whyNot('hostile uploads')

const HELLO = 'print("hello")\n'
const MIB = 1024 * 1024

describe.skipIf(because !== undefined)('a hostile upload', () => {
  let arena: Arena
  let learner: Learner
  beforeAll(async () => {
    await imageWithAgent()
    arena = await openArena('uploads', { pool: { mostSlots: 2, mostHosts: 0 } })
    learner = arena.learner()
    await learner.submit('hello', { 'main.py': HELLO })
  }, IMAGES_MS)
  afterAll(async () => arena?.[Symbol.asyncDispose]())

  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    type = 'application/json',
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const response = await learner.ask('/api/submissions', { method: 'POST', body, headers: { 'content-type': type, ...headers } })
    const answer = (await response.json()) as { error?: { code: string; message: string; at?: { file?: string } } }
    return { status: response.status, code: answer.error?.code, ...answer }
  }
  const named = (files: Readonly<Record<string, string>>) =>
    post(JSON.stringify({ lab: 'hello', files: { 'main.py': HELLO, ...files }, language: 'en' }))
  /** Nothing was stored, and the next one passes. */
  const unharmed = async (before: number) => {
    const { submissions } = (await (await learner.ask('/api/submissions?lab=hello&limit=100')).json()) as { submissions: unknown[] }
    expect(submissions.length, 'submissions stored').toBe(before)
  }
  const stored = async () =>
    ((await (await learner.ask('/api/submissions?lab=hello&limit=100')).json()) as { submissions: unknown[] }).submissions.length

  const NAMES: readonly (readonly [id: string, names: readonly string[], codes: readonly string[]])[] = [
    ['tar-absolute', ['/outside.txt', '//outside.txt', '/work/main.py'], ['file.path']],
    ['name-nul', ['main.py\0.txt', '\0', 'main.py\0'], ['file.path']],
    ['name-newline', ['a\nb.txt', 'a\rb', 'a\tb', 'a\u0085b', 'a\u2028b'], ['file.path']],
    ['name-option', ['-rf', '--help', '-', '--', '-C/'], ['file.unknown', 'file.path']],
    [
      'name-shell',
      ['$(id)', '`id`', ';id', "'", '"', '*', '~', '~root', 'a b', '|id', '&', '{a,b}', '!x', '#'],
      ['file.unknown', 'file.path'],
    ],
    [
      'name-unicode',
      [
        'caf\u00e9.py',
        'main\u200b.py',
        'm\u0430in.py',
        '\ufeffmain.py',
        'main.p\u00fd',
        'main\u00ad.py',
        '\u2024\u2024/main.py',
        'main.py\ufe0f',
      ],
      ['file.unknown', 'file.path'],
    ],
    ['name-case', ['Main.py', 'MAIN.PY', 'ma\u0131n.py', 'ＭＡＩＮ.py', 'main.pY'], ['file.collision', 'file.unknown']],
    [
      'name-long',
      ['x'.repeat(255), 'x'.repeat(256), 'y/'.repeat(2500), `${'z'.repeat(199)}`, 'x'.repeat(200_000)],
      ['file.path', 'file.unknown'],
    ],
    [
      'name-dotfiles',
      [
        '.git/config',
        '.npmrc',
        'pip.conf',
        'sitecustomize.py',
        'conftest.py',
        'Makefile',
        '.profile',
        '.hatoba',
        'usercustomize.py',
        'lab.ts',
      ],
      ['file.unknown'],
    ],
    [
      'name-traversal',
      [
        '../main.py',
        'a/../../main.py',
        './main.py',
        'main.py/',
        'main.py/.',
        '..',
        '.',
        '',
        'a//b',
        '..%2fmain.py',
        '%2e%2e/main.py',
        'main.py/../main.py',
      ],
      ['file.path', 'file.unknown'],
    ],
    [
      'windows-paths',
      ['C:\\x', '\\\\server\\share', '\\\\?\\C:\\x', 'C:x', '..\\main.py', 'main.py:stream', 'CON', 'nul.txt', 'main.py.', 'main.py '],
      ['file.path', 'file.unknown'],
    ],
    ['names-of-objects', ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', '__proto__/main.py'], ['file.unknown']],
    ['names-of-halves', ['\ud800', 'main\udfff.py'], ['file.path', 'body.malformed', 'file.not-text']],
  ]
  it.for(NAMES)('%s: is refused by its name before anything is stored', async ([, names, codes]) => {
    const before = await stored()
    for (const name of names) {
      const { status, code, error } = await named({ [name]: 'x' })
      expect(codes, `${JSON.stringify(name.slice(0, 50))}: ${status} ${code}`).toContain(code)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(`${error?.message}${error?.at?.file}`.length, 'a refusal is short').toBeLessThan(500)
      expect(JSON.stringify(error)).not.toMatch(/[\0\n\u200b\u2028\u202e]/)
    }
    await unharmed(before)
  })

  it('many-files-upload: a hundred thousand members are refused by their number', async () => {
    const files = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`f${n}`, '']))
    expect((await named(files)).code).toMatch(/^(files.too-many|body.too-large)$/)
    expect((await named(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}`, ''])))).code).toBe('files.too-many')
  })

  it('huge-upload: an endless chunked body is cut at the limit while it streams, with memory flat', async () => {
    const before = process.memoryUsage().rss
    const chunk = Buffer.alloc(65_536 + 9, 'x')
    chunk.write('10000\r\n', 0)
    chunk.write('\r\n', 65_536 + 7)
    const head = request(arena.url, 'POST /api/submissions', { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' })
    const answers = await Promise.all(Array.from({ length: 8 }, () => raw(arena.url, head, { forMs: 20_000, more: chunk })))
    for (const { text, closed, taken } of answers) {
      expect(closed, 'the connection is closed').toBe(true)
      expect(taken, 'bytes taken').toBeLessThan(24 * MIB)
      expect(text === '' || text.startsWith('HTTP/1.1 413')).toBe(true)
    }
    expect(
      answers.some(({ text }) => text.includes('body.too-large')),
      'one at least heard why',
    ).toBe(true)
    expect((process.memoryUsage().rss - before) / MIB, 'MiB grown').toBeLessThan(150)
  })

  it('endless-body-elsewhere: a body that no route wants is not read either', async () => {
    const chunk = Buffer.alloc(65_536 + 9, 'x')
    chunk.write('10000\r\n', 0)
    chunk.write('\r\n', 65_536 + 7)
    for (const line of ['POST /api/nowhere', 'PUT /api/submissions', 'GET /api/labs', 'POST /', 'DELETE /healthz', 'GET /api/progress']) {
      const head = request(arena.url, line, { 'Transfer-Encoding': 'chunked' })
      const { taken, closed } = await raw(arena.url, head, { forMs: 15_000, more: chunk })
      expect(closed, `${line}: the connection is closed`).toBe(true)
      expect(taken / MIB, `${line}: MiB taken`).toBeLessThan(1024)
    }
  })

  it('claimed-length: a body that claims to be enormous is refused before it comes', async () => {
    for (const length of ['1099511627776', '9007199254740993', '1e309', '-1', '٣', '0x10', '1_000']) {
      const head = request(arena.url, 'POST /api/submissions', { 'Content-Type': 'application/json', 'Content-Length': length })
      const { text } = await raw(arena.url, head, { forMs: 3000 })
      expect(text.slice(0, 12), length).toMatch(/^HTTP\/1.1 4(13|00)/)
    }
  })

  it('zip-bomb: a compressed body is not unpacked, and no archive is taken', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * MIB)) as Uint8Array<ArrayBuffer>
    expect(await post(bomb, 'application/json', { 'content-encoding': 'gzip' })).toMatchObject({ status: 400 })
    for (const type of [
      'application/zip',
      'application/x-tar',
      'application/gzip',
      'multipart/form-data; boundary=x',
      'text/plain',
      'application/x-www-form-urlencoded',
      '',
    ])
      expect(await post(bomb, type), type).toMatchObject({ status: 415, code: 'body.not-json' })
  })

  it('json-deep: a hundred thousand brackets overflow nothing', async () => {
    for (const body of [
      '['.repeat(100_000),
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
      `${'{"files":'.repeat(9)}{}${'}'.repeat(9)}`,
    ])
      expect((await post(body)).code).toMatch(/^body\.(malformed|too-deep)$/)
  })

  it('json-proto: keys of object prototypes change nothing for anybody', async () => {
    const tricks = [
      `{"lab":"hello","files":{"main.py":"x","__proto__":{"polluted":"yes"}},"language":"en"}`,
      `{"lab":"hello","files":{"main.py":"x"},"language":"en","__proto__":{"polluted":"yes"}}`,
      `{"lab":"hello","files":{"main.py":"x"},"language":"en","constructor":{"prototype":{"polluted":"yes"}}}`,
      `{"__proto__":{"lab":"hello","files":{"main.py":"x"},"language":"en"}}`,
      `{"lab":"__proto__","files":{"main.py":"x"},"language":"en"}`,
      `{"lab":"hello","files":"__proto__","language":"en"}`,
      `{"lab":"hello","files":{"__proto__":"x"},"language":"constructor"}`,
    ]
    const before = await stored()
    for (const body of tricks) expect((await post(body)).status, body).toBeGreaterThanOrEqual(400)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    await unharmed(before)
    expect((await learner.submit('hello', { 'main.py': HELLO })).verdict.outcome).toBe('passed')
  })

  it('json-duplicates: a key that is there twice, however it is written, is refused', async () => {
    const before = await stored()
    for (const body of [
      `{"lab":"hello","lab":"graceful-stop","files":{"main.py":"x"},"language":"en"}`,
      `{"lab":"hello","files":{"main.py":"x","main.py":"y"},"language":"en"}`,
      `{"lab":"hello","files":{"main.py":"x","m\\u0061in.py":"y"},"language":"en"}`,
      `{"lab":"hello","files":{"main.py":"x"},"language":"en","fil\\u0065s":{}}`,
    ])
      expect((await post(body)).code, body).toBe('body.duplicate-key')
    await unharmed(before)
  })

  it('number-edges: numbers where text belongs, and text where numbers belong, are refused and never rounded', async () => {
    for (const value of [
      '-1',
      '0',
      '1e309',
      '9007199254740993',
      '"1_000"',
      'true',
      'null',
      '[]',
      '{}',
      `1${'0'.repeat(500_000)}`,
      '1e-400',
      '-0',
    ])
      expect((await post(`{"lab":"hello","files":{"main.py":${value}},"language":"en"}`)).status, value.slice(0, 20)).toBe(
        value.startsWith('"') ? 202 : 422,
      )
    for (const limit of ['-1', '0', '1e309', 'NaN', '9007199254740993', '1_000', '٣', '0x7', ' 5x', '1.5', '101', ''])
      expect((await learner.ask(`/api/submissions?lab=hello&limit=${encodeURIComponent(limit)}`)).status, limit).toBe(422)
    for (const text of ['NaN', 'Infinity', '0x10', '01', '{lab:1}', "{'lab':1}", '{"lab":"hello",}', '// x\n{}', '\ufeff{}'])
      expect((await post(text)).status, text).toBeGreaterThanOrEqual(400)
  })

  it('network-flag: settings are not the learner’s to make', async () => {
    const before = await stored()
    for (const extra of [
      '"network":"internal"',
      '"limits":{"memoryMiB":4096}',
      '"sandbox":{"network":"internal"}',
      '"image":"node"',
      '"seed":1',
      '"runtime":"x"',
      '"learner":"x"',
      '"settings":{"network":true}',
    ])
      expect((await post(`{"lab":"hello","files":{"main.py":"x"},"language":"en",${extra}}`)).code, extra).toBe('body.invalid')
    await unharmed(before)
  })

  it('not-text: bytes that are no UTF-8, halves of characters and zero characters are refused', async () => {
    const body = Buffer.from(`{"lab":"hello","files":{"main.py":"x\xff\xfe"},"language":"en"}`, 'latin1') as Uint8Array<ArrayBuffer>
    expect((await post(body)).code).toBe('body.not-utf8')
    for (const text of ['\\ud800', '\\u0000', 'a\\udc00b'])
      expect((await post(`{"lab":"hello","files":{"main.py":"${text}"},"language":"en"}`)).code, text).toBe('file.not-text')
    for (const charset of ['utf-16', 'shift_jis', 'utf-7'])
      expect(
        (await post(`{"lab":"hello","files":{"main.py":"x"},"language":"en"}`, `application/json; charset=${charset}`)).status,
      ).toBeLessThan(500)
  })

  it('large-files: a file and all files together have a size', async () => {
    expect((await named({ 'main.py': 'x'.repeat(257 * 1024) })).code).toBe('file.too-large')
    expect((await named({ 'main.py': '波'.repeat(90 * 1024) })).code).toBe('file.too-large')
    const { verdict } = await learner.submit('hello', { 'main.py': `${HELLO}#${'x'.repeat(255 * 1024)}\n` })
    expect(verdict.outcome).toBe('passed')
  })

  it.skip('tar-link-then-file (skipped: no archive is taken from learners; zip-bomb shows that they are refused)', () => {})
  it.skip('compile-time-include (skipped: no lab compiles sources that include others; a build runs in its own sandbox, see contract/build.test.ts)', () => {})
})
