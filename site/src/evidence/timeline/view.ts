import type { Bar, TimelineLayout } from './layout.ts'

/** The stretch of a timeline that is drawn. */
export interface View {
  readonly from: number
  readonly to: number
}

/** A deed and what came of it that take less of the run than this would be one line in the whole picture. */
const SQUEEZED = 0.12

export const wholeOf = ({ from, to }: TimelineLayout): View => ({ from, to })

/**
 * What is drawn to begin with: the whole, unless the deed and what came of it would be one line in it. Nothing is gained by a closer
 * look that leaves out the request that is told about, or where requests are only before the deed or only after it.
 */
export const firstView = (layout: TimelineLayout, told: Bar | undefined): View => {
  const { anchor, marks, bars, from, to } = layout
  const whole = wholeOf(layout)
  const squeezed = anchor.mark !== undefined && (marks.at(-1)?.at ?? anchor.at) - anchor.at < (to - from) * SQUEEZED
  const onBothSides = bars.some(({ request }) => request.startedAt < anchor.at) && bars.some(({ request }) => request.endedAt > anchor.at)
  if (!squeezed || !onBothSides) return whole
  const view = aroundDeed(layout, 0.5)
  return told !== undefined && (told.request.endedAt < view.from || told.request.startedAt > view.to) ? whole : view
}

/** From a little before the deed until the last mark after it, and at least this share of the run; with the nearest request on each side. */
export const aroundDeed = (layout: TimelineLayout, share: number): View => {
  const { anchor, marks, bars, from, to } = layout
  const last = marks.at(-1)?.at ?? anchor.at
  const size = Math.max(last - anchor.at, (to - from) * share)
  const before = bars.findLast(({ request }) => request.startedAt < anchor.at)
  const after = bars.find(({ request }) => request.startedAt >= anchor.at)
  return bounded(
    {
      from: Math.min(anchor.at - size * 0.7, before?.request.startedAt ?? anchor.at),
      to: Math.max(anchor.at + size * 1.1, after?.request.endedAt ?? anchor.at),
    },
    wholeOf(layout),
  )
}

export const around = (at: number, size: number): View => ({ from: at - size / 2, to: at + size / 2 })

export const bounded = (view: View, whole: View): View => ({ from: Math.max(view.from, whole.from), to: Math.min(view.to, whole.to) })

export const isSame = (a: View, b: View): boolean => a.from === b.from && a.to === b.to
