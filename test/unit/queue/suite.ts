import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { turnOf } from '../../../runner/queue/fairness.ts'
import { lineOf, placeOf } from '../../../runner/queue/line.ts'
import { openQueue, type Queue } from '../../../runner/queue/queue.ts'
import type { Store } from '../../../runner/store/store.ts'
import { addSubmission, beginAttempts, storeVerdicts } from '../../../runner/store/submissions.ts'

const verdict = { outcome: 'passed', findings: [], ms: 1 } as const

/** What the queue promises, on any engine. */
export const describeQueue = (name: string, open: () => Promise<Store>): void => {
  describe(`the queue on ${name}`, () => {
    let store: Store
    let queue: Queue

    beforeAll(async () => {
      store = await open()
      queue = await openQueue(store, { perLearner: 2, onError: () => {} })
    })
    afterEach(async () => {
      await store.db.deleteFrom('submissions').execute()
      await queue.takeBackAll()
      for (;;) {
        const jobs = await queue.take(50)
        if (jobs.length === 0) break
        await store.db.transaction().execute(async (tx) => {
          for (const job of jobs) await queue.finish(tx, [job])
        })
      }
    })
    afterAll(async () => {
      await queue[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    })

    const send = async (learner: string): Promise<string> => {
      const id = randomUUID()
      await store.db.transaction().execute(async (tx) => {
        const { round, place } = await turnOf(tx, learner)
        await addSubmission(tx, { id, learner, lab: 'lab', language: 'en', files: {}, round }, { type: 'queued', ...place })
        await queue.send(tx, [{ submission: id, learner, round }])
      })
      return id
    }
    const grade = async (): Promise<string | undefined> => {
      const [job] = await queue.take(1)
      if (job === undefined) return undefined
      const [begun] = await beginAttempts(store.db, [job.submission])
      await store.db.transaction().execute(async (tx) => {
        if (begun !== undefined) await storeVerdicts(tx, [{ ...begun, events: [], verdict }])
        await queue.finish(tx, [job])
      })
      return job.submission
    }

    test('a submission and its job are stored together or not at all', async () => {
      const id = randomUUID()
      await expect(
        store.db.transaction().execute(async (tx) => {
          await addSubmission(
            tx,
            { id, learner: 'a', lab: 'lab', language: 'en', files: {}, round: 0 },
            { type: 'queued', place: 1, running: 0 },
          )
          await queue.send(tx, [{ submission: id, learner: 'a', round: 0 }])
          throw new Error('the power went out')
        }),
      ).rejects.toThrow('the power went out')
      expect(await queue.take(1)).toEqual([])
      expect(await lineOf(store.db)).toEqual({ waiting: 0, running: 0 })
    })

    test('a learner with one submission is graded before the rest of a learner with many', async () => {
      const many = [await send('many'), await send('many'), await send('many'), await send('many'), await send('many')]
      const first = await grade()
      const one = await send('one')
      const two = await send('two')
      const order = [first]
      for (let next = await grade(); next !== undefined; next = await grade()) order.push(next)
      expect(order[0]).toBe(many[0])
      expect(order.indexOf(one)).toBeLessThan(order.indexOf(many[2]))
      expect(order.indexOf(two)).toBeLessThan(order.indexOf(many[2]))
      expect(order.filter((id) => id !== undefined && many.includes(id))).toEqual(many)
    })

    test('a learner who keeps sending does not starve the one who waits', async () => {
      const early = [await send('eager'), await send('eager'), await send('eager')]
      const patient = await send('patient')
      const order: (string | undefined)[] = []
      for (let i = 0; i < 3; i += 1) {
        order.push(await grade())
        await send('eager')
      }
      expect(order).toContain(patient)
      expect(order[0]).toBe(early[0])
    })

    test('at most two submissions of one learner are in flight', async () => {
      await send('a')
      await send('a')
      await send('a')
      const b = await send('b')
      const taken = [...(await queue.take(2)), ...(await queue.take(2)), ...(await queue.take(2))]
      expect(taken).toHaveLength(3)
      expect(taken.map(({ submission }) => submission)).toContain(b)
    })

    test('the place in line is the order of grading', async () => {
      const a1 = await send('a')
      const a2 = await send('a')
      const b1 = await send('b')
      const places = await Promise.all([a1, b1, a2].map((id) => placeOf(store.db, id)))
      expect(places.map((place) => place?.place)).toEqual([1, 2, 3])
      expect([await grade(), await grade(), await grade()]).toEqual([a1, b1, a2])
      expect(await placeOf(store.db, a1)).toBeUndefined()
    })

    test('a heartbeat names the jobs that were taken over', async () => {
      await send('a')
      await send('b')
      const claims = await queue.take(2)
      expect(await queue.beat(claims)).toEqual([])
      expect(await queue.takeBackAll()).toBe(2)
      expect(await queue.beat(claims)).toEqual(claims)
      const again = await queue.take(2)
      expect(again.map(({ submission }) => submission).sort()).toEqual(claims.map(({ submission }) => submission).sort())
      expect(await queue.beat(again)).toEqual([])
      expect(await queue.beat(claims)).toEqual(claims)
    })

    test('a stale worker can neither finish nor give back what another one took over', async () => {
      await send('a')
      const [stale] = await queue.take(1)
      if (stale === undefined) throw new Error('nothing taken')
      await queue.takeBackAll()
      const [fresh] = await queue.take(1)
      await store.db.transaction().execute((tx) => queue.finish(tx, [stale]))
      await store.db.transaction().execute((tx) => queue.giveBack(tx, stale))
      expect(await queue.beat(fresh === undefined ? [] : [fresh])).toEqual([])
      expect(await queue.take(1)).toEqual([])
    })

    test('a submission whose job is gone gets a new one', async () => {
      const id = await send('a')
      const [job] = await queue.take(1)
      if (job === undefined) throw new Error('nothing taken')
      await store.db.transaction().execute((tx) => queue.finish(tx, [job]))
      expect(await queue.mend()).toBe(1)
      expect(await queue.mend()).toBe(0)
      expect((await queue.take(1)).map(({ submission }) => submission)).toEqual([id])
    })
  })
}
