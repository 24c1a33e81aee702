import { describe, expect, test } from 'vitest'
import { accountOf, itemsIn, sessionIn } from '../../../labs/operability/scale-out/account.ts'
import { pairsLost } from '../../../labs/operability/scale-out/at-once.ts'
import { complaintIn, passedTo } from '../../../labs/operability/scale-out/balancer.ts'
import { ASKED, itemAt, ownerOf, pictureOf } from '../../../labs/operability/scale-out/shoppers.ts'
import type { LogLine, RequestRecord } from '../../../runner/sandbox/contract.ts'

let at = 0
const record = (step: number, more: Partial<RequestRecord> = {}): RequestRecord => {
  at += 10
  return {
    id: `r${at}`,
    target: 'balancer',
    connection: 1,
    scheduledAt: at,
    startedAt: at,
    endedAt: at + 5,
    status: 200,
    visitor: 7,
    step,
    ...more,
  }
}
const stepOf = (asked: (typeof ASKED)[number], nth = 0): number => ASKED.flatMap((each, step) => (each === asked ? [step] : []))[nth] ?? 0
const basket = (items: readonly string[]): Partial<RequestRecord> => ({ body: JSON.stringify({ items }) })

const login = () => record(0, { body: '{"session":"s"}' })
const put = (nth = 0) => record(stepOf('put', nth), { status: 204 })
const item = (nth = 0) => itemAt(stepOf('put', nth), 7)
const look = (items: readonly string[]) => record(stepOf('basket'), basket(items))

const line = (text: string, stream: LogLine['stream'] = 'stdout'): LogLine => ({ at: 1, stream, text })

describe('the account of shoppers', () => {
  test('finds nothing wrong with a session that goes well', () => {
    const own = [login(), record(1, { status: 204 }), put(), look([item()]), record(stepOf('picture'), { body: pictureOf(7) })]
    expect(accountOf(own)).toMatchObject({ loggedOut: [], baskets: [], pictures: [], failed: [], puts: 1, looks: 1, views: 1 })
  })

  test('counts who is logged out once, with the request that had gone well before', () => {
    const [first, ...rest] = [login(), record(1, { status: 401 }), put(), record(stepOf('put', 1), { status: 401 })]
    const { loggedOut } = accountOf([first, ...rest])
    expect(loggedOut).toHaveLength(1)
    expect(loggedOut[0]).toMatchObject({ shopper: 7, before: first, request: rest[0] })
  })

  test('misses only what was said yes to, and names the request that had put it in', () => {
    const [kept, refused] = [put(), record(stepOf('put', 1), { status: 502 })]
    expect(accountOf([kept, look([item()])]).baskets).toEqual([])
    const { baskets, failed } = accountOf([kept, refused, look([])])
    expect(baskets[0]).toMatchObject({ missing: [item()], foreign: [], before: kept })
    expect(failed).toEqual([refused])
  })

  test('tells an item of another shopper', () => {
    const stranger = itemAt(2, 8)
    expect(accountOf([put(), look([item(), stranger])]).baskets[0]).toMatchObject({ missing: [], foreign: [stranger] })
    expect([ownerOf(stranger), ownerOf('card-x')]).toEqual([8, undefined])
  })

  test('takes a picture for lost when it is not there or not the one that was left', () => {
    const kept = record(1, { status: 204 })
    for (const wrong of [{ status: 404 }, { body: pictureOf(8) }])
      expect(accountOf([kept, record(stepOf('picture'), wrong)]).pictures[0]).toMatchObject({ before: kept })
    expect(accountOf([record(stepOf('picture'), { status: 404 })]).pictures).toEqual([])
  })

  test('reads answers of any shape', () => {
    expect([itemsIn('{"items":["a",1]}'), itemsIn('[]'), itemsIn('{'), itemsIn()]).toEqual([['a'], [], [], []])
    expect([sessionIn('{"session":"s"}'), sessionIn('{"session":""}'), sessionIn('null'), sessionIn('x')]).toEqual([
      's',
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('two requests at once', () => {
  test('are lost when they were said yes to and are not there, and refused otherwise', () => {
    const puts = [record(0, { id: 'a', status: 204 }), record(0, { id: 'b', status: 204 })]
    const late = [record(0, { id: 'c', status: 204 }), record(0, { id: 'd', status: 500 })]
    const { lost, refused } = pairsLost([
      { puts, look: record(0, basket(['a'])) },
      { puts: late, look: record(0, basket(['c'])) },
    ])
    expect([lost.map(({ id }) => id), refused.map(({ id }) => id)]).toEqual([['b'], ['d']])
  })
})

describe("the balancer's log", () => {
  const passed = (id: string, to: string) => line(JSON.stringify({ event: 'passed', id, to, status: '200' }))
  const found = (name: string, address: string) => line(JSON.stringify({ event: 'found', name, address }))

  test('names the copy that answered at last, by the address it had at that time', () => {
    const log = [
      found('shop-1', '10.0.0.1:8080'),
      found('shop-2', '10.0.0.2:8080'),
      passed('a', '10.0.0.2:8080'),
      passed('b', '10.0.0.2:8080, 10.0.0.1:8080'),
      found('shop-4', '10.0.0.2:8080'),
      passed('c', '10.0.0.2:8080'),
      passed('d', ''),
      line('{"event":"passed","id"'),
    ]
    expect([...passedTo(log)]).toEqual([
      ['a', 'shop-2'],
      ['b', 'shop-1'],
      ['c', 'shop-4'],
    ])
  })

  test('tells where nginx complains', () => {
    const complaint = '2026/11/21 11:00:00 [emerg] 7#7: unknown directive "least_connections" in /work/balancer.conf:3'
    expect(complaintIn([line(complaint, 'stderr')])).toEqual({
      message: 'unknown directive "least_connections"',
      file: 'balancer.conf',
      line: 3,
    })
    expect(complaintIn([line('2026/11/21 [emerg] 7#7: host not found', 'stderr')])).toEqual({ message: 'host not found' })
    expect(complaintIn([])).toBeUndefined()
  })
})
