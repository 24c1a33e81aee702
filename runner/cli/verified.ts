import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Verdict } from '../../labs/kit/finding.ts'

const Verified = z.object({
  at: z.iso.datetime(),
  /** So many gradings went on at the same time. */
  atOnce: z.int(),
  /** Of every grading that ended as declared, in its order. */
  seconds: z.array(z.number()),
  evidence: z.array(z.string()),
})

/** What the last verification of a lab on this machine saw. */
export type Verified = z.infer<typeof Verified>

const fileOf = (data: string, lab: string): string => join(data, 'verified', `${lab}.json`)

/** Keeps what a verification that went well saw, so that `hatoba lab list --table` can show figures of this machine. */
export const keepVerified = async (
  data: string,
  lab: string,
  { verdicts, atOnce }: { readonly verdicts: readonly Verdict[]; readonly atOnce: number },
): Promise<void> => {
  const verified: Verified = {
    at: new Date().toISOString(),
    atOnce,
    seconds: verdicts.map(({ ms }) => ms / 1000),
    evidence: [
      ...new Set(verdicts.flatMap(({ findings }) => findings.flatMap(({ evidence = [] }) => evidence.map(({ kind }) => kind)))),
    ].sort(),
  }
  await mkdir(join(data, 'verified'), { recursive: true })
  await writeFile(fileOf(data, lab), `${JSON.stringify(verified, null, 2)}\n`)
}

/** What was kept; undefined for a lab that was never verified here, or by a version that kept something else. */
export const readVerified = async (data: string, lab: string): Promise<Verified | undefined> => {
  const text = await readFile(fileOf(data, lab), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw cause
  })
  return text === undefined ? undefined : Verified.safeParse(JSON.parse(text)).data
}
