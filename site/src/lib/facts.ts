import { readFile } from 'node:fs/promises'
import { z } from 'astro/zod'
import { parse } from 'yaml'

const localized = z.strictObject({ en: z.string(), ja: z.string() })
const day = z.iso.date()

const factSchema = z.strictObject({
  id: z.string(),
  claim: localized,
  then: localized.optional(),
  now: localized,
  asOf: day,
  source: z.string(),
  reviewBy: day,
})
export type Fact = z.infer<typeof factSchema>

const LEDGER = new URL('../content/facts.yaml', `file://${process.cwd()}/`)

/** The whole ledger. Throws for an entry of another form. */
export const readFacts = async (ledger = LEDGER): Promise<readonly Fact[]> =>
  z.strictObject({ facts: z.array(factSchema) }).parse(parse(await readFile(ledger, 'utf8'))).facts

/** Whether somebody should have looked at it again by that day. */
export const isOverdue = ({ reviewBy }: Fact, today = new Date()): boolean => reviewBy < today.toISOString().slice(0, 10)

/** The ledger's entry, with a warning when it is overdue. Throws when a lesson names one that is not there. */
export const factOf = async (id: string, ledger = LEDGER): Promise<Fact> => {
  const fact = (await readFacts(ledger)).find((candidate) => candidate.id === id)
  if (fact === undefined) throw new Error(`content/facts.yaml has no fact "${id}"`)
  if (isOverdue(fact)) console.warn(`content/facts.yaml: "${id}" was to be looked at again by ${fact.reviewBy}`)
  return fact
}
