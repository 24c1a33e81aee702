import { describe, expect, test } from 'vitest'
import { LOOK_SECONDS, slotsOf, spareProcessors } from '../../../runner/grading/slots.ts'

const GIB = 2 ** 30

describe('gradings at the same time', () => {
  test.each([
    ['two processors with much memory', 2, 24 * GIB, { sure: 4, most: 16 }],
    ['sixteen processors with little memory', 16, 8 * GIB, { sure: 16, most: 16 }],
    ['the smallest machine', 1, GIB / 2, { sure: 2, most: 2 }],
    ['the largest', 128, 2048 * GIB, { sure: 64, most: 64 }],
  ])('on %s', (_, processors, memory, slots) => {
    expect(slotsOf(processors, memory)).toEqual(slots)
  })

  test('are one more only after a while in which the processors waited', () => {
    const clock = { now: 0, idle: 0, all: 0 }
    const spare = spareProcessors({ now: () => clock.now, times: () => ({ idle: clock.idle, all: clock.all }) })
    const pass = (seconds: number, idle: number) => {
      clock.now += seconds * 1000
      clock.all += 2 * seconds * 1000
      clock.idle += idle * 2 * seconds * 1000
      return spare()
    }
    expect(pass(LOOK_SECONDS / 2, 1)).toBe(false)
    expect(pass(LOOK_SECONDS, 1)).toBe(true)
    expect(pass(0, 1)).toBe(false)
    expect(pass(LOOK_SECONDS, 0.2)).toBe(false)
    expect(pass(LOOK_SECONDS, 0.6)).toBe(true)
  })
})
