import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadCatalogue } from '../../../labs/kit/catalogue.ts'
import { openSubmit } from '../../../runner/grading/submit.ts'
import { NOT_AHEAD, startWorker, type Worker } from '../../../runner/grading/worker.ts'
import { openQueue, type Queue } from '../../../runner/queue/queue.ts'
import type { SandboxDriver } from '../../../runner/sandbox/contract.ts'
import { eventsAfter } from '../../../runner/store/events.ts'
import { openStore, type Store } from '../../../runner/store/store.ts'
import { findSubmission } from '../../../runner/store/submissions.ts'

/** The first answer that is one. */
const happens = async <T>(ask: () => T | Promise<T>): Promise<NonNullable<T>> => {
  const answer = await vi.waitUntil(async () => (await ask()) ?? false, { timeout: 30_000, interval: 5 })
  return answer as NonNullable<T>
}

const FILES = { 'main.py': 'print("hello")\n' }

const catalogue = await loadCatalogue()
const found = catalogue.find('hello')
if (found === undefined) throw new Error('there is no lab hello')
const lab = found

describe('a grading that begins before its submission is stored', () => {
  const runs: { readonly signal: AbortSignal; readonly end: () => void }[] = []
  /** A driver whose programs print the right word when they are told to end. */
  const driver: SandboxDriver = {
    name: 'local',
    isolation: 'none',
    probe: async () => ({ ready: true, detail: 'a test' }),
    sweep: async () => 0,
    open: async (_, { signal } = {}) => {
      const ended = Promise.withResolvers<void>()
      signal?.addEventListener('abort', () => ended.reject(signal.reason))
      runs.push({ signal: signal as AbortSignal, end: ended.resolve })
      return {
        id: 'test',
        gaps: [],
        write: async () => {},
        exec: async () => {
          await ended.promise
          return { stdout: Buffer.from('hello\n'), stderr: Buffer.alloc(0), ended: { by: 'itself', code: 0 }, ms: 1 }
        },
        [Symbol.asyncDispose]: async () => {},
      } as unknown as Awaited<ReturnType<SandboxDriver['open']>>
    },
  }
  let data: string
  let store: Store
  let queue: Queue
  let worker: Worker
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'hatoba-head-start-'))
    store = await openStore({ data })
    queue = await openQueue(store, { perLearner: 1, onError: () => {} })
    worker = await startWorker({
      store,
      queue,
      catalogue,
      driver,
      log: pino({ level: 'silent' }),
      slots: { sure: 2, most: 2 },
      perLearner: 1,
    })
  })
  afterAll(async () => {
    await worker[Symbol.asyncDispose]()
    await queue[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    await rm(data, { recursive: true })
  })

  const begin = async (learner: string) => {
    const coming = { id: randomUUID(), learner, lab, files: FILES }
    const before = runs.length
    // Only a line that was found empty lets anybody begin early.
    const ahead = await happens(() => {
      const begun = worker.startAhead(coming)
      return begun === NOT_AHEAD ? undefined : begun
    })
    const run = await happens(() => runs[before])
    return { coming, ahead, run }
  }
  const keep = ({ id, learner }: { id: string; learner: string }) =>
    openSubmit(store, queue, 20)({ id, learner, lab: 'hello', files: FILES, language: 'en' })

  it('is that of its job, and its verdict is stored once with all its events in order', async () => {
    const { coming, ahead, run } = await begin('a')
    run.end()
    // It may even be over before anything is stored.
    await new Promise((resolve) => setImmediate(resolve))
    expect(await findSubmission(store.db, coming.id, 'a')).toBeUndefined()
    await keep(coming)
    ahead.stored()
    const done = await happens(async () => {
      const found = await findSubmission(store.db, coming.id, 'a')
      return found?.state === 'done' ? found : undefined
    })
    expect(done.verdict?.outcome).toBe('passed')
    expect((await eventsAfter(store.db, [{ submission: coming.id, seq: 0 }]))[0]?.map(({ seq, event }) => `${seq} ${event.type}`)).toEqual([
      '1 queued',
      '2 preparing',
      '3 checking',
      '4 started',
      '5 finding',
      '6 started',
      '7 finding',
      '8 verdict',
    ])
    expect(runs).toHaveLength(1)
  })

  it('ends unheard when its submission was not stored', async () => {
    const { ahead, run } = await begin('b')
    ahead[Symbol.dispose]()
    expect(run.signal.aborted).toBe(true)
    const { count } = await store.db
      .selectFrom('submissions')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('learner', '=', 'b')
      .executeTakeFirstOrThrow()
    expect(Number(count)).toBe(0)
  })

  it('is not begun for a learner who has as many as one may have', async () => {
    const first = await begin('c')
    expect(worker.startAhead({ id: randomUUID(), learner: 'c', lab, files: FILES })).toBe(NOT_AHEAD)
    first.ahead[Symbol.dispose]()
  })
})
