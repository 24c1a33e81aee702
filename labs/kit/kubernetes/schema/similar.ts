/** The candidate that a misspelt word was probably meant to be; undefined when none is near. */
export const closest = (word: string, candidates: readonly string[]): string | undefined => {
  const lower = word.toLowerCase()
  const exact = candidates.find((candidate) => candidate.toLowerCase() === lower)
  if (exact !== undefined) return exact
  const most = Math.max(1, Math.floor(word.length / 4))
  const near = candidates
    .map((candidate) => ({ candidate, distance: distance(lower, candidate.toLowerCase(), most) }))
    .filter((each) => each.distance <= most)
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.candidate
}

/** Levenshtein's distance, given up as soon as it is more than `most`. */
const distance = (a: string, b: string, most: number): number => {
  if (Math.abs(a.length - b.length) > most || a.length > 80) return most + 1
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    if (Math.min(...next) > most) return most + 1
    row = next
  }
  return row[b.length] ?? most + 1
}
