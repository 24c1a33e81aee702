import { describe, expect, test } from 'vitest'
import { judge } from '../../../labs/ecs-eks/deny-by-default/reach.ts'
import { WAYS } from '../../../labs/ecs-eks/deny-by-default/ways.ts'

const tried = { began: 10_000, ended: 12_300 }

describe('a try of a connection', () => {
  test('that was made is open, whatever else was made meanwhile', () => expect(judge('open', tried, [])).toBe('open'))
  test('that was turned away is shut', () => expect(judge('ECONNREFUSED', tried, [])).toBe('shut'))

  test('that stayed silent is shut where another was begun and made after its packet had been sent again', () =>
    expect(judge('silent', tried, [{ began: 11_200, ended: 11_210 }])).toBe('shut'))

  test.each([
    ['nothing was made', []],
    ['the other was made before the packet was sent again', [{ began: 10_500, ended: 10_510 }]],
    ['the other was begun in time and made too late', [{ began: 11_500, ended: 12_900 }]],
  ])('that stayed silent is not judged where %s', (_, made) => expect(judge('silent', tried, made)).toBe('unsure'))
})

describe('the ways that are tried', () => {
  test('have names of their own', () => expect(new Set(WAYS.map(({ id }) => id)).size).toBe(WAYS.length))

  test('are wanted where they are in the table of the task, and nowhere else', () =>
    expect(new Set(WAYS.filter(({ wanted }) => wanted).map(({ from, to, port }) => `${from} > ${to}:${port}`))).toEqual(
      new Set([
        'outside > front:8080',
        'front > api:8080',
        'api > store:8080',
        'front > kube-dns:53',
        'api > kube-dns:53',
        'store > kube-dns:53',
      ]),
    ))

  test('come from somebody who may go anywhere, or go to somebody who takes anybody, so that one side alone decides', () => {
    const free = ['newsletter', 'outside']
    const open = ['newsletter', 'front']
    const both = WAYS.filter(({ wanted, from, to }) => !wanted && !free.includes(from) && !open.includes(to))
    expect(both.map(({ from, to }) => `${from} > ${to}`)).toEqual(['front > store'])
  })
})
