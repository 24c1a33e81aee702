let origin = performance.timeOrigin

/** Milliseconds since the Unix epoch with fractions; follows the machine's clock when that is set or the machine was asleep. */
export const now = (): number => {
  const precise = origin + performance.now()
  const ahead = Date.now() - precise
  // Date.now() is cut to whole milliseconds, so up to one behind is no difference.
  if (ahead > 1 || ahead < -2) origin += ahead
  return origin + performance.now()
}
