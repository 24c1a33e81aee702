import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readyOf, situationsOf, stretchesOf, unattended, yenOfDay } from '../../../labs/operability/cost-of-idle/day.ts'
import { readLayout } from '../../../labs/operability/cost-of-idle/layout.ts'
import { minuteOf, readRecording, readTerms, throughTheDay, timeOf } from '../../../labs/operability/cost-of-idle/terms.ts'

const FOLDER = join(import.meta.dirname, '../../../labs/operability/cost-of-idle')
const own = (file: string) => readFile(join(FOLDER, file), 'utf8')
const terms = readTerms(await own('starter/terms.yaml'))
const recording = readRecording(await own('starter/recording.yaml'))

const layoutOf = (text: string) => {
  const read = readLayout(text)
  if ('answer' in read) throw new Error(JSON.stringify(read.answer))
  return read.layout
}
const layoutWith = (shop: string, size = 'small') =>
  layoutOf(`shop: { size: ${size}, copies: ${shop} }
staging: { size: small, copies: { 08:45: 1, 18:00: 0, 19:45: 1, 21:00: 0 } }
reports: { size: medium, copies: { 01:45: 1, 04:00: 0 } }
`)

describe('a time of the day', () => {
  test('is read with one digit or two', () => expect([minuteOf('7:05'), minuteOf('07:05'), minuteOf('23:59')]).toEqual([425, 425, 1439]))
  test('is none beyond the day or its hours', () =>
    expect(['24:00', '7:60', '7', 'noon', '-1:00'].map(minuteOf)).toEqual(Array(5).fill(undefined)))
  test('is written with two', () => expect([timeOf(425), timeOf(1440)]).toEqual(['07:05', '24:00']))
})

describe('a schedule', () => {
  test('holds on after midnight, in whatever order it is written', () => {
    const copies = throughTheDay({ '21:00': 2, '10:30': 3 })
    expect([copies[0], copies[629], copies[630], copies[1259], copies[1260], copies[1439]]).toEqual([2, 2, 3, 3, 2, 2])
  })

  test('gives copies that are ready ten minutes after the order, also across midnight, and gone at once', () => {
    const ready = readyOf(throughTheDay({ '23:55': 2, '12:00': 1 }), 10)
    expect([ready[719], ready[720], ready[1435], ready[1439], ready[4], ready[5]]).toEqual([2, 1, 1, 1, 1, 2])
  })
})

describe('the day of a layout', () => {
  test('costs what was ordered, minute by minute', async () => {
    const today = layoutOf(await own('starter/layout.yaml'))
    expect(yenOfDay(stretchesOf(today, recording, terms), today, terms)).toBe(4800)
    const twice = layoutWith('{ 00:00: 2 }')
    expect(yenOfDay(stretchesOf(twice, recording, terms), twice, terms)).toBe(480 + 105 + 45)
  })

  test('is played in as many situations as differ', () => {
    const situations = situationsOf(stretchesOf(layoutWith('{ 10:45: 3, 14:00: 2, 16:45: 3, 21:00: 2 }'), recording, terms))
    expect(situations.filter(({ part }) => part === 'shop')).toEqual([
      { part: 'shop', perMinute: 900, ready: 2 },
      { part: 'shop', perMinute: 2150, ready: 2 },
      { part: 'shop', perMinute: 2150, ready: 3 },
      { part: 'shop', perMinute: 3975, ready: 3 },
    ])
  })

  test('has nobody there in the minutes in which the only copy starts', () => {
    const [first] = unattended(stretchesOf(layoutWith('{ 07:00: 1, 23:00: 0 }'), recording, terms))
    expect(first).toMatchObject({ part: 'shop', from: 0, ready: 0, ordered: 0 })
    const late = layoutOf(
      'shop: { size: small, copies: { 0:00: 2 } }\nstaging: { size: small, copies: { 9:00: 1, 21:00: 0 } }\nreports: { size: medium, copies: { 0:00: 1 } }\n',
    )
    expect(unattended(stretchesOf(late, recording, terms))).toMatchObject([{ part: 'staging', from: 540, to: 550, ordered: 1, ready: 0 }])
  })

  test('is far from the edge for every number of copies of one size: no machine decides whether a load fits', () => {
    const perCopy = (atOnce: number) => (atOnce * 60_000) / terms['request-ms']
    const loads = Object.values(recording.perMinute).flatMap((perMinute) => [...new Set(perMinute)].filter((load) => load > 0))
    for (const load of loads)
      for (const size of Object.values(terms.sizes))
        for (let copies = 1; copies <= 4; copies++) {
          const busy = load / (copies * perCopy(size['at-once']))
          expect(busy < 0.9 || busy > 1.25, `${load}/min on ${copies}`).toBe(true)
        }
  })
})

describe('a layout', () => {
  test('that names no time, or one that does not exist, is answered at its line', () => {
    const tail = 'staging: { size: small, copies: { 0:00: 1 } }\nreports: { size: small, copies: { 0:00: 1 } }\n'
    expect(readLayout(`shop: { size: small, copies: {} }\n${tail}`)).toMatchObject({ answer: { as: 'empty', at: { line: 1 } } })
    expect(readLayout(`shop:\n  size: small\n  copies:\n    25:30: 1\n${tail}`)).toMatchObject({ answer: { as: 'time', at: { line: 4 } } })
  })
})
