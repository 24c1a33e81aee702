import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { whyNot } from '../contract/engine.ts'
import { type Arena, complaint, openArena } from './arena.ts'

const because = await whyNot('hostile manifests')

describe.skipIf(because !== undefined)('a hostile manifest', () => {
  let arena: Arena
  beforeAll(async () => {
    arena = await openArena('manifests', { pool: { mostSlots: 0, mostHosts: 0 } })
  })
  afterAll(async () => arena?.[Symbol.asyncDispose]())

  const anchors = [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...[...'bcdefghij'].map((name, n) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[n]}`).join(', ')}]`),
  ].join('\n')
  it.for([
    ['yaml-bomb', anchors],
    [
      'yaml-bomb of merge keys',
      `a: &a {x: 1}\n${Array.from(
        { length: 200 },
        (_, n) =>
          `b${n}: &b${n} {<<: [${Array(20)
            .fill(n === 0 ? '*a' : `*b${n - 1}`)
            .join(', ')}]}`,
      ).join('\n')}`,
    ],
    ['html-in-broken-markup', 'a: *missing <script>alert(1)</script>\n"<img src=x onerror=alert(1)>: [\n'],
    ['yaml-cycle', 'a: &a [*a, *a]\n'],
    ['yaml-deep', `${'['.repeat(50_000)}\n`],
    ['yaml-deep by indentation', Array.from({ length: 600 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
    ['yaml-tags', 'a: !!python/object/apply:os.system ["id"]\nb: !!js/function "function(){}"\nc: !ruby/object:X {}\nd: !!binary aGk=\n'],
    ['yaml-documents', '---\na: 1\n'.repeat(5000)],
    ['yaml-proto', '__proto__: {polluted: yes}\nconstructor: {prototype: {polluted: yes}}\n'],
    ['yaml-odd numbers', 'a: 1e309\nb: .nan\nc: 0x10\nd: 9007199254740993\ne: 1_000\nf: 010\n'],
    ['yaml of a block without end', `a: |\n${'  x\n'.repeat(60_000)}`],
  ] as const)('%s: is refused as a file, in bounded time', async ([, text]) => {
    const { verdict } = await arena.learner().submit('draw-the-line', { 'duties.yaml': text })
    expect(['rejected', 'failed'], JSON.stringify(verdict).slice(0, 2000)).toContain(verdict.outcome)
    expect(complaint(verdict)?.because).toBeTruthy()
    expect(JSON.stringify(verdict).length).toBeLessThan(300_000)
    expect(verdict.ms).toBeLessThan(20_000)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
