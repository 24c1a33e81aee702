import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GradingEvent } from '../../../runner/grading/events.ts'
import { appendEvents, eventsAfter } from '../../../runner/store/events.ts'
import { progressOf } from '../../../runner/store/progress.ts'
import { openStore, type Store } from '../../../runner/store/store.ts'
import { addSubmission, beginAttempts, findSubmission, requeue, storeVerdicts } from '../../../runner/store/submissions.ts'

const ID = '11111111-1111-4111-8111-111111111111'

describe('the embedded store', () => {
  let data: string
  let store: Store

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'hatoba-store-'))
    store = await openStore({ data })
    await store.db
      .transaction()
      .execute((tx) =>
        addSubmission(
          tx,
          { id: ID, learner: 'a', lab: 'lab', language: 'ja', files: { 'server.js': '波止場 \\ "' }, round: 0 },
          { type: 'queued', place: 1, running: 0 },
        ),
      )
  })
  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    await rm(data, { recursive: true })
  })

  test('flushes every commit to the disk', async () => {
    const before = store.flushes() ?? 0
    for (let i = 0; i < 10; i += 1)
      await store.db
        .insertInto('learners')
        .values({ id: `flushed-${i}` })
        .execute()
    expect((store.flushes() ?? 0) - before).toBeGreaterThanOrEqual(10)
  })

  test('refuses a second process on the same data folder, and lets it in when the first was killed', async () => {
    const folder = join(data, 'second')
    const script = `
      import { openStore } from ${JSON.stringify(new URL('../../../runner/store/store.ts', import.meta.url).href)}
      await openStore({ data: ${JSON.stringify(folder)} })
      console.log('open')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await expect(openStore({ data: folder })).rejects.toMatchObject({ name: 'Fault', code: 'store.locked' })
    child.kill('SIGKILL')
    await once(child, 'exit')
    await using again = await openStore({ data: folder })
    expect(again.engine.kind).toBe('pglite')
  })

  test('refuses the same folder twice in one process', async () => {
    await expect(openStore({ data })).rejects.toMatchObject({ code: 'store.locked' })
  })

  test('is readable by its owner alone', async () => {
    const folder = join(data, 'private')
    await using _ = await openStore({ data: folder })
    expect((await stat(folder)).mode & 0o077).toBe(0)
  })

  test('says store.failed where the folder cannot be written', async () => {
    await expect(openStore({ data: join(data, 'lock', 'below-a-file') })).rejects.toMatchObject({ code: 'store.failed' })
  })

  const seenAfter = async (seq: number) => (await eventsAfter(store.db, [{ submission: ID, seq }]))[0] ?? []

  test('shows a submission to its learner only', async () => {
    expect(await findSubmission(store.db, ID, 'a')).toMatchObject({ id: ID, state: 'queued', verdict: null })
    expect(await findSubmission(store.db, ID, 'b')).toBeUndefined()
  })

  test('stores events of the attempt that holds the submission, in order, and no others', async () => {
    const [first] = await beginAttempts(store.db, [ID])
    if (first === undefined) throw new Error('not begun')
    expect(first.files).toEqual({ 'server.js': '波止場 \\ "' })
    const mine = { submission: ID, attempt: first.attempt }
    const add = async (state: 'preparing' | 'checking', ...events: readonly GradingEvent[]) =>
      appendEvents(store.db, [{ ...mine, state, events }])
    expect(await add('preparing', { type: 'preparing', attempt: 1 })).toEqual([true])
    expect(await add('checking', { type: 'started', check: 'a' }, { type: 'started', check: 'b' })).toEqual([true])
    await store.db.transaction().execute((tx) => requeue(tx, first, false))
    const [second] = await beginAttempts(store.db, [ID])
    expect(second?.attempt).toBe(2)
    expect(await add('checking', { type: 'started', check: 'late' })).toEqual([false])
    expect((await seenAfter(0)).map(({ seq, event }) => [seq, event.type])).toEqual([
      [1, 'queued'],
      [2, 'preparing'],
      [3, 'started'],
      [4, 'started'],
    ])
    expect((await seenAfter(3)).map(({ seq }) => seq)).toEqual([4])
  })

  test('stores one verdict, of the attempt that holds the submission', async () => {
    const verdict = { outcome: 'failed', findings: [], ms: 3 } as const
    const store1 = (attempt: number, outcome: 'failed' | 'passed') =>
      store.db.transaction().execute((tx) => storeVerdicts(tx, [{ id: ID, attempt, events: [], verdict: { ...verdict, outcome } }]))
    expect(await store1(1, 'passed')).toEqual([false])
    expect(await store1(2, 'failed')).toEqual([true])
    expect(await store1(2, 'passed')).toEqual([false])
    expect(await beginAttempts(store.db, [ID])).toEqual([undefined])
    expect((await findSubmission(store.db, ID, 'a'))?.verdict).toEqual(verdict)
    expect((await seenAfter(4)).map(({ event }) => event)).toEqual([{ type: 'verdict', verdict }])
  })

  test('counts tries, and none for what costs the learner nothing', async () => {
    const verdicts = ['rejected', 'faulted', 'incomplete', 'failed', 'exhausted', 'passed', 'failed'] as const
    const seen: unknown[] = []
    for (const outcome of verdicts) {
      const id = randomUUID()
      const sent = { id, learner: 'b', lab: 'lab', language: 'en', files: {}, round: 0 } as const
      await store.db.transaction().execute((tx) => addSubmission(tx, sent, { type: 'queued', place: 1, running: 0 }))
      await beginAttempts(store.db, [id])
      await store.db
        .transaction()
        .execute((tx) => storeVerdicts(tx, [{ id, attempt: 1, events: [], verdict: { outcome, findings: [], ms: 1 } }]))
      seen.push((await progressOf(store.db, 'b')).flatMap(({ state, tries }) => [state, tries]))
    }
    expect(seen).toEqual([
      ['started', 0],
      ['started', 0],
      ['started', 0],
      ['started', 1],
      ['started', 2],
      ['passed', 3],
      ['passed', 4],
    ])
  })

  test('hears notices after they are committed, and not before', async () => {
    const heard: string[] = []
    await using _ = await store.listen('harbour', { notice: (payload) => heard.push(payload), missed: () => {} })
    await store.db.transaction().execute(async (tx) => {
      await tx.executeQuery({
        sql: `select pg_notify('harbour', 'moored')`,
        parameters: [],
        query: { kind: 'RawNode', sqlFragments: [], parameters: [] },
        queryId: { queryId: 'notice' },
      })
      expect(heard).toEqual([])
    })
    expect(heard).toEqual(['moored'])
  })
})
