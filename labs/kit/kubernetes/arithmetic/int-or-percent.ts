/** A count, or a percentage of one: `2`, `"25%"`. */
export type IntOrPercent = number | string

/**
 * The count that a field such as `maxSurge` stands for out of `total`. NaN for text that is no percentage.
 *
 * Source: the field descriptions of the Kubernetes API ("Absolute number is calculated from percentage by rounding up/down");
 * which way each field rounds is said at the function that uses it.
 */
export const scaledValue = (value: IntOrPercent, total: number, rounding: 'up' | 'down'): number => {
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(value)?.[1]
  if (percent === undefined) return Number.NaN
  // In whole numbers: 0.28 * 25 is 7.000000000000001 in floating point, and would round up to 8.
  const hundredths = Number(percent) * total
  return rounding === 'up' ? Math.ceil(hundredths / 100) : Math.floor(hundredths / 100)
}
