import { describe, expect, test } from 'vitest'
import { happensWithin, parseable, syntaxProblem, visible } from '../../../labs/kit/index.ts'

describe('a syntax problem', () => {
  test('is none in a module, in a script, and in an empty file', () => {
    for (const text of ["import a from 'node:fs'\nawait a", "const a = require('node:fs')\nreturn", '#!/usr/bin/env node\n', '']) {
      expect(syntaxProblem('server.js', text)).toBeUndefined()
    }
  })

  test('at the end of the file names the bracket that is still open', () => {
    expect(syntaxProblem('server.js', 'const a = 1\nfunction b() {\n  c(1)\n')).toEqual({
      kind: 'open',
      bracket: '{',
      at: { file: 'server.js', line: 2, column: 14 },
    })
  })

  test('elsewhere names what cannot stand there', () => {
    expect(syntaxProblem('server.js', 'a(1))\n')).toEqual({ kind: 'unexpected', found: ')', at: { file: 'server.js', line: 1, column: 5 } })
    expect(syntaxProblem('server.js', 'if a === 1 {}')).toMatchObject({ kind: 'unexpected', found: 'a' })
  })

  test('of another kind keeps the words of the parser without its own place', () => {
    expect(syntaxProblem('server.js', "\nconst a = 'b")).toEqual({
      kind: 'other',
      message: 'Unterminated string constant',
      at: { file: 'server.js', line: 2, column: 11 },
    })
  })
})

test('a check that files can be parsed is about the first that cannot', () => {
  const { run } = parseable('a.js', 'b.js', 'c.js')
  expect(run({ files: { 'a.js': 'a()', 'b.js': 'b(1))', 'c.js': 'c(' } })).toMatchObject({
    status: 'rejected',
    as: 'unexpected',
    values: { found: ')', file: 'b.js', line: 1, column: 5 },
    at: { file: 'b.js', line: 1, column: 5 },
  })
  expect(run({ files: { 'a.js': 'a()', 'b.js': 'b()', 'c.js': 'c()' } })).toMatchObject({ status: 'passed' })
})

describe('visible output', () => {
  const shown = (text: string | Uint8Array) => visible(Buffer.from(text as string))

  test('keeps plain text and shows line ends', () => expect(shown('hello\n')).toBe('hello␊\n'))
  test('shows control characters, invisible ones and turned direction', () =>
    expect(shown('a\r\t\u001b[2J\u0000\u007f\u200b\u202e')).toBe('a␍␉␛[2J␀␡\\u200b\\u202e'))
  test('shows bytes that are not UTF-8', () => expect(visible(Uint8Array.from([0x68, 0xff, 0x0a]))).toBe('h\\xff␊\n'))
  test('keeps Japanese as it is', () => expect(shown('波止場')).toBe('波止場'))
  test('says how much it left out', () => expect(visible(Buffer.from('hello'), 2)).toBe('he\n… +3 B'))
})

describe('happensWithin', () => {
  const never = () => new Promise<never>(() => {})
  const quiet = new AbortController().signal

  test('is true as soon as one wait is over, and releases the others', async () => {
    let released = false
    const other = ({ signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => (released = true))
      return never()
    }
    expect(await happensWithin(60_000, quiet, other, async () => 1)).toBe(true)
    expect(released).toBe(true)
  })

  test('is false when the time is over, whether the waits notice or not', async () => {
    const notices = ({ signal }: { signal: AbortSignal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
    expect(await happensWithin(1, quiet, never)).toBe(false)
    expect(await happensWithin(1, quiet, notices)).toBe(false)
  })

  test('rejects with what a wait rejects with', () =>
    expect(happensWithin(60_000, quiet, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken'))

  test('rejects when the signal is aborted', async () => {
    const cancel = new AbortController()
    const wait = ({ signal }: { signal: AbortSignal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('whatever')), { once: true }))
    const waiting = happensWithin(60_000, cancel.signal, wait)
    cancel.abort(new Error('cancelled'))
    await expect(waiting).rejects.toThrow('cancelled')
  })
})
