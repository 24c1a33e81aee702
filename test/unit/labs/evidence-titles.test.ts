import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { type CatalogueLab, loadCatalogue } from '../../../labs/kit/catalogue.ts'
import { COMMON_EVIDENCE } from '../../../labs/kit/common-text.ts'
import type { EvidenceKind } from '../../../labs/kit/evidence.ts'
import { LANGUAGES } from '../../../labs/kit/finding.ts'

const KINDS = ['log', 'diff', 'table', 'timeline', 'series', 'topology'] as const satisfies readonly EvidenceKind[]
const KIT = join(import.meta.dirname, '../../../labs/kit')
const LONGEST = { en: 60, ja: 36 } as const

/** A piece of evidence as it stands in a source: an object with the `kind` written out. */
interface Shown {
  readonly at: string
  readonly kind: EvidenceKind
  /** `dark`: not written out, so that nobody can tell from the source which entry of the text it names. */
  readonly title: string | 'dark' | undefined
}

/** The code below a folder by its path. Not that of learners' files. */
const codeIn = async (folder: string): Promise<readonly (readonly [file: string, text: string])[]> => {
  const exclude = ['starter', 'solution', 'solutions', 'alternatives', 'mistakes'].map((name) => `${name}/**`)
  const files = await Array.fromAsync(glob('**/*.ts', { cwd: folder, exclude }))
  return Promise.all(files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')] as const))
}

/** What the code below a folder shows. */
const shownIn = async (folder: string): Promise<readonly Shown[]> => (await codeIn(folder)).flatMap(([file, text]) => shownBy(file, text))

const shownBy = (file: string, text: string): readonly Shown[] => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const found: Shown[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const kind = KINDS.find((each) => each === plain(propertyOf(node, 'kind')))
      const title = propertyOf(node, 'title')
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
      if (kind) found.push({ at: `${file}:${line}`, kind, title: title && (plain(title) ?? 'dark') })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const propertyOf = (object: ts.ObjectLiteralExpression, name: string): ts.Node | undefined => {
  const property = object.properties.find((each) => each.name !== undefined && ts.isIdentifier(each.name) && each.name.text === name)
  return property && ts.isPropertyAssignment(property) ? property.initializer : property
}

/** The text of `'x'` and of `'x' as const`. */
const plain = (node: ts.Node | undefined): string | undefined => {
  if (node === undefined) return undefined
  if (ts.isAsExpression(node)) return plain(node.expression)
  return ts.isStringLiteral(node) ? node.text : undefined
}

/** Every plain string of the code below a folder. */
const stringsIn = async (folder: string): Promise<ReadonlySet<string>> => {
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) found.add(node.text)
    ts.forEachChild(node, visit)
  }
  for (const [file, text] of await codeIn(folder)) visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest))
  return found
}

const titlesOf = (shown: readonly Shown[]): readonly string[] => [...new Set(shown.flatMap(({ title }) => title ?? []))].sort()
const at = (shown: readonly Shown[]): readonly string[] => shown.map((each) => each.at)

const { labs } = await loadCatalogue()

describe.each(labs.map((lab): [string, CatalogueLab] => [lab.lab.id, lab]))('%s', (_, { folder, text }) => {
  test('shows evidence under the titles in its text, each of them somewhere', async () => {
    const shown = await shownIn(folder)
    expect(titlesOf(shown)).toEqual(Object.keys(text.en.evidence).sort())
    expect(at(shown.filter(({ kind, title }) => kind === 'table' && title === undefined))).toEqual([])
  })

  test('has words only for labels that its evidence uses', async () => {
    const strings = await stringsIn(folder)
    expect(Object.keys(text.en.words).filter((word) => !strings.has(word))).toEqual([])
  })

  test.each(LANGUAGES)('has titles that are short and no sentences (%s)', (language) => {
    const long = Object.values(text[language].evidence).filter((title) => title.length > LONGEST[language] || /[.。]$/.test(title))
    expect(long).toEqual([])
  })
})

test('the kit shows evidence under its own titles, each of them somewhere', async () => {
  const shown = await shownIn(KIT)
  expect(titlesOf(shown)).toEqual(Object.keys(COMMON_EVIDENCE).sort())
  expect(at(shown.filter(({ kind, title }) => kind === 'table' && title === undefined))).toEqual([])
})

test('a title that is chosen elsewhere is found out', () => {
  expect(shownBy('x.ts', "const a = (title: string) => ({ kind: 'table' as const, title, rows: [] })")).toMatchObject([{ title: 'dark' }])
})
