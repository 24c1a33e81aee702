import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import type * as Yaml from 'yaml'
import { syntaxInJapanese } from '../../../site/editor/manifests/syntax.ts'

// The parser of the editor's language server, as that uses it (`yamlParser07.js`).
const server = createRequire(import.meta.url).resolve('yaml-language-server/package.json')
const { Composer, Parser } = createRequire(server)('yaml') as typeof Yaml
const errorsIn = (text: string): readonly string[] => {
  const composer = new Composer({ strict: false, keepSourceTokens: true })
  return [...composer.compose(new Parser().parse(text), true, text.length)].flatMap(({ errors }) => errors.map(({ message }) => message))
}

describe('a slip of syntax is told in Japanese', () => {
  it.each([
    ['a key twice', 'a: 1\na: 2\n'],
    ['a tab', 'a:\n\tb: 1\n'],
    ['a line too far left', 'a:\n  b: 1\n c: 2\n'],
    ['a list too far left', 'a:\n  - 1\n - 2\n'],
    ['a line too far right', 'a:\nb: 1\n  c: 2\n'],
    ['a colon in a value', 'a: b: c\n'],
    ['no colon', 'a: 1\nb\nc: 2\n'],
    ['an open double quote', 'a: "b\nc: 1\n'],
    ['an open single quote', "a: 'b\n"],
    ['no comma in braces', 'a: {b: 1 c: 2}\n'],
    ['an open bracket', 'a: [1, 2\nb: 1\n'],
    ['an open brace', 'a: {b: 1\nc: 2\n'],
    ['a bracket too many', 'a: b]\n c: }\n'],
    ['words behind a quote', 'a: "b" c\n'],
    ['a value behind a list', '- a\nb: 1\n'],
    ['an escape', 'a: "\\q"\n'],
    ['a value that begins with @', 'a: @b\n'],
    ['a value that begins with %', 'a: %b\n'],
    ['a list behind its key', 'a: - b\n'],
    ['letters behind |', 'a: |x\n  b\n'],
    ['a comma for nothing', 'a: [,]\n'],
    ['a mapping behind ---', '--- a: 1\n'],
    ['two anchors', 'a: &x &y 1\n'],
    ['an alias without a name', 'a: *\n'],
  ])('%s', (_, text) => {
    const says = errorsIn(text)
    expect(says).not.toEqual([])
    for (const each of says) expect(syntaxInJapanese(each).replaceAll('YAML', ''), each).not.toMatch(/[A-Za-z]{3}/)
  })

  it('a sentence that nobody has translated stays as it is', () => {
    expect(syntaxInJapanese('Something new')).toBe('Something new')
  })
})
