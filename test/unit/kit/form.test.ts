import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { COMMON } from '../../../labs/kit/common-text.ts'
import { readForm } from '../../../labs/kit/index.ts'

const steps = z.strictObject({
  title: z.string(),
  tries: z.number().max(5).default(1),
  owners: z.partialRecord(z.enum(['kitchen', 'counter']), z.array(z.enum(['tea', 'rice']))),
})

const answerOf = (text: string) => {
  const read = readForm('steps.yaml', text, steps)
  if ('form' in read) throw new Error('the form was read')
  const { status, values, at, ...rest } = read.answer
  return { status, values, place: `${at?.line}:${at?.column}`, as: 'as' in rest ? rest.as : '' }
}

describe('a form', () => {
  test('is its value, each part with its place', () => {
    const read = readForm('steps.yaml', 'title: open\nowners:\n  kitchen: [tea, rice]\n', steps)
    if (!('form' in read)) throw new Error('the form was not read')
    expect(read.form.value).toEqual({ title: 'open', tries: 1, owners: { kitchen: ['tea', 'rice'] } })
    expect(read.form.at(['owners', 'kitchen', 1])).toEqual({ file: 'steps.yaml', line: 3, column: 18 })
  })

  test.each([
    ['', 'form.empty', 'undefined:undefined'],
    ['title: a\nowners: {}\n---\ntitle: b', 'form.several', '4:1'],
    ['title: a\n\towners: b', 'kubernetes.yaml.tab', '2:1'],
    ['title: a', 'form.missing', '1:1'],
    ['title: a\nowners: {}\ntrie: 2', 'form.misspelt', '3:1'],
    ['title: a\nowners: {}\ncolour: red', 'form.unknown', '3:1'],
    ['title: [a]\nowners: {}', 'form.type', '1:8'],
    ['title: a\nowners: {kitchn: [tea]}', 'form.misspelt', '2:10'],
    ['title: a\nowners:\n  kitchen:\n    - tea\n    - coffee', 'form.unknown', '5:7'],
    ['title: a\nowners: {}\ntries: 9', 'form.value', '3:8'],
  ])('that is %j is refused as %s at %s', (text, as, place) => {
    expect(answerOf(text)).toMatchObject({ status: 'rejected', as, place })
    expect(COMMON[as]).toBeDefined()
  })

  test('names the words that it knows', () =>
    expect(answerOf('title: a\nowners: {kitchen: [coffee]}').values).toEqual({ key: 'coffee', known: '`tea`, `rice`' }))
})
