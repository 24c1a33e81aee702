import { sql } from 'kysely'
import { type ConstructorOptions, fromKysely, fromPglite, type Job, PgBoss } from 'pg-boss'
import { Fault } from '../fault.ts'
import type { Db, Store, Tx } from '../store/store.ts'

const NAME = 'grade'
export const JOBS_CHANNEL = 'hatoba_jobs'

/** Seconds without a sign of life after which another worker may take a job over. */
const LEASE_SECONDS = 30
export const BEAT_SECONDS = 10
const DAY = 86_400

/** A submission that this worker holds. `claim` tells one taking of it from the next. */
export interface Claim {
  readonly submission: string
  readonly claim: number
}

export interface NewJob {
  readonly submission: string
  readonly learner: string
  readonly round: number
}

/**
 * The durable line of submissions; pg-boss on the store's own database. A job has its submission's id, and a job that is
 * taken but neither finished nor given back is taken again when its worker gives no sign of life.
 */
export interface Queue extends AsyncDisposable {
  /** Adds jobs inside the transaction that stores the submissions: both or neither. */
  send(tx: Tx, jobs: readonly NewJob[]): Promise<void>
  /** Takes up to `count` jobs, in the order of fairness; inside a transaction where one is given. */
  take(count: number, tx?: Tx): Promise<readonly Claim[]>
  /** Says that these are still being worked on; answers the ones that no longer belong to this worker. */
  beat(claims: readonly Claim[]): Promise<readonly Claim[]>
  /** Ends jobs, inside the transaction that stores the verdicts. */
  finish(tx: Tx, claims: readonly Claim[]): Promise<void>
  /** Puts a job back in line, to be taken after a delay. */
  giveBack(tx: Tx, claim: Claim): Promise<void>
  /** Takes back what every earlier process held: only where no other process can be working. The number of jobs. */
  takeBackAll(): Promise<number>
  /** Gives every submission without a verdict a job, should it have none. The number of jobs made. */
  mend(): Promise<number>
}

export interface QueueOptions {
  /** Submissions of one learner that are graded at the same time, over all workers. */
  readonly perLearner: number
  readonly onError: (error: Error) => void
}

/** Opens the queue on an open store. Throws `Fault store.failed`. */
export const openQueue = async (store: Store, { perLearner, onError }: QueueOptions): Promise<Queue> => {
  const boss = new PgBoss({
    ...engineOf(store),
    schedule: false,
    superviseIntervalSeconds: BEAT_SECONDS,
    monitorIntervalSeconds: BEAT_SECONDS,
    application_name: 'hatoba',
  })
  boss.on('error', onError)
  try {
    await boss.start()
    await boss.createQueue(NAME, {
      heartbeatSeconds: LEASE_SECONDS,
      expireInSeconds: 3600,
      // Attempts are counted on the submission, which knows a failure from a server that was stopped.
      retryLimit: 10_000,
      retryDelay: 0,
      retentionSeconds: 3650 * DAY,
      deleteAfterSeconds: 3600,
    })
    // Fills pg-boss's cache of the queue: inside a transaction it could not be read on a single connection.
    await boss.getQueueStats(NAME)
    await boss.findJobs(NAME, { id: '00000000-0000-0000-0000-000000000000' })
  } catch (cause) {
    await boss.stop({ graceful: false }).catch(() => {})
    throw new Fault('store.failed', `the queue cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  return {
    async send(tx, jobs) {
      await boss.insert(NAME, jobs.map(toJob), { db: fromKysely(tx) })
      await wake(tx)
    },
    async take(count, tx) {
      const within = tx === undefined ? {} : { db: fromKysely(tx) }
      const jobs: Job[] = await boss.fetch(NAME, { batchSize: count, groupConcurrency: perLearner, ...within })
      return jobs.map(({ id, retryCount }) => ({ submission: id, claim: retryCount }))
    },
    async beat(claims) {
      if (claims.length === 0) return []
      const { settled } = (await boss.touch(NAME, claims.map(toAttempt))) as { settled: readonly string[] }
      return claims.filter(({ submission }) => !settled.includes(submission))
    },
    async finish(tx, claims) {
      await boss.complete(NAME, claims.map(toAttempt), null, { db: fromKysely(tx) })
      await wakeIfWaited(tx)
    },
    async giveBack(tx, claim) {
      await boss.fail(NAME, toAttempt(claim), null, { db: fromKysely(tx) })
      await wake(tx)
    },
    async takeBackAll() {
      const active = await unsettled(store.db, 'active')
      if (active.length > 0) await boss.fail(NAME, active)
      await store.db.updateTable('submissions').set({ state: 'queued' }).where('state', 'in', ['preparing', 'checking']).execute()
      return active.length
    },
    async mend() {
      const lost = await withoutJob(store.db)
      if (lost.length === 0) return 0
      await boss.deleteJob(
        NAME,
        lost.map(({ id }) => id),
      )
      await boss.insert(
        NAME,
        lost.map(({ id, learner, round }) => toJob({ submission: id, learner, round })),
      )
      return lost.length
    },
    async [Symbol.asyncDispose]() {
      await boss.stop({ graceful: false, close: true })
    },
  }
}

const toJob = ({ submission, learner, round }: NewJob) => ({ id: submission, group: { id: learner }, priority: -round })

const toAttempt = ({ submission, claim }: Claim): { id: string; retryCount: number } => ({ id: submission, retryCount: claim })

const engineOf = ({ engine }: Store): ConstructorOptions =>
  engine.kind === 'pglite' ? { db: fromPglite(engine.lite), backend: 'pglite' } : { connectionString: engine.url, max: 4 }

/** Workers of all processes listen here. Sent with the transaction, so nobody wakes before there is something to take. */
const wake = async (tx: Tx): Promise<void> => {
  await sql`select pg_notify(${JOBS_CHANNEL}, '')`.execute(tx)
}

/** The end of one may be the turn of another of the same learner. */
const wakeIfWaited = async (tx: Tx): Promise<void> => {
  await sql`select pg_notify(${JOBS_CHANNEL}, '') where exists (select from submissions where state = 'queued')`.execute(tx)
}

const unsettled = async (db: Db, state: 'active'): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`select id from pgboss.job where name = ${NAME} and state = ${state}`.execute(db)
  return rows.map(({ id }) => id)
}

const withoutJob = async (db: Db): Promise<{ id: string; learner: string; round: number }[]> => {
  const { rows } = await sql<{ id: string; learner: string; round: number }>`
    select id, learner, round from submissions
    where state <> 'done' and not exists (
      select 1 from pgboss.job where name = ${NAME} and job.id = submissions.id and job.state in ('created', 'retry', 'active')
    )`.execute(db)
  return rows
}
