import { arch, cpus, release, totalmem } from 'node:os'

/** One line of a bench table: ours beside a baseline of the same run. */
export interface BenchRow {
  readonly name: string
  readonly unit: 'ms' | 'per second' | 'MiB' | '% of a processor' | 'p95 / p50' | 'submissions' | 'containers' | 'networks' | 'files'
  readonly ours: number
  readonly baseline: number
  /** How many times better ours is: of what should be small baseline / ours, of a rate ours / baseline. */
  readonly ratio: number
  /** As the design states it; null where a row only informs. */
  readonly goal: string | null
  readonly met: boolean | null
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

/** `atLeast`: how many times better ours must be. `atMost`: how many times the baseline it may cost. `upTo`: what it may be at all. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number } | { readonly upTo: number }

/** The value below which `share` (0..1) of the samples lie. */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)

/** A row of something that should be small. */
export const costRow = (name: string, unit: BenchRow['unit'], ours: number, baseline: number, goal?: Goal): BenchRow => ({
  name,
  unit,
  ours,
  baseline,
  ratio: baseline / ours,
  ...judged(goal, unit, { better: baseline / ours, cost: ours / baseline, ours }),
})

/** A row of something that should be large. */
export const rateRow = (name: string, ours: number, baseline: number, goal?: Exclude<Goal, { readonly upTo: number }>): BenchRow => ({
  name,
  unit: 'per second',
  ours,
  baseline,
  ratio: ours / baseline,
  ...judged(goal, 'per second', { better: ours / baseline, cost: baseline / ours, ours }),
})

const judged = (
  goal: Goal | undefined,
  unit: BenchRow['unit'],
  { better, cost, ours }: { readonly better: number; readonly cost: number; readonly ours: number },
): Pick<BenchRow, 'goal' | 'met'> => {
  if (goal === undefined) return { goal: null, met: null }
  if ('atLeast' in goal) return { goal: `>= ${goal.atLeast}x`, met: better >= goal.atLeast }
  if ('atMost' in goal) return { goal: `<= ${goal.atMost}x of it`, met: cost <= goal.atMost }
  return { goal: `<= ${goal.upTo}${unit === 'p95 / p50' ? '' : ` ${unit}`}`, met: ours <= goal.upTo }
}

export const machine = (): string =>
  `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()} ${arch()}, Node ${process.versions.node}`

/** Calls every measurement `n` times, in an order shuffled anew each round, so that drift of the machine hits all alike. */
export const interleaved = async <K extends string, T = number>(
  n: number,
  measurements: Readonly<Record<K, () => Promise<T>>>,
  { warmUps = 2, onRound = () => {} }: { warmUps?: number; onRound?: (round: number) => void } = {},
): Promise<Record<K, T[]>> => {
  const names = Object.keys(measurements) as K[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>
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
