import type { Layout } from './layout.ts'
import { MINUTES_OF_DAY, PARTS, type Part, type Recording, type Terms } from './terms.ts'

/** Minutes of the day in which a part is asked equally much of equally many copies. */
export interface Stretch {
  readonly part: Part
  readonly from: number
  readonly to: number
  readonly perMinute: number
  /** Copies that are paid for, and those of them that answer already. */
  readonly ordered: number
  readonly ready: number
}

/** How many of the copies ordered answer, minute by minute: one that has just been ordered does not. */
export const readyOf = (ordered: readonly number[], afterMinutes: number): readonly number[] =>
  ordered.map((_, minute) =>
    Math.min(...Array.from({ length: afterMinutes + 1 }, (_, ago) => ordered[(minute - ago + MINUTES_OF_DAY) % MINUTES_OF_DAY] ?? 0)),
  )

/** The day of a layout, part by part, in its order. */
export const stretchesOf = (layout: Layout, recording: Recording, terms: Terms): readonly Stretch[] =>
  PARTS.flatMap((part) => {
    const ordered = layout.ordered[part]
    const ready = readyOf(ordered, terms['ready-after-minutes'])
    const stretches: Stretch[] = []
    for (let minute = 0; minute < MINUTES_OF_DAY; minute++) {
      const now = { part, perMinute: recording.perMinute[part][minute] ?? 0, ordered: ordered[minute] ?? 0, ready: ready[minute] ?? 0 }
      const last = stretches.at(-1)
      const same = last?.perMinute === now.perMinute && last.ordered === now.ordered && last.ready === now.ready
      if (same) stretches[stretches.length - 1] = { ...last, to: minute + 1 }
      else stretches.push({ ...now, from: minute, to: minute + 1 })
    }
    return stretches
  })

/** The same load on the same copies: played once, however often it occurs. */
export interface Situation {
  readonly part: Part
  readonly perMinute: number
  readonly ready: number
}

export const isSame = (a: Situation, b: Situation): boolean => a.part === b.part && a.perMinute === b.perMinute && a.ready === b.ready

/** What has to be played, in the order of the day. */
export const situationsOf = (stretches: readonly Stretch[]): readonly Situation[] =>
  stretches
    .filter(({ perMinute }) => perMinute > 0)
    .map(({ part, perMinute, ready }) => ({ part, perMinute, ready }))
    .filter((situation, index, all) => all.findIndex((other) => isSame(other, situation)) === index)

/** Where requests find nobody: nobody ordered, or not yet there. */
export const unattended = (stretches: readonly Stretch[]): readonly Stretch[] =>
  stretches.filter(({ perMinute, ready }) => perMinute > 0 && ready === 0)

/** What a stretch costs. */
export const yenOf = ({ part, from, to, ordered }: Stretch, layout: Layout, terms: Terms): number =>
  ((to - from) / 60) * ordered * terms.sizes[layout.size[part]]['yen-per-hour']

export const yenOfDay = (stretches: readonly Stretch[], layout: Layout, terms: Terms): number =>
  Math.round(stretches.reduce((sum, stretch) => sum + yenOf(stretch, layout, terms), 0))
