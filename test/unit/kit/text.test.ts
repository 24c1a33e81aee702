import { describe, expect, test } from 'vitest'
import { differences, fill, labTextSchema } from '../../../labs/kit/text.ts'

describe('a message', () => {
  const lost = '{lost, plural, one {# request was} other {# requests were}} cut off'

  test('counts in the grammar of its language', () => {
    expect(fill(lost, 'en', { lost: 1 })).toBe('1 request was cut off')
    expect(fill(lost, 'en', { lost: 7 })).toBe('7 requests were cut off')
  })

  test('keeps angle brackets as text', () => {
    expect(fill('<b>{name}</b>', 'en', { name: '<script>' })).toBe('<b><script></b>')
  })

  test('is refused when it is not one, with what is wrong', () => {
    const text = { title: '', summary: '', task: '', checks: { a: { title: '', passed: '{open' } }, hints: ['', ''], mistakes: {} }
    expect(labTextSchema.safeParse(text).error?.issues[0]?.message).toMatch(/not an ICU message .* "\{open"/)
  })
})

describe('two languages of one text', () => {
  test('match when they have the same keys and variables, in any order and grammar', () => {
    const en = { checks: { a: { passed: '{n, plural, one {# a} other {# b}} {m}' } }, hints: ['x'] }
    const ja = { checks: { a: { passed: '{m} {n}' } }, hints: ['y'] }
    expect(differences({ en, ja })).toEqual([])
  })

  test('are told apart by a missing key and by another variable, with the place', () => {
    const en = { checks: { a: { passed: '{n}', slow: { because: 'x' } } }, hints: ['1', '2'] }
    const ja = { checks: { a: { passed: '{m}' } }, hints: ['1'] }
    expect(differences({ en, ja })).toEqual([
      'checks.a.passed: en uses {n}, ja uses {m}',
      'checks.a.slow: missing in ja',
      'hints.1: missing in ja',
    ])
  })
})
