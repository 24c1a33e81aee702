import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { routePath } from 'hono/route'
import { Fault } from '../fault.ts'
import type { Deps } from './deps.ts'
import { checkHost, checkOrigin } from './guard.ts'
import { apiHeaders, siteHeaders } from './headers.ts'
import { labRoutes } from './labs.ts'
import { languageOf } from './language.ts'
import { knowLearner, type LearnerEnv } from './learner.ts'
import { rateLimits } from './rate.ts'
import { Refusal, STATUS } from './refusal.ts'
import { siteRoutes } from './site.ts'
import { healthRoutes, statusRoutes } from './status.ts'
import { submissionRoutes } from './submissions.ts'

/** The whole HTTP face: API, probes and the built site. Its type is the contract that the site is written against. */
export const createApp = (deps: Deps) => {
  const rates = rateLimits(deps.limits)
  const api = new Hono<LearnerEnv>()
    .use(apiHeaders, rates.request, knowLearner(deps.cookieKey))
    .route('/submissions', submissionRoutes(deps, rates))
    .route('/labs', labRoutes(deps))
    .route('/', statusRoutes(deps))
    .all('*', (c) => {
      throw new Refusal('route.unknown', { values: { method: c.req.method, path: c.req.path.slice(0, 80) } })
    })

  return new Hono()
    .use(async (c, next) => {
      const began = performance.now()
      await next()
      // By pattern, never by path: ids would make a metric for each submission.
      deps.metrics.request(c.req.method, routePath(c, -1), c.res.status, performance.now() - began)
      // Nobody reads a body that came with a question; left open, the connection would swallow it for as long as it lasts.
      if (isQuestion(c.req.method) && (c.req.header('transfer-encoding') ?? c.req.header('content-length') ?? '0') !== '0')
        c.header('Connection', 'close')
    })
    .use(checkHost(deps.hosts), checkOrigin)
    .route('/', healthRoutes(deps))
    .route('/api', api)
    .use(siteHeaders)
    .route('/', siteRoutes(deps))
    .onError((thrown, c) => {
      if (thrown instanceof HTTPException) return thrown.getResponse()
      if (thrown instanceof Refusal) {
        if (thrown.retryAfterSeconds !== undefined) c.header('Retry-After', String(thrown.retryAfterSeconds))
        // What was not read of a refused body must not be taken for the next request.
        if (thrown.code === 'body.too-large') c.header('Connection', 'close')
        return c.json(thrown.in(thrown.language ?? languageOf(c)), STATUS[thrown.code])
      }
      // Whoever hung up hears no answer, and it is no fault of ours.
      if (c.req.raw.signal.aborted) return c.body(null, 400)
      // The fault is logged, not what was thrown: a database's error carries the learner's files as its parameters.
      const fault = Fault.from(thrown, isDatabaseError(thrown) ? 'store.failed' : 'internal')
      deps.log.error({ fault: fault.id, code: fault.code, method: c.req.method, path: c.req.path, err: fault }, 'a request failed')
      return c.json(new Refusal('fault', { values: { id: fault.id } }).in(languageOf(c)), fault.status)
    })
}

export type App = ReturnType<typeof createApp>

const isQuestion = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/** PostgreSQL's errors carry a five-character SQLSTATE, on either engine. */
const isDatabaseError = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && /^([0-9A-Z]{5}|ENOSPC|ECONNREFUSED)$/.test(thrown.code)
