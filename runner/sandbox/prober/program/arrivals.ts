import type { RatePoint } from '../../contract.ts'

/**
 * When each arrival is due, in seconds from the start, first to last. Between two points the rate goes in a straight line; before
 * the first it is that of the first, after the last that of the last. Ends only when nothing more would ever arrive. Pure.
 */
export function* dueSeconds(points: readonly RatePoint[]): Generator<number, void, void> {
  const [first] = points
  if (first === undefined) return
  let before: RatePoint = { second: 0, perSecond: first.perSecond }
  let arrivals = 0
  // How many had arrived when this stretch began.
  let begun = 0
  for (const point of points) {
    const length = point.second - before.second
    const steepness = length > 0 ? (point.perSecond - before.perSecond) / length : 0
    const end = begun + (length * (before.perSecond + point.perSecond)) / 2
    for (; arrivals < end; arrivals += 1) yield before.second + secondsUntil(arrivals - begun, before.perSecond, steepness)
    begun = end
    before = point
  }
  if (before.perSecond <= 0) return
  for (; ; arrivals += 1) yield before.second + (arrivals - begun) / before.perSecond
}

/** How long it takes for so many to arrive: the positive root of `steepness / 2 * t² + rate * t = arrivals`. */
const secondsUntil = (arrivals: number, rate: number, steepness: number): number =>
  Math.abs(steepness) < 1e-9 ? arrivals / rate : (Math.sqrt(Math.max(rate * rate + 2 * steepness * arrivals, 0)) - rate) / steepness
