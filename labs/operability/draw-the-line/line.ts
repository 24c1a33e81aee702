import { z } from 'zod'
import { type Answer, type At, readForm } from '../../kit/index.ts'
import { type Organisation, TEAMS, type Team } from './organisation.ts'

/** One place where the line says who has a duty. */
export interface Claim {
  readonly duty: string
  /** Who is called. A line that is clear names one. */
  readonly accountable: readonly Team[]
  /** Everybody who takes part, those who are called among them. */
  readonly hands: readonly Team[]
  readonly shared: boolean
  readonly at: Required<At>
}

const team = z.enum(TEAMS)
const oneOrMore = z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(team).default([]))

const entry = z.strictObject({ accountable: oneOrMore, with: oneOrMore })
type Entry = z.infer<typeof entry>

const schemaOf = ({ duties }: Organisation) => {
  const duty = z.enum(Object.keys(duties))
  const own = z.array(duty).default([])
  return z.strictObject({ development: own, operations: own, platform: own, shared: z.partialRecord(duty, entry).default({}) })
}

/** Every claim of a learner's file in its order, or the answer to give when it cannot be read. */
export const readLine = (text: string, organisation: Organisation): { readonly claims: readonly Claim[] } | { readonly answer: Answer } => {
  const read = readForm('duties.yaml', text, schemaOf(organisation))
  if ('answer' in read) return read
  const { value, at } = read.form
  const own = TEAMS.flatMap((name) =>
    value[name].map((duty, index): Claim => ({ duty, accountable: [name], hands: [name], shared: false, at: at([name, index]) })),
  )
  const shared = Object.entries(value.shared as Readonly<Record<string, Entry>>).map(
    ([duty, entry]): Claim => ({
      duty,
      accountable: entry.accountable,
      hands: TEAMS.filter((name) => entry.accountable.includes(name) || entry.with.includes(name)),
      shared: true,
      at: at(['shared', duty], 'key'),
    }),
  )
  return { claims: [...own, ...shared] }
}
