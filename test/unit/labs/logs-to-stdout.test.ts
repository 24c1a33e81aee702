import { describe, expect, test } from 'vitest'
import { accountOf, wholeStacks, wrongLevels } from '../../../labs/operability/logs-to-stdout/account.ts'
import { readEvents } from '../../../labs/operability/logs-to-stdout/events.ts'
import { OUTCOMES, type Payment } from '../../../labs/operability/logs-to-stdout/observe.ts'
import { excerpt, grown, leakIn } from '../../../labs/operability/logs-to-stdout/seen.ts'
import type { LogLine } from '../../../runner/sandbox/contract.ts'

const NOTE = 'two\nlines'

const payment = (id: string, outcome: keyof typeof OUTCOMES = 'paid', more: Partial<Payment['request']> = {}): Payment => ({
  request: { id, target: 'desk', connection: 1, scheduledAt: 1, startedAt: 1, endedAt: 2, status: OUTCOMES[outcome].status, ...more },
  wanted: OUTCOMES[outcome],
  note: NOTE,
})

const line = (text: string): LogLine => ({ at: 1, stream: 'stdout', text })
const event = (requestId: string, name = 'paid', more: object = {}): LogLine =>
  line(JSON.stringify({ time: '2026-11-21T09:00:00Z', level: 'info', event: name, requestId, note: NOTE, ...more }))

describe('a line of a log', () => {
  test('is an event when it is an object with a moment and a level, however these are written', () => {
    const log = [
      line('{"time":"2026-11-21T09:00:00.123Z","level":"info"}'),
      line('{"time":"2026-11-21T09:00:00+09:00","level":"WARNING"}'),
      line('{"time":1763700000000,"level":"Error"}'),
    ]
    expect(readEvents(log).bad).toEqual([])
  })

  test('that is none says what it lacks', () => {
    const log = [
      '    at pay (server.js:1)',
      '[1]',
      '"text"',
      '{"level":"info"}',
      '{"time":"soon","level":"info"}',
      '{"time":1,"level":"loud"}',
    ]
    expect(readEvents(log.map(line)).bad.map(({ why }) => why)).toEqual(['json', 'json', 'json', 'time', 'time', 'level'])
  })
})

describe('the account of a log', () => {
  test('counts answered payments by request and event, other events and unanswered payments left out', () => {
    const payments = [payment('a'), payment('b', 'declined'), payment('c', 'paid', { status: 201, error: 'cut' })]
    const log = [event('a', 'started'), event('a'), event('b', 'declined')]
    expect(accountOf(payments, log)).toMatchObject({ once: 2, missing: [], doubled: [], without: [] })
  })

  test('names what is there twice with its lines, and what has lost its note', () => {
    const { doubled, without } = accountOf([payment('a'), payment('b')], [event('a'), event('b', 'paid', { note: 'two' }), event('a')])
    expect(doubled).toMatchObject([{ request: { id: 'a' }, lines: [0, 2] }])
    expect(without).toMatchObject([{ request: { id: 'b' }, line: 1 }])
  })

  test('knows the end of a run from a hole in it, also when answers overtook each other', () => {
    const payments = Array.from({ length: 100 }, (_, i) => payment(`p${i}`))
    const without = (...lost: readonly number[]) => payments.flatMap(({ request }, i) => (lost.includes(i) ? [] : [event(request.id)]))
    expect(accountOf(payments, without(95, 97, 98, 99)).tail).toBe(true)
    expect(accountOf(payments, without(20, 97, 98, 99)).tail).toBe(false)
  })
})

describe('levels and stack traces', () => {
  test('a level is compared by meaning', () => {
    const payments = [payment('a', 'declined'), payment('b', 'failed')]
    const log = [event('a', 'declined', { level: 'WARNING' }), event('b', 'failed', { level: 'info' })]
    expect(wrongLevels(payments, log)).toMatchObject([{ line: 1, level: 'info' }])
  })

  test('a stack trace is whole with its message and a place', () => {
    const stack = 'Error: no rate for XYZ\n  known: JPY\n    at settle (settle.js:1)'
    const log = [event('a', 'failed', { stack }), event('b', 'failed', { stack: 'no rate for XYZ' }), event('c', 'failed')]
    const payments = ['a', 'b', 'c'].map((id) => payment(id, 'failed'))
    expect(wholeStacks(payments, log, 'XYZ')).toEqual({
      failed: 3,
      cut: [
        { line: 1, lines: 1 },
        { line: 2, lines: 0 },
      ],
    })
  })
})

describe('what is shown', () => {
  test('a file grows when it gains a byte for every payment, a small one that appears does not', () => {
    const payments = Array.from({ length: 10 }, (_, i) => payment(`p${i}`))
    const before = [{ path: '/work/app.log', bytes: 100 }]
    const after = [
      { path: '/tmp/server.pid', bytes: 3 },
      { path: '/work/app.log', bytes: 900 },
    ]
    expect(grown({ before, after, payments })).toEqual([{ path: '/work/app.log', bytes: 900, was: 100 }])
  })

  test('an excerpt is short, keeps its point and shortens wide lines', () => {
    const shown = excerpt(
      Array.from({ length: 5000 }, (_, i) => line(`${i} ${'x'.repeat(i === 3000 ? 900 : 1)}`)),
      3000,
    )
    if (shown.kind !== 'log') throw new Error('not a log')
    expect(shown.lines.length).toBeLessThan(40)
    expect(shown.lines[shown.points?.[0] ?? -1]?.text).toMatch(/^3000 x+… \+\d+$/)
  })

  test('a masked card is no leak', () => {
    const secrets = { card: '4539-1111-2222', token: 'tok-abc' }
    expect(leakIn([line('"card":"4539…17"')], secrets)).toBeUndefined()
    expect(leakIn([line('x'), line('"authorization":"Bearer tok-abc-9"')], secrets)).toEqual({ line: 1, what: 'authorization' })
  })
})
