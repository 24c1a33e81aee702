const BUCKET_MS = 5_000

/** How much was asked for lately, so that a pool is as large as what has just been seen and no larger. */
export class Demand {
  readonly #keptMs: number
  #buckets: { readonly since: number; count: number }[] = []

  /** `keptSeconds`: how long a peak is remembered. */
  constructor({ keptSeconds = 600 }: { readonly keptSeconds?: number } = {}) {
    this.#keptMs = keptSeconds * 1000
  }

  /** Something was asked for at this time; times never go back. */
  note(at: number): void {
    const last = this.#buckets.at(-1)
    if (last && at - last.since < BUCKET_MS) last.count += 1
    else this.#buckets.push({ since: at, count: 1 })
  }

  /** The most that was asked for within a few seconds, as far back as is remembered; 0 when nothing is. */
  peak(now: number): number {
    this.#buckets = this.#buckets.filter(({ since }) => now - since < this.#keptMs)
    return this.#buckets.reduce((most, { count }) => Math.max(most, count), 0)
  }

  /** Nothing was ever asked for. */
  forget(): void {
    this.#buckets = []
  }
}
