/** Does this for all of them, so many at the same time, those of each kind spread evenly; the results come in the order of what was given. */
export const severalAtOnce = async <A, B>(
  all: readonly A[],
  { most, kindOf }: { readonly most: number; readonly kindOf: (each: A) => unknown },
  work: (each: A) => Promise<B>,
): Promise<readonly B[]> => {
  const results: B[] = []
  const waiting = spread([...all.entries()], ([, each]) => kindOf(each)).values()
  const take = async (): Promise<void> => {
    for (const [index, each] of waiting) results[index] = await work(each)
  }
  await Promise.all(Array.from({ length: most }, take))
  return results
}

/** In an order in which each kind goes on evenly from the first to the last. */
const spread = <T>(all: readonly T[], kindOf: (each: T) => unknown): readonly T[] =>
  [...Map.groupBy(all, kindOf).values()]
    .flatMap((same) => same.map((each, nth) => ({ each, at: (nth + 0.5) / same.length })))
    .toSorted((one, other) => one.at - other.at)
    .map(({ each }) => each)
