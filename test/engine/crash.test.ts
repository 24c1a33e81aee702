import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../runner/store/store.ts'
import { browserAt, verdictOf } from '../unit/http/harbour.ts'

const KILLS = 6
const LEARNERS = 3
const KNOTS = ['wait 60 cleat', 'granny', 'wait 250 cleat', 'tangle'] as const
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  'wait 60 cleat': ['passed', 'faulted'],
  granny: ['failed', 'faulted'],
  'wait 250 cleat': ['passed', 'faulted'],
  tangle: ['rejected', 'faulted'],
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await delay(1)
}

describe('a server that is killed again and again while submissions arrive', () => {
  let data: string
  let child: ChildProcess | undefined

  const start = async (): Promise<string> => {
    const started = spawn(process.execPath, [join(import.meta.dirname, 'crash-server.ts'), data], { stdio: ['ignore', 'pipe', 'inherit'] })
    child = started
    const [line] = (await Promise.race([
      once(started.stdout, 'data'),
      once(started, 'exit').then(() => Promise.reject(new Error('the server did not start'))),
    ])) as [Buffer]
    return line.toString().trim()
  }

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'hatoba-crash-'))
  })
  afterAll(async () => {
    child?.kill('SIGKILL')
    await rm(data, { recursive: true, force: true })
  })

  test('gives every accepted submission exactly one verdict', async () => {
    const accepted: { readonly id: string; readonly learner: number; readonly knot: string }[] = []
    const cookies: string[] = []
    for (let kill = 0; kill < KILLS; kill += 1) {
      const url = await start()
      const dying = child
      if (dying === undefined) throw new Error('no server')
      const dead = once(dying, 'exit')
      // Moments by what the server has done, not by the clock, so that every run has accepted something when it dies.
      const before = accepted.length
      const killing = until(() => accepted.length - before >= 2 + kill * 2)
        .then(() => delay((kill * 37) % 100))
        .then(() => dying.kill('SIGKILL'))
      await Promise.all(
        Array.from({ length: LEARNERS }, async (_, learner) => {
          const ask = browserAt(url, cookies[learner] === undefined ? {} : { cookie: cookies[learner] })
          try {
            if (cookies[learner] === undefined) {
              await ask('/api/labs')
              cookies[learner] = ask.cookie()
            }
            for (let i = 0; ; i += 1) {
              const knot = KNOTS[(i + learner) % KNOTS.length] ?? 'granny'
              const sent = await ask('/api/submissions', { json: { lab: 'mooring', files: { 'knot.txt': knot }, language: 'en' } })
              if (sent.status === 202) accepted.push({ id: ((await sent.json()) as { id: string }).id, learner, knot })
              else await delay(20)
            }
          } catch {
            // The server is dead: what it did not answer with 202 was not accepted.
          }
        }),
      )
      await killing
      await dead
    }

    const url = await start()
    for (const { id, learner, knot } of accepted) {
      const verdict = await verdictOf(browserAt(url, { cookie: cookies[learner] ?? '' }), id)
      expect(OUTCOMES[knot]).toContain(verdict['outcome'])
    }
    const last = child
    if (last === undefined) throw new Error('no server')
    const exited = once(last, 'exit')
    last.kill('SIGTERM')
    expect(await exited).toEqual([0, null])

    await using store = await openStore({ data })
    const rows = await store.db.selectFrom('submissions').select(['id', 'state', 'attempt']).execute()
    const verdicts = await store.db
      .selectFrom('events')
      .select('submission')
      .where('event', '@>', '{"type":"verdict"}' as never)
      .execute()
    expect(rows.filter(({ state }) => state !== 'done')).toEqual([])
    expect(verdicts.map(({ submission }) => submission).sort()).toEqual(rows.map(({ id }) => id).sort())
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(accepted.map(({ id }) => id)))
    expect(accepted.length).toBeGreaterThan(KILLS)
    console.log(
      `${accepted.length} accepted over ${KILLS} kills; ${rows.filter(({ attempt }) => attempt > 1).length} were graded by a second attempt or later`,
    )
  })
})
