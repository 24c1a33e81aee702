import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { loadCatalogue } from '../../../labs/kit/catalogue.ts'
import { NOT_AHEAD } from '../../../runner/grading/worker.ts'
import { createApp } from '../../../runner/http/app.ts'
import { openFollowers } from '../../../runner/http/follow.ts'
import { createMetrics } from '../../../runner/http/metrics.ts'
import { RATE_LIMITS } from '../../../runner/http/rate.ts'
import { openQueue } from '../../../runner/queue/queue.ts'
import { openStore } from '../../../runner/store/store.ts'
import { noEngine } from './harbour.ts'

test('a store that fails is our fault, and neither answer nor log holds its words or the files of the learner', async () => {
  const data = await mkdtemp(join(tmpdir(), 'hatoba-fails-'))
  try {
    const lines: string[] = []
    await using store = await openStore({ data })
    await using queue = await openQueue(store, { perLearner: 2, onError: () => {} })
    await using followers = await openFollowers(store)
    const app = createApp({
      store,
      queue,
      followers,
      catalogue: await loadCatalogue({ root: join(import.meta.dirname, 'labs') }),
      driver: noEngine,
      engine: () => noEngine.probe(),
      metrics: createMetrics(),
      log: pino({ level: 'error' }, { write: (line: string) => lines.push(line) }),
      limits: RATE_LIMITS,
      hosts: [],
      cookieKey: 'a key for this test alone',
      siteFolder: data,
      version: '0.0.0',
      worker: () => ({ slots: 1, running: 0 }),
      startAhead: () => NOT_AHEAD,
      phase: () => 'ready',
    })
    await store.db.schema.dropTable('events').execute()

    const response = await app.request('/api/submissions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ lab: 'mooring', files: { 'knot.txt': 'a secret knot' }, language: 'ja' }),
    })
    const { error } = (await response.json()) as { error: { code: string; id: string; message: string } }
    expect([response.status, error.code]).toEqual([503, 'fault'])
    expect(JSON.stringify(error)).not.toMatch(/events|relation|select/)
    expect(lines.join('')).toContain(error.id)
    expect(lines.join('')).not.toContain('a secret knot')
    expect(await store.db.selectFrom('submissions').selectAll().execute()).toEqual([])
  } finally {
    await rm(data, { recursive: true })
  }
})
