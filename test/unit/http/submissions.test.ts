import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserAt, openHarbour, verdictOf } from './harbour.ts'

interface Pushed {
  readonly id?: string
  readonly event?: string
  readonly data?: unknown
}

const read = async (response: Response): Promise<Pushed[]> =>
  (await response.text())
    .split('\n\n')
    .map((block) =>
      Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])),
    )
    .filter(({ data }) => data !== undefined)
    .map(({ id, event, data }) => ({
      ...(id === undefined ? {} : { id }),
      ...(event === undefined ? {} : { event }),
      data: JSON.parse(data ?? '') as unknown,
    }))

describe('a submission', () => {
  let harbour: Awaited<ReturnType<typeof openHarbour>>
  let ask: ReturnType<typeof browserAt>

  beforeAll(async () => {
    harbour = await openHarbour({ slots: 2 })
    ask = browserAt(harbour.url)
  })
  afterAll(() => harbour[Symbol.asyncDispose]())

  const send = async (knot: string, language = 'en', as = ask): Promise<string> => {
    const response = await as('/api/submissions', { json: { lab: 'mooring', files: { 'knot.txt': knot }, language } })
    expect(response.status).toBe(202)
    return ((await response.json()) as { id: string }).id
  }

  test('that is right passes, with what was proved, in its own language', async () => {
    const verdict = await verdictOf(ask, await send('a cleat hitch', 'ja'))
    expect(verdict).toEqual({
      outcome: 'passed',
      ms: expect.any(Number),
      findings: [{ check: 'tied', tier: 'static', status: 'passed', because: '結び目はほどけませんでした。', ms: expect.any(Number) }],
    })
  })

  test('that is not right fails with its evidence, in the language asked for', async () => {
    const id = await send('a bowline')
    expect(await verdictOf(ask, id, '?language=ja')).toMatchObject({
      outcome: 'failed',
      findings: [
        {
          because: '2 回巻いたところで結び目が滑りました。',
          expected: 'クリートヒッチ',
          evidence: [{ title: 'ほどけない結び目と、実際の結び目', of: 'knot.txt' }],
        },
      ],
    })
    expect(await verdictOf(ask, id)).toMatchObject({
      findings: [
        {
          because: 'The knot slipped after 2 turns.',
          evidence: [{ title: 'The knot that holds, and the one that was tied', actual: 'a bowline' }],
        },
      ],
    })
  })

  test.each([
    ['rejected', 'a tangle', { at: { file: 'knot.txt', line: 1 } }],
    ['exhausted', 'a heavy rope', { as: 'limit.memory' }],
  ])('can end as %s', async (outcome, knot, finding) => {
    expect(await verdictOf(ask, await send(knot))).toMatchObject({ outcome, findings: [finding] })
  })

  test('can end as faulted, which names its fault and is not counted as a try', async () => {
    const before = (await (await ask('/api/progress')).json()) as { labs: { tries: number }[] }
    const verdict = await verdictOf(ask, await send('break'))
    expect(verdict).toMatchObject({
      outcome: 'faulted',
      fault: { code: 'lab.broken', id: expect.stringMatching(/^F-/), fix: expect.any(String) },
    })
    const after = (await (await ask('/api/progress')).json()) as { labs: { tries: number }[] }
    expect(after.labs[0]?.tries).toBe(before.labs[0]?.tries)
  })

  test('can end as incomplete where its sandbox cannot be made', async () => {
    const response = await ask('/api/submissions', { json: { lab: 'towing', files: { 'rope.txt': '' }, language: 'en' } })
    expect(await verdictOf(ask, ((await response.json()) as { id: string }).id)).toMatchObject({
      outcome: 'incomplete',
      missing: { because: 'No engine was found.', fix: 'Install one.' },
    })
  })

  test('belongs to its learner alone', async () => {
    const id = await send('a cleat hitch')
    const other = browserAt(harbour.url)
    for (const path of [`/api/submissions/${id}`, `/api/submissions/${id}/events`, `/api/submissions/${id}/files`]) {
      const response = await other(path)
      expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'submission.unknown' } }])
    }
    const forged = browserAt(harbour.url, { cookie: 'learner=aaaaaaaaaaaaaaaaaaaaa.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D' })
    expect((await forged(`/api/submissions/${id}`)).status).toBe(404)
    expect((await ask('/api/submissions/nonsense')).status).toBe(404)
  })

  test('pushes its events in order, ends after the verdict, and resumes after the last one seen', async () => {
    const id = await send('wait 150 a cleat hitch')
    const stream = await ask(`/api/submissions/${id}/events`)
    // Who asks again over the same connection must know how long it stays open.
    expect(stream.headers.get('keep-alive')).toMatch(/^timeout=\d+$/)
    const events = await read(stream)
    const stored = events.filter((event) => event.id !== undefined)
    expect(stored.map(({ event }) => event)).toEqual(['queued', 'preparing', 'checking', 'started', 'finding', 'verdict'])
    expect(stored.map(({ id: seq }) => Number(seq))).toEqual([1, 2, 3, 4, 5, 6])
    expect(stored[2]?.data).toEqual({ type: 'checking', checks: [{ check: 'tied', tier: 'static', title: 'The knot holds' }] })
    const rest = await read(await ask(`/api/submissions/${id}/events?language=ja`, { headers: { 'last-event-id': '4' } }))
    expect(rest.map(({ id: seq, event }) => [seq, event])).toEqual([
      ['5', 'finding'],
      ['6', 'verdict'],
    ])
    expect(rest[0]?.data).toMatchObject({ finding: { because: '結び目はほどけませんでした。' } })
    expect((await ask(`/api/submissions/${id}/events`, { headers: { 'last-event-id': '6' } })).status).toBe(204)
  })

  test('tells those who wait their place as the line moves', async () => {
    const learners = Array.from({ length: 4 }, () => browserAt(harbour.url))
    const sent = await Promise.all(learners.map(async (as) => ({ as, id: await send('wait 1500 cleat', 'en', as) })))
    const last = sent.at(-1)
    if (last === undefined) throw new Error('nobody')
    const queued = (await (await last.as(`/api/submissions/${last.id}`)).json()) as { state: string; place?: number }
    if (queued.state === 'queued') expect(queued.place).toBeGreaterThan(0)
    const all = await Promise.all(sent.map(async ({ as, id }) => read(await as(`/api/submissions/${id}/events`))))
    for (const events of all) expect(events.at(-1)).toMatchObject({ event: 'verdict', data: { verdict: { outcome: 'passed' } } })
    const places = all
      .flat()
      .filter(({ event }) => event === 'queued')
      .map(({ data }) => (data as { place: number }).place)
    expect(Math.max(...places)).toBeGreaterThanOrEqual(1)
    expect(Math.min(...places)).toBe(1)
  })

  test('is kept in the history with its files', async () => {
    const id = await send('a cleat knot for history')
    await verdictOf(ask, id)
    const { submissions } = (await (await ask('/api/submissions?lab=mooring&limit=1')).json()) as {
      submissions: { id: string; outcome: string }[]
    }
    expect(submissions).toMatchObject([{ id, outcome: 'passed', state: 'done' }])
    const { files } = (await (await ask(`/api/submissions/${id}/files`)).json()) as { files: object }
    expect(files).toEqual({ 'knot.txt': 'a cleat knot for history', 'pier.txt': 'two cleats\n' })
  })

  test('a learner gets one cookie, signed, out of reach of scripts', async () => {
    const fresh = await fetch(`${harbour.url}/api/labs`)
    const [cookie = '', ...more] = fresh.headers.getSetCookie()
    expect(more).toEqual([])
    expect(cookie).toMatch(/^learner=[\w-]{21}\.[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/)
    expect((await ask('/api/labs')).headers.getSetCookie()).toEqual([])
  })
})

