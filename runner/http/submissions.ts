import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import { LANGUAGES } from '../../labs/kit/finding.ts'
import { screen } from '../grading/screen.ts'
import { openSubmit } from '../grading/submit.ts'
import { placeOf } from '../queue/line.ts'
import { filesOf, findSubmission, historyOf, type Submission } from '../store/submissions.ts'
import { limitBody, strictJson } from './body.ts'
import type { Deps } from './deps.ts'
import type { LearnerEnv } from './learner.ts'
import { presentVerdict } from './present.ts'
import type { rateLimits } from './rate.ts'
import { Refusal } from './refusal.ts'
import { streamEvents } from './stream.ts'
import { body, query } from './validate.ts'

const language = z.enum(LANGUAGES)

const sentSchema = z.strictObject({
  lab: z.string().min(1).max(100),
  // Not z.record, which drops a file called `__proto__` without a word.
  files: z.custom<Readonly<Record<string, string>>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((text) => typeof text === 'string'),
  ),
  language,
})
const askedSchema = z.object({ language: language.optional() })
const historySchema = z.object({
  lab: z.string().min(1).max(100),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number)
    .refine((limit) => limit <= 100)
    .default(20),
})

/** Sending work, and following it to its verdict. */
export const submissionRoutes = (deps: Deps, rates: ReturnType<typeof rateLimits>) => {
  const submit = openSubmit(deps.store, deps.queue, deps.limits.waitingPerLearner)
  return new Hono<LearnerEnv>()
    .post('/', rates.submission, limitBody, strictJson, body(sentSchema), async (c) => {
      const sent = c.req.valid('json')
      if (deps.phase() === 'stopping') throw new Refusal('server.stopping', { language: sent.language, retryAfterSeconds: 10 })
      const lab = deps.catalogue.find(sent.lab)
      if (lab === undefined)
        throw new Refusal('lab.unknown', { values: { lab: shown(sent.lab) }, at: { field: 'lab' }, language: sent.language })
      const objection = screen(lab.lab, sent.files)
      if (objection !== undefined) {
        const { code, ...values } = objection
        throw new Refusal(code, {
          values,
          at: 'file' in objection ? { file: objection.file } : { field: 'files' },
          language: sent.language,
        })
      }
      const files = { ...lab.starter, ...sent.files }
      const [id, learner] = [randomUUID(), c.get('learner')]
      using ahead = deps.startAhead({ id, learner, lab, files })
      const submitted = await submit({ ...sent, id, files, learner })
      if ('refused' in submitted) {
        throw new Refusal(submitted.refused, { values: { allowed: submitted.allowed }, language: sent.language, retryAfterSeconds: 5 })
      }
      ahead.stored()
      return c.json({ id: submitted.id }, 202)
    })
    .get('/', query(historySchema), async (c) => {
      const { lab, limit } = c.req.valid('query')
      const submissions = await historyOf(deps.store.db, c.get('learner'), lab, limit)
      return c.json({ submissions })
    })
    .get('/:id', query(askedSchema), async (c) => {
      const found = await own(deps, c.req.param('id'), c.get('learner'))
      const place = found.state === 'queued' ? await placeOf(deps.store.db, found.id) : undefined
      const { id, lab, state, verdict } = found
      return c.json({
        id,
        lab,
        state,
        ...place,
        ...(verdict === null ? {} : { verdict: presentVerdict(verdict, c.req.valid('query').language ?? found.language) }),
      })
    })
    .get('/:id/files', async (c) => {
      const { id } = await own(deps, c.req.param('id'), c.get('learner'))
      return c.json({ files: (await filesOf(deps.store.db, id, c.get('learner'))) ?? {} })
    })
    .get('/:id/events', query(askedSchema), async (c) => {
      const found = await own(deps, c.req.param('id'), c.get('learner'))
      return streamEvents(c, deps, {
        submission: found,
        language: c.req.valid('query').language ?? found.language,
        open: () => rates.stream(c),
      })
    })
}

const own = async (deps: Deps, id: string, learner: string): Promise<Submission> => {
  const found = z.uuid().safeParse(id).success ? await findSubmission(deps.store.db, id, learner) : undefined
  if (found === undefined) throw new Refusal('submission.unknown')
  return found
}

const shown = (id: string): string => id.toWellFormed().replace(/\p{C}/gu, '?').slice(0, 80)
