import { Hono } from 'hono'
import { z } from 'zod'
import { type CatalogueLab, solutionFor } from '../../labs/kit/catalogue.ts'
import { LANGUAGES, type Language } from '../../labs/kit/finding.ts'
import type { SandboxNeed } from '../../labs/kit/lab.ts'
import { seedOf } from '../grading/seed.ts'
import type { Probed } from '../sandbox/contract.ts'
import { lackingBefore, type Missing, NO_CLUSTER } from '../sandbox/missing.ts'
import { type Progress, progressOf } from '../store/progress.ts'
import { failuresOf } from '../store/submissions.ts'
import type { Deps } from './deps.ts'
import { languageOf } from './language.ts'
import type { LearnerEnv } from './learner.ts'
import { presentMissing } from './present.ts'
import { Refusal } from './refusal.ts'
import { query } from './validate.ts'

/** How many failed submissions open the solution without being asked for. */
const FAILURES_BEFORE_SOLUTION = 2

const askedSchema = z.object({ language: z.enum(LANGUAGES).optional(), asked: z.literal('1').optional() })

/** What there is to do, and what helps with it. */
export const labRoutes = (deps: Deps) =>
  new Hono<LearnerEnv>()
    .get('/', query(askedSchema), async (c) => {
      const language = languageOf(c)
      const [places, progress] = await Promise.all([placesOf(deps), progressOf(deps.store.db, c.get('learner'))])
      const labs = deps.catalogue.labs.filter(({ lab }) => lab.listed !== false)
      return c.json({ labs: labs.map((lab) => summaryOf(lab, { language, places, progress, driver: deps.driver })) })
    })
    .get('/:id', query(askedSchema), async (c) => {
      const lab = find(deps, c.req.param('id'))
      const language = languageOf(c)
      const [places, progress] = await Promise.all([placesOf(deps), progressOf(deps.store.db, c.get('learner'))])
      const text = lab.text[language]
      return c.json({
        ...summaryOf(lab, { language, places, progress, driver: deps.driver }),
        task: text.task,
        files: Object.entries(lab.lab.files).map(([path, access]) => ({ path, access, text: lab.starter[path] ?? '' })),
        checks: Object.entries(lab.lab.checks).map(([id, { tier }]) => ({ id, tier, title: text.checks[id]?.title ?? id })),
        hints: text.hints.length,
      })
    })
    .get('/:id/hints/:step', query(askedSchema), (c) => {
      const lab = find(deps, c.req.param('id'))
      const { hints } = lab.text[languageOf(c)]
      const step = /^[1-9]\d?$/.test(c.req.param('step')) ? Number(c.req.param('step')) : 0
      const hint = hints[step - 1]
      if (hint === undefined) throw new Refusal('hint.unknown', { values: { hints: hints.length } })
      return c.json({ step, of: hints.length, hint })
    })
    .get('/:id/solution', query(askedSchema), async (c) => {
      const lab = find(deps, c.req.param('id'))
      const asked = c.req.valid('query').asked === '1'
      if (!asked && (await failuresOf(deps.store.db, c.get('learner'), lab.lab.id)) < FAILURES_BEFORE_SOLUTION)
        throw new Refusal('solution.early')
      const editable = Object.entries(lab.lab.files).filter(([, access]) => access === 'edit')
      const solution = solutionFor(lab, seedOf({ learner: c.get('learner'), lab: lab.lab.id }))
      return c.json({ files: Object.fromEntries(editable.map(([path]) => [path, solution[path] ?? ''])) })
    })

const find = (deps: Deps, id: string): CatalogueLab => {
  const lab = deps.catalogue.find(id)
  if (lab === undefined) throw new Refusal('lab.unknown', { values: { lab: id.toWellFormed().replace(/\p{C}/gu, '?').slice(0, 80) } })
  return lab
}

/** Whether each kind of sandbox can be had. */
type Places = Readonly<Record<SandboxNeed['kind'], Probed>>

const placesOf = async ({ engine, cluster }: Deps): Promise<Places> => {
  const [docker, kubernetes] = await Promise.all([engine(), cluster?.() ?? NO_CLUSTER])
  return { docker, kubernetes }
}

/** What one lab lacks here; undefined of one that needs nothing, and where nothing is known to be lacking. */
const lackedBy = (need: SandboxNeed | undefined, places: Places, driver: Deps['driver']): Missing | undefined => {
  if (need === undefined) return undefined
  const place = places[need.kind]
  if (need.kind === 'docker') return lackingBefore(driver.name, place, need.powers)
  return place.ready ? undefined : place
}

interface Here {
  readonly language: Language
  readonly places: Places
  readonly progress: readonly Progress[]
  readonly driver: Deps['driver']
}

const summaryOf = ({ lab, track, text }: CatalogueLab, { language, places, progress, driver }: Here) => {
  const { title, summary } = text[language]
  const lacked = lackedBy(lab.sandbox, places, driver)
  const own = progress.find((entry) => entry.lab === lab.id)
  return {
    id: lab.id,
    track,
    title,
    summary,
    minutes: lab.minutes,
    sandbox: lab.sandbox?.kind ?? 'none',
    state: own?.state ?? 'new',
    tries: own?.tries ?? 0,
    ...(lacked === undefined ? { runs: true as const } : { runs: false as const, ...presentMissing(lacked, language) }),
  }
}
