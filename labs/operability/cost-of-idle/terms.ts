import { parse } from 'yaml'
import { z } from 'zod'

export const PARTS = ['shop', 'staging', 'reports'] as const
export type Part = (typeof PARTS)[number]
export const SIZES = ['small', 'medium', 'large'] as const
export type SizeName = (typeof SIZES)[number]

export const MINUTES_OF_DAY = 1440

/** `07:30` as minutes after midnight; undefined when it is no time of a day. */
export const minuteOf = (time: string): number | undefined => {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time) ?? []
  return hour === undefined || minute === undefined ? undefined : Number(hour) * 60 + Number(minute)
}

/** Minutes after midnight as `07:30`; the end of the day is `24:00`. */
export const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

const time = z.string().transform((text, context) => {
  const minute = minuteOf(text)
  if (minute !== undefined) return minute
  context.addIssue({ code: 'custom', message: `${text} is no time of a day` })
  return z.NEVER
})
const size = z.strictObject({ 'yen-per-hour': z.number(), 'at-once': z.number(), 'memory-mib': z.number() })
const terms = z.strictObject({
  sizes: z.strictObject({ small: size, medium: size, large: size }),
  'ready-after-minutes': z.number(),
  'request-ms': z.number(),
  objective: z.strictObject({ percent: z.number(), 'within-times': z.number() }),
  'yen-per-day': z.number(),
  memory: z.record(z.enum(PARTS), z.number()),
})
const rates = z.record(z.string(), z.number())
const recording = z.strictObject({ shop: rates, staging: rates, reports: rates, losses: z.strictObject({ shop: time }) })

export type Terms = z.infer<typeof terms>

/** The day as it was: for each part the requests per minute, minute by minute, and when the shop lost a copy. */
export interface Recording {
  readonly perMinute: Readonly<Record<Part, readonly number[]>>
  readonly lossAt: number
}

/** Our own files, the same for everybody. Throws when they contradict themselves. */
export const readTerms = (text: string): Terms => terms.parse(parse(text))

export const readRecording = (text: string): Recording => {
  const { losses, ...parts } = recording.parse(parse(text))
  return {
    perMinute: { shop: throughTheDay(parts.shop), staging: throughTheDay(parts.staging), reports: throughTheDay(parts.reports) },
    lossAt: losses.shop,
  }
}

/** A value for every minute, from the times at which it changes; the last one holds on after midnight. Empty is 0 all day. */
export const throughTheDay = (changes: Readonly<Record<string, number>>): readonly number[] => {
  const sorted = Object.entries(changes)
    .map(([at, value]) => ({ minute: minuteOf(at) ?? 0, value }))
    .sort((a, b) => a.minute - b.minute)
  const values = new Array<number>(MINUTES_OF_DAY).fill(sorted.at(-1)?.value ?? 0)
  for (const { minute, value } of sorted) values.fill(value, minute)
  return values
}
