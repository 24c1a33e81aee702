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

/** The ledger's entry. Throws when a lesson names one that is not there. */
export const factOf = async (id: string, ledger = new URL('../content/facts.yaml', `file://${process.cwd()}/`)): Promise<Fact> => {
  const { facts } = z.strictObject({ facts: z.array(factSchema) }).parse(parse(await readFile(ledger, 'utf8')))
  const fact = facts.find((candidate) => candidate.id === id)
  if (fact === undefined) throw new Error(`content/facts.yaml has no fact "${id}"`)
  return fact
}
