import { describe, expect, it } from 'vitest'
import type { RatePoint } from '../../../runner/sandbox/contract.ts'
import { dueSeconds } from '../../../runner/sandbox/prober/program/arrivals.ts'
import { Jar } from '../../../runner/sandbox/prober/program/jar.ts'

const due = (count: number, ...points: readonly RatePoint[]): readonly number[] =>
  [...dueSeconds(points).take(count)].map((at) => Math.round(at * 1000) / 1000)

describe('arrivals', () => {
  it('of one rate are evenly spread', () => {
    expect(due(4, { second: 0, perSecond: 10 })).toEqual([0, 0.1, 0.2, 0.3])
  })

  it('rise in a straight line and stay at the last rate', () => {
    const points = [
      { second: 0, perSecond: 0 },
      { second: 10, perSecond: 20 },
    ]
    const all = due(140, ...points)
    // Half of base times height: one hundred in ten seconds, a quarter of them in the first five.
    expect(all.filter((at) => at < 10)).toHaveLength(100)
    expect(all.filter((at) => at < 5)).toHaveLength(25)
    expect(all.filter((at) => at >= 10 && at < 12)).toHaveLength(40)
    expect(all).toEqual(all.toSorted((a, b) => a - b))
  })

  it('fall, rest and begin again', () => {
    const points = [
      { second: 0, perSecond: 10 },
      { second: 2, perSecond: 0 },
      { second: 4, perSecond: 0 },
      { second: 4, perSecond: 5 },
    ]
    const all = due(20, ...points)
    expect(all.filter((at) => at < 2)).toHaveLength(10)
    expect(all.filter((at) => at > 2 && at < 4)).toHaveLength(0)
    expect(all.slice(10, 12)).toEqual([4, 4.2])
  })

  it('end where the last rate is none', () => {
    expect(due(100, { second: 0, perSecond: 4 }, { second: 1, perSecond: 0 })).toHaveLength(2)
    expect(due(100)).toEqual([])
  })
})

describe('a visitor’s cookies', () => {
  const told = (...headers: readonly string[]) => {
    const jar = new Jar()
    for (const header of headers) jar.take([header], Date.UTC(2030, 0))
    return jar
  }

  it('are sent back, the newest of a name', () => {
    expect(told('a=1; HttpOnly', 'b=x=y; SameSite=Lax', 'a=2').header('/')).toBe('a=2; b=x=y')
    expect(told().header('/')).toBeUndefined()
    expect(told('nonsense', '=nameless').header('/')).toBeUndefined()
  })

  it('are forgotten when their time is over', () => {
    expect(told('a=1', 'a=; Max-Age=0').header('/')).toBeUndefined()
    expect(told('a=1', 'a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT').header('/')).toBeUndefined()
    expect(told('a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT').header('/')).toBe('a=1')
  })

  it('are sent below their path only', () => {
    const jar = told('a=1; Path=/cart')
    expect(['/cart', '/cart/1?x=/', '/cartel', '/'].map((path) => jar.header(path))).toEqual(['a=1', 'a=1', undefined, undefined])
  })
})
