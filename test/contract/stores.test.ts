import { tmpdir } from 'node:os'
import { afterAll, expect, test } from 'vitest'
import { openStore } from '../../runner/store/store.ts'
import { browserAt, openHarbour, verdictOf } from '../unit/http/harbour.ts'
import { describeQueue } from '../unit/queue/suite.ts'
import { type Postgres, startPostgres } from './postgres.ts'

const postgres: Postgres | string = await startPostgres().catch(
  (cause: unknown) => `PostgreSQL from its npm package does not run here: ${String(cause)}`,
)
afterAll(async () => {
  if (typeof postgres !== 'string') await postgres[Symbol.asyncDispose]()
})

if (typeof postgres === 'string') {
  console.warn(`skipped 2 groups on PostgreSQL: ${postgres}`)
  test.skip(`on PostgreSQL: ${postgres}`, () => {})
} else {
  const databaseUrl = postgres.url
  describeQueue('a PostgreSQL by URL', () => openStore({ data: tmpdir(), databaseUrl }))

  test('two servers on one PostgreSQL grade together, and either streams what the other grades', async () => {
    await using one = await openHarbour({ databaseUrl, slots: 1 })
    await using two = await openHarbour({ databaseUrl, slots: 1, data: one.data })
    const first = browserAt(one.url)
    await first('/api/labs')
    const second = browserAt(two.url, { cookie: first.cookie() })
    const send = async (ask: typeof first): Promise<string> => {
      const sent = await ask('/api/submissions', { json: { lab: 'mooring', files: { 'knot.txt': 'wait 200 cleat' }, language: 'en' } })
      expect(sent.status).toBe(202)
      return ((await sent.json()) as { id: string }).id
    }
    const ids = [await send(first), await send(second), await send(first), await send(second)]
    const streams = await Promise.all(
      ids.map(async (id, i) => (await (i % 2 === 0 ? second : first)(`/api/submissions/${id}/events`)).text()),
    )
    for (const text of streams) expect(text.match(/event: verdict/g)).toHaveLength(1)
    for (const id of ids) expect(await verdictOf(first, id)).toMatchObject({ outcome: 'passed' })
  })
}
