import { expect } from 'vitest'
import { gradeOnce } from '../runner/cli/grade-once.ts'
import { type expectationsOf, judge, learnerOf } from '../runner/cli/lab-verify.ts'

const MOST_CHARACTERS = 20_000

/** Grades what a lab's folder promises about these files. Where it ends otherwise, whoever reads the report sees what was found, with its evidence. */
export const expectAsDeclared = async (
  expectation: ReturnType<typeof expectationsOf>[number],
  drivers: Omit<Parameters<typeof gradeOnce>[2], 'seed'>,
): Promise<void> => {
  const verdict = await gradeOnce(expectation.lab, expectation.files, { ...drivers, seed: learnerOf(expectation) })
  const { met, expected, seen } = judge(expectation, verdict)
  const told = { missing: verdict.missing, findings: verdict.findings.filter(({ status }) => status !== 'passed' && status !== 'skipped') }
  expect(met, `declared: ${expected}; seen: ${seen}\n${JSON.stringify(told).slice(0, MOST_CHARACTERS)}`).toBe(true)
}
