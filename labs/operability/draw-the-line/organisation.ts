import { parse } from 'yaml'
import { z } from 'zod'

export const TEAMS = ['development', 'operations', 'platform'] as const
export type Team = (typeof TEAMS)[number]

const hours = z.enum(['office-hours', 'around-the-clock'])
const team = z.strictObject({ there: hours, 'changes-a-week': z.number(), 'can-change': z.array(z.string()) })
const duty = z.strictObject({ change: z.array(z.string()), when: hours.default('office-hours'), 'times-a-week': z.number().default(0) })
const agreement = z.union([
  z.strictObject({ 'who-does': z.string(), 'has-a-say-in': z.string() }),
  z.strictObject({ 'shared-duties-at-most': z.number() }),
])
const organisation = z.strictObject({
  service: z.string(),
  open: hours,
  teams: z.strictObject({ development: team, operations: team, platform: team }),
  duties: z.record(z.string(), duty),
  agreements: z.array(agreement),
})

/** What is so at the shop, whatever line is drawn: our own file, the same for everybody. */
export type Organisation = z.infer<typeof organisation>

/** Throws when our own file contradicts itself. */
export const readOrganisation = (text: string): Organisation => organisation.parse(parse(text))
