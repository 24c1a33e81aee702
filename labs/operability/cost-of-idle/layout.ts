import { z } from 'zod'
import { type Answer, type Form, readForm, reject } from '../../kit/index.ts'
import { minuteOf, PARTS, type Part, SIZES, type SizeName, throughTheDay } from './terms.ts'

/** Copies of one part at the same time: enough for every day that there was. */
const MOST_COPIES = 4

const part = z.strictObject({ size: z.enum(SIZES), copies: z.record(z.string(), z.number().int().min(0).max(MOST_COPIES)) })
const schema = z.strictObject({ shop: part, staging: part, reports: part })

/** What the learner wants to run. */
export interface Layout {
  readonly size: Readonly<Record<Part, SizeName>>
  /** How many copies are paid for, minute by minute. */
  readonly ordered: Readonly<Record<Part, readonly number[]>>
  at: Form<unknown>['at']
}

/** The learner's layout, or the answer to give when it cannot be read. */
export const readLayout = (text: string): { readonly layout: Layout } | { readonly answer: Answer } => {
  const read = readForm('layout.yaml', text, schema)
  if ('answer' in read) return read
  const { value, at } = read.form
  for (const name of PARTS) {
    const times = Object.keys(value[name].copies)
    if (times.length === 0) return { answer: reject('empty', { part: name }, { at: at([name, 'copies'], 'key') }) }
    const wrong = times.find((time) => minuteOf(time) === undefined)
    if (wrong !== undefined) return { answer: reject('time', { time: wrong }, { at: at([name, 'copies', wrong], 'key') }) }
  }
  const each = <T>(of: (name: Part) => T): Readonly<Record<Part, T>> => ({
    shop: of('shop'),
    staging: of('staging'),
    reports: of('reports'),
  })
  return { layout: { size: each((name) => value[name].size), ordered: each((name) => throughTheDay(value[name].copies)), at } }
}
