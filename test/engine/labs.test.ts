import { afterAll, beforeAll, describe, test } from 'vitest'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import { expectationsOf } from '../../runner/cli/lab-verify.ts'
import { openForLabs } from '../../runner/cli/open-for-labs.ts'
import { expectAsDeclared } from '../as-declared.ts'
import { IMAGES_MS } from '../contract/engine.ts'

/** Every grader is graded: what each lab's folder promises, on the real engine. Labs on Kubernetes are in the cluster tier. */
const labs = (await loadCatalogue()).labs.filter(({ lab }) => lab.sandbox?.kind !== 'kubernetes')
let opened: Awaited<ReturnType<typeof openForLabs>>
beforeAll(async () => {
  opened = await openForLabs({ labs, warm: true })
}, IMAGES_MS)
afterAll(() => opened?.[Symbol.asyncDispose]())

for (const lab of labs)
  describe(`lab ${lab.lab.id}`, { concurrent: true }, () => {
    test.each(expectationsOf(lab))('$name ends as declared', (expectation) => expectAsDeclared(expectation, opened))
  })
