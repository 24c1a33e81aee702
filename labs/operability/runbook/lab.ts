import { type Answer, docker, fail, lab, pass } from '../../kit/index.ts'
import type { Followed } from './follow.ts'
import { RUNBOOK, readRunbook } from './form.ts'
import { FILES, type Morning, type Nights, observe } from './observe.ts'
import { stepsTable, timeline } from './seen.ts'

export default lab({
  id: 'runbook',
  minutes: 25,
  seconds: 90,
  files: FILES,
  sandbox: docker({ image: 'node', limits: { memoryMiB: 96 }, powers: ['own-ports', 'inside', 'fill'] }),
  observe,
  checks: {
    readable: {
      tier: 'static',
      run: ({ files }) => {
        const read = readRunbook(files[RUNBOOK])
        return 'answer' in read ? read.answer : pass({ steps: read.runbook.steps.length })
      },
    },
    harmless: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const all = mornings(seen)
        const harmed = all.find(({ lost }) => lost.length > 0)
        const acknowledged = all.reduce((sum, morning) => sum + morning.acknowledged, 0)
        if (harmed === undefined) return pass({ acknowledged })
        const culprit = harmed.followed.find(({ command }) => command === 'restart store' || command === 'promote replica')
        if (culprit === undefined) throw new Error(`orders were lost in the night ${harmed.night.name}, and no step can have done it`)
        const values = { step: culprit.step, number: harmed.followed.indexOf(culprit) + 1, lost: harmed.lost.length }
        return fail(
          culprit.command === 'restart store' ? 'restarted' : 'promoted',
          { ...values, acknowledged: harmed.acknowledged },
          { at: culprit.at, evidence: [stepsTable(harmed, culprit), timeline(harmed)] },
        )
      },
    },
    hung: { tier: 'sandbox', run: ({ seen }) => recovered(seen.hung) },
    release: { tier: 'sandbox', run: ({ seen }) => recovered(seen.release) },
    disk: { tier: 'sandbox', run: ({ seen }) => recovered(seen.disk) },
    gone: {
      tier: 'sandbox',
      run: ({ seen: { gone } }) => {
        const { ending, followed, night } = gone
        const values = { ...valuesOf(gone), behind: night.behind }
        if (ending.how === 'called' && ending.who === 'database') return pass(values, { evidence: [stepsTable(gone)] })
        if (ending.how === 'called') return fail('other', { ...values, who: ending.who }, detailOf(gone, followed.at(-1)))
        if (ending.how === 'done' && gone.served === gone.tried)
          return fail(
            'promoted',
            values,
            detailOf(
              gone,
              followed.find(({ command }) => command === 'promote replica'),
            ),
          )
        return unfinished(gone)
      },
    },
  },
  mistakes: {
    'says-it-in-words': 'readable',
    'restarts-everything-first': 'harmless',
    'promotes-at-once': 'harmless',
    'calls-for-everything': 'hung',
    'healthy-is-enough': 'release',
    'round-and-round': 'release',
    'expects-too-little': 'release',
    'no-way-on': 'disk',
    'wrong-telephone': 'gone',
  },
})

const mornings = ({ hung, release, disk, gone }: Nights): readonly Morning[] => [hung, release, disk, gone]

/** Whether a shop that can be recovered with the tools there are takes orders again. */
const recovered = (morning: Morning): Answer => {
  const { ending, tried, served } = morning
  if (ending.how === 'called')
    return fail('needless', { ...valuesOf(morning), who: ending.who }, detailOf(morning, morning.followed.at(-1)))
  if (ending.how === 'done' && served === tried) return pass(valuesOf(morning), { evidence: [stepsTable(morning), timeline(morning)] })
  return unfinished(morning)
}

/** Ways to come to no good end that are the same in every night. */
const unfinished = (morning: Morning): Answer => {
  const { ending, followed, tried, served } = morning
  const values = valuesOf(morning)
  if (ending.how === 'stuck') return fail('stuck', values, detailOf(morning, followed.at(-1)))
  if (ending.how === 'circles') return fail('circles', { ...values, command: mostOften(followed) }, detailOf(morning))
  if (ending.how === 'gave-up') return fail('gave-up', { ...values, who: ending.who, command: mostOften(followed) }, detailOf(morning))
  return fail('untrue', { ...values, tried, served }, detailOf(morning, followed.at(-1)))
}

const detailOf = (morning: Morning, step?: Followed) => ({
  ...(step && { at: step.at }),
  evidence: [stepsTable(morning), timeline(morning)],
})

/** The last step, in words that a sentence can take up. */
const valuesOf = ({ followed }: Morning) => {
  const last = followed.at(-1)
  return {
    steps: followed.length,
    step: last?.step ?? '',
    command: last?.command ?? '',
    answer: last?.answer ?? '',
    expect: last?.expect ?? '',
  }
}

const mostOften = (followed: readonly Followed[]): string => {
  const times = Map.groupBy(followed, ({ command }) => command)
  return [...times].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? ''
}
