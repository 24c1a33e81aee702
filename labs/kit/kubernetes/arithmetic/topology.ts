/** A topology spread constraint, as far as counting goes. */
export interface SpreadConstraint {
  readonly maxSkew: number
  readonly minDomains?: number
}

/**
 * How uneven matching Pods are spread: the fullest domain less the emptiest. `counts` names every eligible domain, empty ones included.
 * With fewer domains than `minDomains` the emptiest counts as 0.
 *
 * Source: Kubernetes documentation, "Pod Topology Spread Constraints" (kubernetes/website,
 * content/en/docs/concepts/scheduling-eviction/topology-spread-constraints.md), definition of `maxSkew` and `minDomains`.
 */
export const skewOf = (counts: Readonly<Record<string, number>>, minDomains = 1): number => {
  const all = Object.values(counts)
  return all.length === 0 ? 0 : Math.max(...all) - emptiest(all, minDomains)
}

/**
 * The domains that one more matching Pod may go to under `DoNotSchedule`: where, with it, the domain has at most `maxSkew` more than the
 * emptiest has now. Source: as `skewOf`.
 */
export const domainsFor = (counts: Readonly<Record<string, number>>, { maxSkew, minDomains = 1 }: SpreadConstraint): string[] => {
  const least = emptiest(Object.values(counts), minDomains)
  return Object.entries(counts)
    .filter(([, count]) => count + 1 - least <= maxSkew)
    .map(([domain]) => domain)
}

const emptiest = (counts: readonly number[], minDomains: number): number =>
  counts.length < minDomains || counts.length === 0 ? 0 : Math.min(...counts)
