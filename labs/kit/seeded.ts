/** Choices that are the same for the same seed and differ between learners. Fit for names and variations, not for real secrets. */
export interface Seeded {
  /** A whole number, both ends included. */
  number(from: number, to: number): number
  pick<T>(from: readonly [T, ...T[]]): T
  /** So many letters and digits. */
  token(length: number): string
}

const ALPHABET = [...'abcdefghijkmnpqrstuvwxyz23456789'] as [string, ...string[]]

/** Begins a stream of choices; the same calls in the same order choose the same again. */
export const seeded = (seed: number): Seeded => {
  let state = seed >>> 0
  // Mulberry32: neighbouring seeds give unlike streams.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const number: Seeded['number'] = (from, to) => from + Math.floor(next() * (to - from + 1))
  const pick: Seeded['pick'] = (from) => from[number(0, from.length - 1)] ?? from[0]
  return { number, pick, token: (length) => Array.from({ length }, () => pick(ALPHABET)).join('') }
}
