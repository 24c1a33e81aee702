import { readFile } from 'node:fs/promises'
import { z } from 'zod'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

const Vitest = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
})

const Playwright = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
})

/** A report that a tool wrote; undefined when it wrote none. */
export const readReport = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

/** A missing report counts as nothing; the tool's exit code tells that it failed. */
export const countVitest = (report: unknown): Counts => {
  const { data } = Vitest.safeParse(report)
  return data === undefined
    ? { passed: 0, failed: 0, skipped: 0 }
    : { passed: data.numPassedTests, failed: data.numFailedTests, skipped: data.numPendingTests + data.numTodoTests }
}

/** A test that passed only when tried again counts as failed. */
export const countPlaywright = (report: unknown): Counts => {
  const { data } = Playwright.safeParse(report)
  return data === undefined
    ? { passed: 0, failed: 0, skipped: 0 }
    : { passed: data.stats.expected, failed: data.stats.unexpected + data.stats.flaky, skipped: data.stats.skipped }
}
