import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { isOverdue, readFacts } from '../../../site/src/lib/facts.ts'

const CONTENT = join(import.meta.dirname, '../../../content')
const facts = await readFacts(pathToFileURL(join(CONTENT, 'facts.yaml')))
const lessons = await Promise.all(
  (await Array.fromAsync(glob('{en,ja}/**/*.mdx', { cwd: CONTENT }))).map(async (path) => ({
    path,
    shown: [...(await readFile(join(CONTENT, path), 'utf8')).matchAll(/<Fact id="([^"]+)"/g)].map(([, id]) => id ?? ''),
  })),
)

describe('the ledger of facts', () => {
  test('has each fact once', () => {
    const ids = facts.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
  })

  test('has every fact that a lesson shows', () => {
    const known = new Set(facts.map(({ id }) => id))
    expect(lessons.flatMap(({ path, shown }) => shown.filter((id) => !known.has(id)).map((id) => `${path}: ${id}`))).toEqual([])
  })

  test('shows the same facts in both languages', () => {
    const of = (language: string) =>
      Object.fromEntries(
        lessons.filter(({ path }) => path.startsWith(`${language}/`)).map(({ path, shown }) => [path.slice(3), shown.toSorted()]),
      )
    expect(of('ja')).toEqual(of('en'))
  })

  test('looks back from the day it was read, and forward to the day it is read again', () => {
    for (const { id, asOf, reviewBy } of facts) expect(asOf < reviewBy, id).toBe(true)
  })

  test('says which facts are overdue', () => {
    // No failure: an old fact is shown with its date, and the build warns. A checkout must not turn red by the calendar.
    for (const fact of facts.filter((each) => isOverdue(each))) console.warn(`overdue since ${fact.reviewBy}: ${fact.id}`)
    expect(facts.filter((fact) => isOverdue(fact, new Date('2100-01-01')))).toHaveLength(facts.length)
  })
})