describe('the limits of one learner', () => {
  test('answer 429 with when to come back', async () => {
    await using harbour = await openHarbour({ limits: { submissionsPerLearner: 2 } })
    const ask = browserAt(harbour.url)
    const json = { lab: 'mooring', files: { 'knot.txt': 'cleat' }, language: 'en' }
    await ask('/api/labs')
    const statuses = [
      await ask('/api/submissions', { json }),
      await ask('/api/submissions', { json }),
      await ask('/api/submissions', { json }),
    ]
    expect(statuses.map(({ status }) => status)).toEqual([202, 202, 429])
    expect(Number(statuses[2]?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await browserAt(harbour.url)('/api/submissions', { json })).status).toBe(202)
  })

  test('bound how many wait', async () => {
    await using harbour = await openHarbour({ limits: { waitingPerLearner: 2 } })
    const ask = browserAt(harbour.url)
    const json = { lab: 'mooring', files: { 'knot.txt': 'wait 3000 cleat' }, language: 'en' }
    await ask('/api/labs')
    expect((await ask('/api/submissions', { json })).status).toBe(202)
    expect((await ask('/api/submissions', { json })).status).toBe(202)
    const third = await ask('/api/submissions', { json })
    expect([third.status, await third.json()]).toMatchObject([429, { error: { code: 'learner.waiting' } }])
  })
})
