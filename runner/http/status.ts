import { Hono } from 'hono'
import { lineOf } from '../queue/line.ts'
import { progressOf } from '../store/progress.ts'
import type { Deps } from './deps.ts'
import type { LearnerEnv } from './learner.ts'

/** What this server is and how it fares, and how far the learner has come. */
export const statusRoutes = (deps: Deps) =>
  new Hono<LearnerEnv>()
    .get('/progress', async (c) => c.json({ labs: await progressOf(deps.store.db, c.get('learner')) }))
    .get('/status', async (c) => {
      const [engine, line] = await Promise.all([deps.engine(), lineOf(deps.store.db)])
      const { slots } = deps.worker()
      return c.json({
        version: deps.version,
        phase: deps.phase(),
        engine: { driver: deps.driver.name, isolation: deps.driver.isolation, ...engine },
        // In both languages: the page changes its own without asking again.
        ...(deps.banner === undefined ? {} : { banner: deps.banner }),
        queue: { ...line, slots },
      })
    })

/** For orchestrators and monitoring; outside `/api`, without a learner. */
export const healthRoutes = (deps: Deps) =>
  new Hono()
    .get('/healthz', (c) => c.text('ok\n'))
    .get('/readyz', async (c) => {
      const phase = deps.phase()
      if (phase !== 'ready') return c.text(`${phase}\n`, 503)
      try {
        await lineOf(deps.store.db)
      } catch {
        return c.text('the store does not answer\n', 503)
      }
      return c.text('ready\n')
    })
    .get('/metrics', async (c) => {
      const line = await lineOf(deps.store.db)
      deps.metrics.now({ ...line, followers: deps.followers.count })
      return c.body(await deps.metrics.registry.metrics(), 200, { 'Content-Type': deps.metrics.registry.contentType })
    })
