import { describe, expect, test } from 'vitest'
import { isJson, isPage, pageFault, programFault, saysWhen } from '../../../labs/operability/sorry-page/judge.ts'
import { saidIn, secretsFor, type Told } from '../../../labs/operability/sorry-page/parts.ts'

const PAGE = '<!doctype html>\n<title>Back soon</title>\n<h1>We are moving the shelves</h1>\n'
const told = (more: Partial<Told> = {}): Told => ({
  wish: { who: 'person', path: '/' },
  status: 503,
  retryAfter: '1800',
  type: 'text/html',
  body: PAGE,
  ...more,
})

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T22:00:00Z')
  const says = (retryAfter: string | null) => saysWhen({ retryAfter }, 1800, now)

  test('is what the operator announced, in seconds or as a date', () => {
    expect([says('1800'), says('Sat, 21 Nov 2026 22:30:00 GMT'), says('Sat, 21 Nov 2026 22:29:10 GMT')]).toEqual([true, true, true])
  })

  test('is nothing else', () => {
    expect(['3600', '', 'soon', 'Sat, 21 Nov 2026 23:30:00 GMT', '-1'].map(says)).toEqual([false, false, false, false, false])
    expect(says(null)).toBe(false)
  })
})

describe('an answer during maintenance', () => {
  test('to a person is the page with 503 and a time', () => {
    expect(pageFault(told(), PAGE, 1800)).toBeUndefined()
    expect(pageFault(told({ status: 200 }), PAGE, 1800)).toBe('status')
    expect(pageFault(told({ status: 302, location: '/sorry.html', body: '' }), PAGE, 1800)).toBe('redirect')
    expect(pageFault(told({ retryAfter: null }), PAGE, 1800)).toBe('when')
    expect(pageFault(told({ body: '<center>nginx</center>' }), PAGE, 1800)).toBe('words')
  })

  test('to a program is JSON with 503 and a time', () => {
    const json = { type: 'application/problem+json; charset=utf-8', body: '{"title":"maintenance"}' }
    expect(programFault(told(json), 1800)).toBeUndefined()
    expect(programFault(told({ ...json, status: 502 }), 1800)).toBe('status')
    expect(programFault(told(), 1800)).toBe('html')
    expect(programFault(told({ ...json, retryAfter: '60' }), 1800)).toBe('when')
  })

  test('is read as far as it was kept, whatever its line ends are', () => {
    expect(isPage({ body: PAGE.slice(0, 60).replaceAll('\n', '\r\n') }, PAGE)).toBe(true)
    expect([isPage({ body: '' }, PAGE), isPage({}, PAGE)]).toEqual([false, false])
    expect([isJson({ type: 'application/json', body: '{' }), isJson({ type: null, body: '{}' })]).toEqual([false, false])
  })
})

test('what a learner could put into a file differs between learners', () => {
  expect(secretsFor(1)).toEqual(secretsFor(1))
  expect(secretsFor(1)).not.toEqual(secretsFor(2))
})

test('only whole events are read from a log', () => {
  const log = ['{"event":"done","to":"on","code":0}', 'nginx: done', '{"events":1}'].map(
    (text) => ({ at: 3, stream: 'stdout', text }) as const,
  )
  expect(saidIn(log)).toEqual([{ event: 'done', to: 'on', code: 0, at: 3 }])
})
