import { arch, cpus, release, totalmem } from 'node:os'

/** One line of a bench table: ours beside a baseline of the same run. `ratio` is baseline / ours: above 1, ours is faster or smaller. */
export interface BenchRow {
  readonly name: string
  readonly unit: 'ms' | 'per second' | 'MiB'
  readonly ours: number
  readonly baseline: number
  readonly ratio: number
  /** As the design states it; absent where a row only informs. */
  readonly goal?: string
  readonly met?: boolean
}

export interface BenchReport {
  readonly suite: string
  readonly n: number
  readonly machine: string
  readonly rows: readonly BenchRow[]
  readonly wrongVerdicts: number
  /** What was looked for inside the sandboxes of this very run, and whether it was absent. */
  readonly isolation: { readonly holds: boolean; readonly looked: readonly string[]; readonly found: readonly string[] }
}

/** The value below which `share` (0..1) of the samples lie. */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** A row of latencies: `atLeast` is the least ratio, `atMost` the largest cost relative to the baseline, that meet the goal. */
export const latencyRow = (name: string, ours: number, baseline: number, goal: { atLeast?: number; atMost?: number } = {}): BenchRow => {
  const ratio = baseline / ours
  const row = { name, unit: 'ms' as const, ours, baseline, ratio }
  if (goal.atLeast !== undefined) return { ...row, goal: `>= ${goal.atLeast}x faster`, met: ratio >= goal.atLeast }
  if (goal.atMost !== undefined) return { ...row, goal: `<= ${goal.atMost}x of it`, met: ours <= goal.atMost * baseline }
  return row
}

export const machine = (): string =>
  `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()} ${arch()}, Node ${process.versions.node}`

/** Calls every measurement `n` times, in an order shuffled anew each round, so that drift of the machine hits all alike. */
export const interleaved = async <K extends string>(
  n: number,
  measurements: Readonly<Record<K, () => Promise<number>>>,
  { warmUps = 2, onRound = () => {} }: { warmUps?: number; onRound?: (round: number) => void } = {},
): Promise<Record<K, number[]>> => {
  const names = Object.keys(measurements) as K[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>
  for (let round = -warmUps; round < n; round++) {
    onRound(Math.max(0, round))
    for (const name of shuffled(names)) {
      const sample = await measurements[name]()
      if (round >= 0) samples[name].push(sample)
    }
  }
  return samples
}

const shuffled = <T>(items: readonly T[]): T[] => {
  const copy = [...items]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[copy[i], copy[j]] = [copy[j] as T, copy[i] as T]
  }
  return copy
}
