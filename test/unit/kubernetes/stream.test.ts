import { expect, test } from 'vitest'
import { ApiError, toFault } from '../../../runner/sandbox/kubernetes/fault.ts'
import { latestOf } from '../../../runner/sandbox/kubernetes/latest.ts'

async function* told(...values: readonly (number | Promise<number>)[]): AsyncGenerator<number> {
  for (const value of values) yield await value
}

test('the latest of several sources is told once all have spoken, and ends with them', async () => {
  const late = Promise.withResolvers<number>()
  const seen: (readonly number[])[] = []
  const following = (async () => {
    for await (const values of latestOf([told(1, late.promise), told(10)], new AbortController().signal)) seen.push(values)
  })()
  late.resolve(2)
  await following
  expect(seen.at(-1)).toEqual([2, 10])
})

test('the latest of several sources ends without an error when nobody wants it any more, and fails as a source fails', async () => {
  const never = Promise.withResolvers<number>().promise
  const aborting = new AbortController()
  const following = (async () => {
    for await (const _ of latestOf([told(1), told(1, never)], aborting.signal)) aborting.abort()
  })()
  await expect(following).resolves.toBeUndefined()
  const broken = (async function* () {
    yield 1
    throw new Error('lost')
  })()
  const failing = (async () => {
    for await (const _ of latestOf([broken], new AbortController().signal)) await Promise.resolve()
  })()
  await expect(failing).rejects.toThrow('lost')
})

test.each([
  [
    Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }) }),
    'cluster.unavailable',
    /has expired/,
  ],
  [
    Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }),
    'cluster.unavailable',
    /ECONNREFUSED/,
  ],
  [Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'cluster.unavailable', /not accepted/],
  [new DOMException('late', 'TimeoutError'), 'cluster.timeout', /in time/],
  [new ApiError(403, { message: 'pods is forbidden' }, 'GET'), 'cluster.forbidden', /pods is forbidden/],
  [new ApiError(503, 'starting', 'GET'), 'cluster.unavailable', /overloaded or starting/],
  [new ApiError(500, { message: 'no' }, 'GET'), 'cluster.failed', /no/],
])('%s is a fault of its own kind', (thrown, code, message) => {
  expect(toFault('answer', thrown)).toMatchObject({ code, message: expect.stringMatching(message) })
})
