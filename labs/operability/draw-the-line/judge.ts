import type { Claim } from './line.ts'
import type { Organisation, Team } from './organisation.ts'

/** Duties that nobody has, in the order of the organisation's list. */
export const gaps = ({ duties }: Organisation, claims: readonly Claim[]): readonly string[] =>
  Object.keys(duties).filter((duty) => claims.every((claim) => claim.duty !== duty))

/** Two places that give the same duty to somebody, or one that does not name exactly one to call. */
export type Unclear =
  | { readonly kind: 'twice'; readonly duty: string; readonly claims: readonly [Claim, Claim, ...Claim[]] }
  | { readonly kind: 'headless' | 'heads'; readonly duty: string; readonly claim: Claim }

export const unclear = ({ duties }: Organisation, claims: readonly Claim[]): readonly Unclear[] =>
  Object.keys(duties).flatMap((duty): Unclear[] => {
    const [first, second, ...more] = claims.filter((claim) => claim.duty === duty)
    if (first === undefined) return []
    if (second !== undefined) return [{ kind: 'twice', duty, claims: [first, second, ...more] }]
    if (first.accountable.length === 1) return []
    return [{ kind: first.accountable.length === 0 ? 'headless' : 'heads', duty, claim: first }]
  })

/** A duty that has one owner. */
export interface Owned {
  readonly duty: string
  readonly owner: Team
  readonly claim: Claim
}

/** The duties with their owners; for a line without gaps and doubts these are all. */
export const owned = (claims: readonly Claim[]): readonly Owned[] =>
  claims.flatMap((claim) => claim.accountable.map((owner) => ({ duty: claim.duty, owner, claim })))

/** An owner cannot do what it answers for, or somebody takes part who can do nothing about it. */
export type Powerless =
  | { readonly kind: 'missing'; readonly of: Owned; readonly lever: string }
  | { readonly kind: 'spectator'; readonly of: Owned; readonly team: Team }

export const powerless = ({ teams, duties }: Organisation, line: readonly Owned[]): readonly Powerless[] =>
  line.flatMap((of): Powerless[] => {
    const needed = duties[of.duty]?.change ?? []
    const canChange = (team: Team, lever: string) => teams[team]['can-change'].includes(lever)
    const missing = needed.find((lever) => !of.claim.hands.some((team) => canChange(team, lever)))
    if (missing !== undefined) return [{ kind: 'missing', of, lever: missing }]
    const idle = of.claim.hands.find((team) => !needed.some((lever) => canChange(team, lever)))
    return idle === undefined ? [] : [{ kind: 'spectator', of, team: idle }]
  })

/** Where the line contradicts what is so at the shop. */
export type Contradiction =
  | { readonly kind: 'asleep'; readonly of: Owned }
  | { readonly kind: 'too-often'; readonly of: Owned; readonly asked: number; readonly possible: number }
  | { readonly kind: 'no-say'; readonly of: Owned; readonly doing: string; readonly woken: Team }
  | { readonly kind: 'meetings'; readonly claims: readonly Claim[]; readonly most: number }

export const contradictions = (organisation: Organisation, line: readonly Owned[]): readonly Contradiction[] => [
  ...asleep(organisation, line),
  ...tooOften(organisation, line),
  ...organisation.agreements.flatMap((agreement) =>
    'who-does' in agreement
      ? noSay(agreement['who-does'], agreement['has-a-say-in'], line)
      : meetings(agreement['shared-duties-at-most'], line),
  ),
]

const asleep = ({ teams, duties }: Organisation, line: readonly Owned[]): Contradiction[] =>
  line
    .filter(({ duty, owner }) => duties[duty]?.when === 'around-the-clock' && teams[owner].there !== 'around-the-clock')
    .map((of) => ({ kind: 'asleep', of }))

const tooOften = ({ teams, duties }: Organisation, line: readonly Owned[]): Contradiction[] => {
  const times = ({ duty }: Owned): number => duties[duty]?.['times-a-week'] ?? 0
  return Object.entries(teams).flatMap(([team, { 'changes-a-week': possible }]): Contradiction[] => {
    const theirs = line.filter(({ owner }) => owner === team).sort((a, b) => times(b) - times(a))
    const asked = theirs.reduce((sum, each) => sum + times(each), 0)
    const [heaviest] = theirs
    return heaviest !== undefined && asked > possible ? [{ kind: 'too-often', of: heaviest, asked, possible }] : []
  })
}

const noSay = (doing: string, about: string, line: readonly Owned[]): Contradiction[] => {
  const woken = line.find(({ duty }) => duty === doing)?.owner
  const of = line.find(({ duty }) => duty === about)
  return woken === undefined || of === undefined || of.claim.hands.includes(woken) ? [] : [{ kind: 'no-say', of, doing, woken }]
}

const meetings = (most: number, line: readonly Owned[]): Contradiction[] => {
  const claims = line.map(({ claim }) => claim).filter(({ shared }) => shared)
  return claims.length > most ? [{ kind: 'meetings', claims, most }] : []
}
