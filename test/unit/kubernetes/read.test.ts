import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readManifests } from '../../../labs/kit/kubernetes/index.ts'
import { plainScalar } from '../../../labs/kit/kubernetes/read/scalar.ts'

const places = (text: string): string[] => readManifests('a.yaml', text).findings.map(({ rule, at }) => `${rule} ${at.line}:${at.column}`)

describe('a file of manifests', () => {
  test('is read as all of its documents, lists taken apart, empty ones left out', () => {
    const text =
      '# nothing\n---\nkind: A\n---\napiVersion: v1\nkind: List\nitems:\n- kind: B\n- kind: C\n---\n---\napiVersion: x/v1\nkind: DList\nitems: [{metadata: {name: d}}]\n'
    const { manifests, findings } = readManifests('a.yaml', text)
    expect(findings).toEqual([])
    expect(manifests.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`)).toEqual(['/A', '/B', '/C', 'x/v1/D'])
  })

  test('is nothing where a list has no items, and an object where a kind of somebody is called a list', () => {
    expect(readManifests('a.yaml', 'apiVersion: v1\nkind: List\n').manifests).toEqual([])
    expect(readManifests('a.yaml', 'apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\n').manifests).toHaveLength(1)
  })

  test.each([
    ['brackets', 'a:\n  b: [x,\n  w\n]\nc: z\n', { a: { b: ['x', 'w'] }, c: 'z' }],
    ['braces', 'a:\n  - {x: 1,\nw: [2,\n3]}\nc: z\n', { a: [{ x: 1, w: [2, 3] }], c: 'z' }],
    ['double quotes', 'a:\n  b: "x\ny"\nc: z\n', { a: { b: 'x y' }, c: 'z' }],
    ['single quotes', "a:\n  b: 'x\n\n y: ''z'''\nc: z\n", { a: { b: "x\ny: 'z'" }, c: 'z' }],
  ])('lets what stands in %s go on at any column, as Kubernetes does', (_, text, value) => {
    const { manifests, findings } = readManifests('a.yaml', text)
    expect(findings).toEqual([])
    expect(JSON.parse(JSON.stringify(manifests[0]?.value))).toEqual(value)
  })

  test('tells of brackets that are never closed where they were opened, and still reads the document after them', () => {
    const { manifests, findings } = readManifests('a.yaml', 'kind: A\nspec:\n  b: [x,\n  y\nc: z\n---\nkind: B\nspec: [x,\ny]\n')
    expect(manifests.map(({ kind }) => kind)).toEqual(['B'])
    expect(findings.map(({ rule, at }) => `${rule} ${at.line}`)).toEqual(['yaml.indent 4'])
  })

  test('keeps line and column of every key and value, in lists of lists too', () => {
    const text =
      'kind: List\napiVersion: v1\nitems:\n  - kind: Pod\n    spec:\n      containers:\n        - name: web\n          image: x\n'
    const [pod] = readManifests('a.yaml', text).manifests
    expect(pod?.at(['spec', 'containers', 0, 'image'])).toEqual({ file: 'a.yaml', line: 8, column: 18 })
    expect(pod?.at(['spec', 'containers', 0, 'image'], 'key')).toEqual({ file: 'a.yaml', line: 8, column: 11 })
    expect(pod?.at(['spec', 'containers', 0, 'ports', 3, 'name']), 'the deepest part that exists').toMatchObject({ line: 7 })
  })

  test('reads JSON as the YAML that it is', () => {
    expect(readManifests('a.json', '{"kind": "Pod", "metadata": {"name": "a"}}').manifests[0]?.title).toBe('Pod/a')
  })

  test('knows the one escape more that Kubernetes knows, and no other', () => {
    const text = `kind: A\nspec: {a: "it\\'s", b: "\\\\' \\u00e9"}\n`
    expect(readManifests('a.yaml', text).manifests[0]?.value['spec']).toEqual({ a: "it's", b: "\\' é" })
    expect(places(`kind: A\nspec: {a: "it\\'s \\q"}\n`)).toEqual(['yaml.escape 2:18'])
  })

  test('takes null for absent, as an API server does', () => {
    const [pod] = readManifests('a.yaml', 'kind: Pod\nspec:\n  volumes:\n  nodeName: ~\n').manifests
    expect(Object.keys(pod?.value['spec'] as object)).toEqual([])
  })

  test('writes anchors, aliases and merge keys out, what is written last wins, then the earlier of several', () => {
    const text = 'base: &b {x: 1, w: 2}\nmore: &m {z: 3, w: 9}\nkind: A\nspec:\n  x: 7\n  <<: [*b, *m]\n  z: 4\n'
    const { manifests, findings } = readManifests('a.yaml', text)
    expect(manifests[0]?.value['spec']).toEqual({ x: 1, w: 2, z: 4 })
    expect(findings).toEqual([])
  })
})

describe('a scalar without quotes', () => {
  test.each([
    ['yes', true],
    ['on', true],
    ['y', true],
    ['off', false],
    ['N', false],
    ['0644', 420],
    ['0o17', 15],
    ['0x1F', 31],
    ['1_000', 1000],
    ['12:30', '12:30'],
    ['2026-11-21', '2026-11-21'],
    ['1e3', 1000],
    ['1e400', '1e400'],
    ['089', 89],
    ['.5', 0.5],
    ['~', null],
    ['', null],
    ['1.2.3', '1.2.3'],
    ['-7', -7],
    ['0b11', 3],
    ['truely', 'truely'],
    ['_1', '_1'],
    ['5.', 5],
    ['+5', 5],
    ['5m', '5m'],
  ])('%s means what it means to Kubernetes', (source, value) => {
    expect(plainScalar(source)).toBe(value)
  })
})

describe('what cannot be read', () => {
  test('is named with its place', () => {
    expect(places('a:\n\tb: 1')).toEqual(['yaml.tab 2:1'])
    expect(places('a:\n  b: 1\n c: 2')).toEqual(['yaml.indent 3:1'])
    expect(places('a: "x')).toEqual(['yaml.missing-char 1:6'])
    expect(places('a: *b')).toEqual(['yaml.alias 1:4'])
    expect(places('a: !!python/object x')).toContain('yaml.tag 1:20')
    expect(places('a: {{ .Values.x }}')).toContain('yaml.key 1:5')
    expect(places('- a')).toEqual(['manifest.no-object 1:1'])
    expect(places('apiVersion: v1\nkind: List\nitems: [5]')).toEqual(['manifest.no-object 3:9'])
    expect(places('<<: 5\nkind: A')).toEqual(['yaml.merge 1:5'])
  })

  test('does not hide the documents beside it', () => {
    const { manifests, findings } = readManifests('a.yaml', 'kind: A\n---\na: [\n---\nkind: B\n')
    expect(findings).toHaveLength(1)
    expect(manifests.map(({ kind }) => kind)).toEqual(['A', 'B'])
  })

  test('is a key given twice, with the line of the first, also when the two are written differently', () => {
    const [twice] = readManifests('a.yaml', 'kind: A\nspec:\n  a: 1\n  b: 2\n  a: 3\n').findings
    expect(twice).toMatchObject({ rule: 'yaml.duplicate-key', at: { line: 5, column: 3 }, values: { key: 'a', first: 3 } })
    expect(places('data: {1: a, "1": b}')).toEqual(['yaml.duplicate-key 1:14'])
  })
})

describe('a hostile file', () => {
  const bomb = `a: &a [${'x,'.repeat(9)}]\n${[...'bcdefghi'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`).join('\n')}`
  test.each([
    ['a bomb of aliases', bomb, 'yaml.too-large'],
    ['an anchor that contains itself', 'a: &a\n  b: *a\n', 'yaml.too-deep'],
    ['brackets without end', '['.repeat(100_000), 'yaml.too-deep'],
    ['lists in lists', `${'- '.repeat(5_000)}x`, 'yaml.too-deep'],
    ['maps in maps', `${'{a: '.repeat(150)}1${'}'.repeat(150)}`, 'yaml.too-deep'],
    ['a file that is too long', 'x'.repeat(2_000_000), 'yaml.too-long'],
    ['too many documents', '---\n'.repeat(10_000), 'yaml.too-many'],
  ])('%s is a finding', (_, text, rule) => {
    expect(readManifests('a.yaml', text).findings.map((finding) => finding.rule)).toContain(rule)
  })

  test('cannot reach the prototype of anything', () => {
    const [object] = readManifests('a.yaml', '__proto__: {polluted: true}\nconstructor: 1\nkind: A').manifests
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(Object.keys(object?.value ?? {})).toEqual(['__proto__', 'constructor', 'kind'])
  })
})

test('whatever JSON can say is read as it is, and nothing makes the reader throw', () => {
  const withoutNull = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(withoutNull)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, withoutNull(each)]])))
        : value
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().filter((key) => key !== 'items'),
        fc.jsonValue({ maxDepth: 4 }),
      ),
      (value) => {
        const [object] = readManifests(
          'a.yaml',
          stringify({ ...value, kind: 'A' }, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' }),
        ).manifests
        expect(JSON.parse(JSON.stringify(object?.value))).toEqual(JSON.parse(JSON.stringify(withoutNull({ ...value, kind: 'A' }))))
      },
    ),
    { numRuns: 100 },
  )
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab:-{}[]&*!|>\'"#\n\t ,?%@<') }), (text) => void readManifests('a.yaml', text)),
    { numRuns: 500 },
  )
})
