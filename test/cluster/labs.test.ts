import { afterAll, describe, test } from 'vitest'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import { expectationsOf } from '../../runner/cli/lab-verify.ts'
import type { SandboxDriver } from '../../runner/sandbox/contract.ts'
import { expectAsDeclared } from '../as-declared.ts'
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

for (const lab of labs) {
  const { id, sandbox } = lab.lab
  const lacking = sandbox?.kind === 'kubernetes' ? (sandbox.needs ?? []).filter((power) => gaps.includes(power)) : []
  if (lacking.length > 0) console.info(`skipped: lab ${id}, because this cluster lacks ${lacking.join(', ')}`)
  describe.skipIf(cluster === undefined || lacking.length > 0)(`lab ${id}`, { concurrent: true }, () => {
    test.each(expectationsOf(lab))('$name ends as declared', async (expectation) => {
      if (cluster === undefined) return
      await expectAsDeclared(expectation, { driver: containers, cluster, signal: new AbortController().signal })
    })
  })
}
