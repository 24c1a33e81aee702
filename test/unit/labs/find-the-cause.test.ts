import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ACTIONS, CAUSES, caseFor, guiltyRelease, NAMED, SERVICES } from '../../../labs/operability/find-the-cause/causes.ts'
import { type Look, METRICS, readAsked, TRACES, undecided } from '../../../labs/operability/find-the-cause/looks.ts'
import {
  BASKETS,
  BASKETS_PER_SECOND,
  DELAY_MS,
  LIMIT_MS,
  LOUD,
  PLAN,
  RECOVERED,
  SICK,
} from '../../../labs/operability/find-the-cause/plan.ts'
import { readTold } from '../../../labs/operability/find-the-cause/told.ts'
import type { LogLine } from '../../../runner/sandbox/contract.ts'

const system = parse(await readFile(join(import.meta.dirname, '../../../labs/operability/find-the-cause/starter/system.yaml'), 'utf8'))

describe('the case of a learner', () => {
  test('is the same at every try, and all causes occur about equally often', () => {
    const counts = new Map<string, number>()
    for (let seed = 1; seed <= 600; seed++) {
      expect(caseFor(seed)).toEqual(caseFor(seed))
      const { cause } = caseFor(seed)
      counts.set(cause, (counts.get(cause) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([...CAUSES].sort())
    expect(Math.min(...counts.values())).toBeGreaterThan(60)
  })

  test('has a release that changes nothing, and never that of the cause', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { cause, innocent } = caseFor(seed)
      expect(innocent).not.toBe(guiltyRelease(cause))
    }
  })
})

describe('the words of system.yaml', () => {
  test('are those that are read', () => {
    expect(system.services.stock).toContain(`${PLAN.hands} lookups at once, ${PLAN.lookupMs} ms each`)
    expect(system.services.orders).toContain(`one of its ${PLAN.connections} connections`)
    expect(system.metrics).toEqual([...METRICS])
    expect(system.traces).toEqual([...TRACES])
    expect(Object.keys(system.causes)).toEqual([...NAMED])
    expect(Object.keys(system['first-actions'])).toEqual([...ACTIONS])
  })
})

describe('looks', () => {
  const metric = (of: (typeof METRICS)[number]): Look => ({ kind: 'metric', of })

  test('part two causes only where these would show something else', () => {
    expect(undecided([metric('web.duration_ms')], 'slow-line')).toBe('slow-release')
    expect(undecided([metric('orders.stock_call_ms')], 'slow-line')).toBe('slow-release')
    expect(undecided([metric('orders.stock_call_ms'), metric('stock.duration_ms')], 'slow-line')).toBeUndefined()
    expect(undecided([{ kind: 'log', of: 'orders' }], 'kept-connections')).toBe('loud-client')
    expect(undecided([metric('web.requests')], 'loud-client')).toBeUndefined()
    expect(undecided([metric('web.memory_mib')], 'many-calls')).toBe('slow-line')
    expect(undecided([], 'full-disk')).toBe('slow-line')
  })

  test('all together part every cause from every other', () => {
    const all: Look[] = [
      ...METRICS.map(metric),
      ...SERVICES.map((of): Look => ({ kind: 'log', of })),
      ...TRACES.map((of): Look => ({ kind: 'trace', of })),
    ]
    for (const cause of CAUSES) expect(undecided(all, cause)).toBeUndefined()
  })

  test('that are two in one, or unknown, are answered at their line', () => {
    const answer = 'cause:\nfirst-action:\n'
    expect(readAsked({ 'look.yaml': 'looks:\n  - metric: web.requests\n    log: web\n', 'answer.yaml': answer })).toMatchObject({
      answer: { as: 'one-each', at: { line: 2 } },
    })
    expect(readAsked({ 'look.yaml': 'looks:\n  - metric: web.request\n', 'answer.yaml': answer })).toMatchObject({
      answer: { status: 'rejected', at: { file: 'look.yaml', line: 2 } },
    })
    expect(readAsked({ 'look.yaml': 'looks:\n', 'answer.yaml': answer })).toMatchObject({ asked: { looks: [], cause: undefined } })
  })
})

describe('what is planned', () => {
  const { hands, lookupMs, slowLookupMs, connections, connectionMs, items } = PLAN
  const perSecond = (hands * 1000) / lookupMs

  test('lets every late basket be so by a fifth at least, and a usual one keep room', () => {
    for (const ms of [lookupMs + DELAY_MS, slowLookupMs, items * lookupMs]) expect(ms).toBeGreaterThanOrEqual(1.2 * LIMIT_MS)
    expect(lookupMs).toBeLessThan(LIMIT_MS / 3)
  })

  test('leaves neither lookups nor connections short while the trouble is elsewhere', () => {
    expect(BASKETS_PER_SECOND * items).toBeLessThan(perSecond)
    expect((BASKETS_PER_SECOND * slowLookupMs) / 1000).toBeLessThan(hands)
    expect((BASKETS_PER_SECOND * (lookupMs + DELAY_MS)) / 1000).toBeLessThan(connections)
  })

  test('makes customers behind the loud client wait for too long, or for nothing', () => {
    expect(LOUD.perSecond).toBeGreaterThan(1.5 * perSecond)
    expect(((LOUD.waiting - connections) / perSecond) * 1000 + lookupMs).toBeGreaterThan(1.2 * LIMIT_MS)
    expect(connectionMs + lookupMs).toBeGreaterThan(LIMIT_MS)
  })

  test('fills the connections that are not given back while it is looked at, and again after a restart', () => {
    expect(BASKETS.during - connections).toBeGreaterThanOrEqual(SICK * BASKETS.during)
    expect(connections).toBeLessThan(RECOVERED * BASKETS.after)
    expect(BASKETS.after).toBeGreaterThan(connections)
    expect(BASKETS.after - connections).toBeGreaterThanOrEqual(Math.floor(BASKETS.after / 3))
  })
})

describe('what a service told', () => {
  const line = (at: number, said: object | string): LogLine => ({
    at,
    stream: 'stdout',
    text: typeof said === 'string' ? said : JSON.stringify(said),
  })

  test('is on our clock, whatever its own says', () => {
    const told = readTold('stock', [
      line(1005, { t: 501_000, service: 'stock', kind: 'gauge', queue: 2 }),
      line(1203, { t: 501_200, service: 'stock', kind: 'span', trace: 'a-1', name: 'lookup', began: 501_100, ms: 100, status: 200 }),
    ])
    expect(told.spans).toMatchObject([{ at: 1103, ms: 100 }])
    expect(told.gauges).toMatchObject([{ at: 1003, values: { queue: 2 } }])
  })

  test('keeps what is no event of ours as a line of the log', () => {
    const { logs } = readTold('web', [
      line(1, 'Segmentation fault'),
      line(2, { t: 1, service: 'web', kind: 'log', level: 'warn', message: 'basket slow', ms: 400 }),
    ])
    expect(logs.map(({ text }) => text)).toEqual(['Segmentation fault', 'WARN  basket slow ms=400'])
  })
})
