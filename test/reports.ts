import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** A test that failed, and how its own message begins. */
export interface Failure {
  readonly test: string
  readonly message: string
}

export interface Results {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly failures: readonly Failure[]
}

/** What no tool has told. */
export const NOTHING: Results = { passed: 0, failed: 0, skipped: 0, failures: [] }

export const together = (one: Results, other: Results): Results => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
  skipped: one.skipped + other.skipped,
  failures: [...one.failures, ...other.failures],
})

const Vitest = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(
    z.object({
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() })),
    }),
  ),
})

const PlaywrightSpec = z.object({
  title: z.string(),
  ok: z.boolean(),
  tests: z.array(z.object({ results: z.array(z.object({ error: z.object({ message: z.string().optional() }).optional() })) })),
})

const PlaywrightSuite = z.object({
  specs: z.array(PlaywrightSpec).default([]),
  get suites() {
    return z.array(PlaywrightSuite).default([])
  },
})

const Playwright = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
  suites: z.array(PlaywrightSuite),
})

/** A report that a tool wrote; undefined when it wrote none. */
export const readReport = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

/** A missing report counts as nothing; the tool's exit code tells that it failed. */
export const readVitest = (report: unknown): Results => {
  const { data } = Vitest.safeParse(report)
  if (data === undefined) return NOTHING
  return {
    passed: data.numPassedTests,
    failed: data.numFailedTests,
    skipped: data.numPendingTests + data.numTodoTests,
    failures: data.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({ test: fullName, message: failureMessages?.[0] ?? '' })),
  }
}

const specsOf = ({ specs, suites }: z.infer<typeof PlaywrightSuite>): z.infer<typeof PlaywrightSpec>[] => [
  ...specs,
  ...suites.flatMap(specsOf),
]

/** A test that passed only when tried again counts as failed. */
export const readPlaywright = (report: unknown): Results => {
  const { data } = Playwright.safeParse(report)
  if (data === undefined) return NOTHING
  const messageOf = ({ tests }: z.infer<typeof PlaywrightSpec>): string =>
    tests.flatMap(({ results }) => results.flatMap(({ error }) => error?.message ?? []))[0] ?? ''
  return {
    passed: data.stats.expected,
    failed: data.stats.unexpected + data.stats.flaky,
    skipped: data.stats.skipped,
    failures: data.suites
      .flatMap(specsOf)
      .filter(({ ok }) => !ok)
      .map((spec) => ({ test: spec.title, message: messageOf(spec) })),
  }
}
