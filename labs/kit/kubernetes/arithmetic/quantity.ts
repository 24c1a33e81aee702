/**
 * An amount as Kubernetes writes it (`500m`, `64Mi`, `1e3`), exact to one billionth.
 *
 * Source: Kubernetes API reference, `resource.Quantity`: a signed number, then a decimal suffix (n u m k M G T P E), a binary suffix
 * (Ki Mi Gi Ti Pi Ei) or a decimal exponent; more than nine decimals are rounded up.
 */
export interface Quantity {
  readonly billionths: bigint
}

const BILLION = 1_000_000_000n
const FORM = /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<part>\d*))?(?:(?<suffix>[numkMGTPE]|[KMGTPE]i)|[eE](?<exponent>[+-]?\d{1,3}))?$/
const DECIMAL: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1_000n,
  m: 1_000_000n,
  '': BILLION,
  k: BILLION * 10n ** 3n,
  M: BILLION * 10n ** 6n,
  G: BILLION * 10n ** 9n,
  T: BILLION * 10n ** 12n,
  P: BILLION * 10n ** 15n,
  E: BILLION * 10n ** 18n,
}
const BINARY: Readonly<Record<string, bigint>> = Object.fromEntries(
  ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, index) => [suffix, BILLION * 1024n ** BigInt(index + 1)]),
)

/** The amount, or undefined when it is written as Kubernetes does not write amounts (`1 Gi`, `64MB`, `K`). */
export const parseQuantity = (written: unknown): Quantity | undefined => {
  if (typeof written !== 'string' && typeof written !== 'number') return undefined
  const groups = FORM.exec(String(written))?.groups as Record<string, string | undefined> | undefined
  if (groups === undefined) return undefined
  const { sign, whole = '', part = '', suffix = '', exponent } = groups
  if (whole === '' && part === '') return undefined
  const unit = DECIMAL[suffix] ?? BINARY[suffix] ?? BILLION
  const digits = BigInt(whole + part) * unit
  const power = Number(exponent ?? 0) - part.length
  const size = power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power))
  return { billionths: sign === '-' ? -size : size }
}

export const NONE: Quantity = { billionths: 0n }
export const addQuantities = (...all: readonly Quantity[]): Quantity => ({
  billionths: all.reduce((sum, { billionths }) => sum + billionths, 0n),
})
export const maxQuantity = (...all: readonly Quantity[]): Quantity =>
  all.reduce((most, each) => (each.billionths > most.billionths ? each : most), all[0] ?? NONE)
/** Below 0 when `a` is less than `b`, 0 when they are the same amount (`1` and `1000m`), above 0 otherwise. */
export const compareQuantities = (a: Quantity, b: Quantity): number =>
  a.billionths < b.billionths ? -1 : a.billionths > b.billionths ? 1 : 0

/** In whole thousandths (milli-CPU), rounded up as Kubernetes does. */
export const inThousandths = ({ billionths }: Quantity): number => Number(divideUp(billionths, 1_000_000n))
/** In whole units (bytes), rounded up as Kubernetes does. */
export const inUnits = ({ billionths }: Quantity): number => Number(divideUp(billionths, BILLION))
export const inMiB = (quantity: Quantity): number => inUnits(quantity) / 1024 / 1024

/** The shortest way to write an amount of CPU. */
export const writeCpu = (quantity: Quantity): string => {
  const milli = inThousandths(quantity)
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`
}

/** The largest binary unit that writes an amount of memory without a fraction. */
export const writeMemory = (quantity: Quantity): string => {
  const bytes = divideUp(quantity.billionths, BILLION)
  const [suffix, unit] = Object.entries(BINARY)
    .map(([name, value]) => [name, value / BILLION] as const)
    .findLast(([, value]) => bytes !== 0n && bytes % value === 0n) ?? ['', 1n]
  return `${bytes / unit}${suffix}`
}

const divideUp = (value: bigint, by: bigint): bigint => (value > 0n && value % by !== 0n ? value / by + 1n : value / by)
