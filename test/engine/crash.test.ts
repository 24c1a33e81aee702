import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../runner/store/store.ts'
import { verdictOf } from '../unit/http/harbour.ts'
import { Crowd, type Spawned, spawnServer, type Work } from './spawned.ts'

const KILLS = 6
const knot = (text: string, outcome: string): Work => ({
  lab: 'mooring',
  files: { 'knot.txt': text },
  outcomes: [outcome, 'faulted'],
})
const WORKS = [knot('wait 60 cleat', 'passed'), knot('granny', 'failed'), knot('wait 250 cleat', 'passed'), knot('tangle', 'rejected')]

describe('a server that is killed again and again while submissions arrive', () => {
  let data: string
  let server: Spawned | undefined

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'hatoba-crash-'))
  })
  afterAll(async () => {
    await server?.kill()
    await rm(data, { recursive: true, force: true })
  })

  test('gives every accepted submission exactly one verdict', async () => {
    const crowd = new Crowd(3, WORKS)
    for (let kill = 0; kill < KILLS; kill += 1) {
      const dying = await spawnServer(data)
      server = dying
      // Moments by what the server has done, not by the clock, so that every run has accepted something when it dies.
      const enough = crowd.accepted.length + 2 + kill * 2
      const killing = crowd
        .reached(enough)
        .then(() => delay((kill * 37) % 100))
        .then(() => dying.kill())
      await crowd.send(dying.url)
      await killing
    }

    const last = await spawnServer(data)
    server = last
    for (const { id, learner, work } of crowd.accepted) {
      expect(work.outcomes).toContain((await verdictOf(crowd.browser(last.url, learner), id))['outcome'])
    }
    expect(await last.stop()).toEqual([0, null])

    await using store = await openStore({ data })
    const rows = await store.db.selectFrom('submissions').select(['id', 'state', 'attempt']).execute()
    const verdicts = await store.db
      .selectFrom('events')
      .select('submission')
      .where('event', '@>', '{"type":"verdict"}' as never)
      .execute()
    expect(rows.filter(({ state }) => state !== 'done')).toEqual([])
    expect(verdicts.map(({ submission }) => submission).sort()).toEqual(rows.map(({ id }) => id).sort())
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(crowd.accepted.map(({ id }) => id)))
    expect(crowd.accepted.length).toBeGreaterThan(KILLS)
    console.log(
      `${crowd.accepted.length} accepted over ${KILLS} kills; ${rows.filter(({ attempt }) => attempt > 1).length} were graded by a second attempt or later`,
    )
  })
})
