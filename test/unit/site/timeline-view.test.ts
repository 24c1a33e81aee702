import { describe, expect, it } from 'vitest'
import { layOut } from '../../../site/src/evidence/timeline/layout.ts'
import { aroundDeed, firstView, wholeOf } from '../../../site/src/evidence/timeline/view.ts'
import { request } from './request.ts'

const killedAt = (at: number, ...spans: readonly (readonly [number, number])[]) =>
  layOut({ kind: 'timeline', requests: spans.map(([from, to]) => request(`${from}`, from, to)), marks: [{ at, what: 'killed' }] })

describe('what of a timeline is drawn to begin with', () => {
  it('is the middle where the deed took little of a long run', () => {
    const layout = killedAt(5000, [0, 100], [4900, 5100], [9900, 10_000])
    const view = firstView(layout, layout.bars[1])
    const whole = wholeOf(layout)
    expect(view.to - view.from).toBeLessThan((whole.to - whole.from) * 0.9)
    expect(view.from).toBeLessThan(4900)
    expect(view.to).toBeGreaterThan(5100)
  })

  it('is all of it where every request came before the deed, or after it', () => {
    for (const layout of [killedAt(400, [0, 130], [10, 140]), killedAt(0, [1600, 1800], [3000, 3300])])
      expect(firstView(layout, layout.bars[0])).toEqual(wholeOf(layout))
  })

  it('is all of it where a closer look would leave out the request that is told about', () => {
    const layout = killedAt(9000, [0, 100], [8900, 9100], [9900, 10_000])
    expect(firstView(layout, layout.bars[0])).toEqual(wholeOf(layout))
  })
})

describe('the stretch around a deed', () => {
  it('has the nearest request on each side in it', () => {
    const view = aroundDeed(killedAt(5000, [0, 100], [1000, 1200], [9000, 9500], [9900, 10_000]), 0.2)
    expect(view.from).toBeLessThanOrEqual(1000)
    expect(view.to).toBeGreaterThanOrEqual(9500)
  })

  it('is never more than the run', () => {
    const layout = killedAt(100, [0, 100], [110, 200])
    const view = aroundDeed(layout, 1)
    expect(view.from).toBeGreaterThanOrEqual(layout.from)
    expect(view.to).toBeLessThanOrEqual(layout.to)
  })
})
