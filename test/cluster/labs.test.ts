import { afterAll, describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import { gradeOnce } from '../../runner/cli/grade-once.ts'
import { expectationsOf, judge, learnerOf } from '../../runner/cli/lab-verify.ts'
import type { SandboxDriver } from '../../runner/sandbox/contract.ts'
import { missing, openDriver } from './ground.ts'

/** Every grader is graded: what the folder of each lab on Kubernetes promises, several at once as in a class. */
const labs = (await loadCatalogue()).labs.filter(({ lab }) => lab.sandbox?.kind === 'kubernetes')
const cluster = missing === undefined ? await openDriver() : undefined
afterAll(() => cluster?.[Symbol.asyncDispose]())

const containers: SandboxDriver = {
  name: 'docker',
  isolation: 'container',
  probe: async () => ({
    ready: false,
    because: 'Labs on Kubernetes need no containers of their own.',
    fix: '',
    ja: { because: '', fix: '' },
  }),
  open: () => Promise.reject(new Error('no lab on Kubernetes opens a container')),
  sweep: async () => 0,
}

const gaps: readonly string[] = (await cluster?.gaps()) ?? []
const lackingFor = ({ lab: { sandbox } }: (typeof labs)[number]): readonly string[] =>
  sandbox?.kind === 'kubernetes' ? (sandbox.needs ?? []).filter((power) => gaps.includes(power)) : []
for (const lab of labs)
  if (lackingFor(lab).length > 0) console.info(`skipped: lab ${lab.lab.id}, because this cluster lacks ${lackingFor(lab).join(', ')}`)
const gradable = labs.filter((lab) => lackingFor(lab).length === 0)

describe.skipIf(cluster === undefined)('labs on Kubernetes', () => {
  describe.concurrent.each(gradable.map((lab) => ({ id: lab.lab.id, expectations: expectationsOf(lab) })))(
    'lab $id',
    ({ expectations }) => {
      test.concurrent.each(expectations)('$name ends as declared', async (expectation) => {
        if (cluster === undefined) return
        const { signal } = new AbortController()
        const verdict = await gradeOnce(expectation.lab, expectation.files, {
          driver: containers,
          cluster,
          signal,
          seed: learnerOf(expectation),
        })
        expect(judge(expectation, verdict)).toMatchObject({ met: true })
      })
    },
  )
})
