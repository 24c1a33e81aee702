import { afterAll, describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import { gradeOnce } from '../../runner/cli/grade-once.ts'
import { expectationsOf, judge, learnerOf } from '../../runner/cli/lab-verify.ts'
import { openForLabs } from '../../runner/cli/open-for-labs.ts'

/** Every grader is graded: what each lab's folder promises, on the real engine. Labs on Kubernetes are in the cluster tier. */
const labs = (await loadCatalogue()).labs.filter(({ lab }) => lab.sandbox?.kind !== 'kubernetes')
const opened = await openForLabs({ labs })
afterAll(() => opened[Symbol.asyncDispose]())

describe.each(labs.map((lab) => ({ id: lab.lab.id, expectations: expectationsOf(lab) })))('lab $id', ({ expectations }) => {
  test.each(expectations)('$name ends as declared', async (expectation) => {
    const verdict = await gradeOnce(expectation.lab, expectation.files, { ...opened, seed: learnerOf(expectation) })
    expect(judge(expectation, verdict)).toMatchObject({ met: true })
  })
})
