import type { Evidence } from '../../kit/index.ts'
import type { Owned } from './judge.ts'
import type { Claim } from './line.ts'
import { type Organisation, TEAMS, type Team } from './organisation.ts'

type Cell = readonly [row: number, column: number]

/** The line, a row for each duty and a column for each team, in the words of the learner's file. */
export const lineTable = (names: readonly string[], claims: readonly Claim[], wrong: readonly string[]): Evidence => {
  const rows = names.map((duty) => [
    duty,
    ...TEAMS.map((team) =>
      partOf(
        team,
        claims.filter((claim) => claim.duty === duty),
      ),
    ),
  ])
  return {
    kind: 'table',
    title: 'line',
    columns: ['duty', ...TEAMS],
    rows,
    differing: rows.flatMap((cells, row) => (wrong.includes(names[row] ?? '') ? doubtful(cells, row) : [])),
  }
}

/** In a wrong row: what is written there, or all of it when nothing is. */
const doubtful = (cells: readonly string[], row: number): readonly Cell[] => {
  const teams = TEAMS.map((_, index) => [row, index + 1] as const)
  const written = teams.filter(([, column]) => cells[column] !== '-')
  return written.length > 0 ? written : teams
}

const partOf = (team: Team, claims: readonly Claim[]): string => {
  const parts = claims
    .filter(({ hands }) => hands.includes(team))
    .map(({ shared, accountable }) => part(shared, accountable.includes(team)))
  return parts.join(' + ') || '-'
}

const part = (shared: boolean, accountable: boolean): string => (shared ? (accountable ? 'accountable' : 'with') : 'own list')

/** What a duty needs changed and who can change it, those in brackets without taking part. */
export const meansTable = ({ teams, duties }: Organisation, { duty, claim: { hands } }: Owned): Evidence => {
  const levers = duties[duty]?.change ?? []
  const can = (team: Team, lever: string): boolean => teams[team]['can-change'].includes(lever)
  // A hand that lacks one lever is no flaw where another has it.
  const wrong = (team: Team, lever: string): boolean =>
    hands.includes(team) && (!hands.some((hand) => can(hand, lever)) || !levers.some((each) => can(team, each)))
  return {
    kind: 'table',
    title: 'means',
    columns: [duty, ...TEAMS],
    rows: levers.map((lever) => [lever, ...TEAMS.map((team) => cellOf(hands.includes(team), can(team, lever)))]),
    differing: levers.flatMap((lever, row) => TEAMS.flatMap((team, index): Cell[] => (wrong(team, lever) ? [[row, index + 1]] : []))),
  }
}

const cellOf = (takesPart: boolean, can: boolean): string => (takesPart ? (can ? 'can-change' : 'cannot') : can ? '(can-change)' : '-')

/** When the duties of every hour fall due, and when their owners are there. */
export const hoursTable = ({ teams, duties }: Organisation, line: readonly Owned[]): Evidence => {
  const rows = line
    .map(({ duty, owner }) => [duty, duties[duty]?.when ?? '', owner, teams[owner].there] as const)
    .filter(([, when]) => when === 'around-the-clock')
  return {
    kind: 'table',
    title: 'hours',
    columns: ['duty', 'when', 'accountable', 'there'],
    rows,
    differing: rows.flatMap(([, when, , there], row): Cell[] => (when === there ? [] : [[row, 3]])),
  }
}

/** Planned changes asked of each team beside what it can carry out. */
export const changesTable = ({ teams, duties }: Organisation, line: readonly Owned[]): Evidence => {
  const rows = TEAMS.map((team) => {
    const asked = line.filter(({ owner }) => owner === team).reduce((sum, { duty }) => sum + (duties[duty]?.['times-a-week'] ?? 0), 0)
    return [team, asked, teams[team]['changes-a-week']] as const
  })
  return {
    kind: 'table',
    title: 'changes',
    columns: ['team', 'times-a-week', 'changes-a-week'],
    rows,
    differing: rows.flatMap(([, asked, possible], row): Cell[] => (asked > possible ? [[row, 1]] : [])),
  }
}
