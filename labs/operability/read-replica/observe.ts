import {
  type Answer,
  betweenLooks,
  exhausted,
  type Halt,
  halt,
  type LogLine,
  type Mark,
  neverReady,
  type RequestRecord,
  reject,
  type SandboxContext,
} from '../../kit/index.ts'
import { type Outage, primaryDies, replicaDies } from './deaths.ts'
import { type Lag, lagBehind } from './lag.ts'
import { openServers, type Servers, type Stored, URLS } from './servers.ts'
import { during, type Stretch, withPulse } from './stretch.ts'
import { isGood, readBatch, SERVICE, writeBatch } from './traffic.ts'

/** The files of the lab. */
export const FILES = { 'reviews.py': 'edit', 'server.py': 'edit', 'entrypoint.sh': 'edit' } as const
export type Inside = SandboxContext<typeof FILES>

/** What was done to the service and its servers, and what they say themselves. Later parts are absent where an earlier one failed. */
export interface Seen {
  readonly readyMs: number
  /** What a thing that should be quick may take here. */
  readonly limitMs: number
  readonly reading: Stretch
  readonly writing: Stretch
  readonly stored: Stored
  readonly lag?: Lag
  readonly replicaDeath?: Outage
  readonly replacement?: Replacement
  readonly primaryDeath?: Outage
  readonly marks: readonly Mark[]
  readonly log: readonly LogLine[]
}

/** The time after a new replica was there. */
export interface Replacement extends Stretch {
  readonly at: number
  /** When it was used again; absent: not in `withinMs`. */
  readonly usedAfterMs?: number
  readonly withinMs: number
}

const READY_SECONDS = 20
/**
 * Times the slowest calm read on a connection that is there already, and the slowest of those for which connections were made, as a death
 * makes for new ones; not below what the task says.
 */
const TIMES_CALM = 10
const TIMES_FIRST = 5
const LEAST_MS = 2000
/** How much longer somebody waits for an answer while it is not asked how fast that comes. */
const PATIENCE_TIMES = 2.5
/** How much longer a service may go without trying a replica that was gone. */
const BACK_TIMES = 2

/**
 * Uses the service while all is well, while the replica is behind, without the replica, with a new one and without the primary. How far
 * behind the replica is, is not left to timing: it is told to apply nothing, and to go on.
 */
export const observe = async (inside: Inside): Promise<Seen | Halt> => {
  const { files, sandbox, signal, doing } = inside
  const unreadable = await parse(inside)
  if (unreadable !== undefined) return halt('syntax', unreadable)
  doing('servers')
  const servers = await openServers(inside)
  doing('start')
  await using service = await sandbox.start(
    { name: SERVICE.name, command: ['sh', 'entrypoint.sh'], files, env: URLS, ready: { port: SERVICE.port, withinSeconds: READY_SECONDS } },
    { signal },
  )
  if (!service.readiness.ready) return neverReady(service, { port: SERVICE.port, seconds: READY_SECONDS, signal })
  const readyMs = service.readiness.afterMs

  doing('calm')
  // Connections are made at their first use, and what that costs is not what a read costs.
  const first = await readBatch(inside, PATIENCE_MS)
  const reading = await during(servers, () => readBatch(inside, PATIENCE_MS, CALM_READS))
  const limitMs = Math.round(Math.max(LEAST_MS, TIMES_CALM * slowestMs(reading.requests), TIMES_FIRST * slowestMs(first)))
  const writing = await during(servers, () => writeBatch(inside, PATIENCE_MS))
  const acknowledged = writing.requests.filter(({ status }) => status === 201).map(({ id }) => id)
  const stored = await servers.stored(acknowledged)
  const calm = { readyMs, limitMs, reading, writing, stored }
  const log = async (): Promise<LogLine[]> => {
    await service.signal('SIGKILL')
    return Array.fromAsync(service.logs({ signal }))
  }
  const works = reading.requests.every(isGood) && acknowledged.length === writing.requests.length && stored.once === acknowledged.length
  if (!works || !isOnReplica(reading)) return { ...calm, marks: [], log: await log() }

  doing('lag')
  const lag = await lagBehind(inside, servers, { limitMs, patienceMs: Math.round(PATIENCE_TIMES * limitMs) })
  doing('replica')
  const replicaDeath = await replicaDies(inside, servers, limitMs)
  const replacement = await replaced(inside, servers, limitMs)
  doing('primary')
  const primaryDeath = await primaryDies(inside, servers, limitMs)
  return {
    ...calm,
    lag,
    replicaDeath,
    replacement,
    primaryDeath,
    marks: [
      { at: lag.heldAt, what: 'behind', service: 'replica' },
      { at: lag.caughtUpAt, what: 'caught-up', service: 'replica' },
      { at: replicaDeath.at, what: 'killed', service: 'replica' },
      { at: replacement.at, what: 'restarted', service: 'replica' },
      { at: primaryDeath.at, what: 'killed', service: 'primary' },
    ],
    log: await log(),
  }
}

const slowestMs = (requests: readonly RequestRecord[]): number => Math.max(...requests.map(({ startedAt, endedAt }) => endedAt - startedAt))

const CALM_READS = 40
const PATIENCE_MS = 10_000

/** Whether the replica alone was read. */
export const isOnReplica = ({ requests, counts }: Stretch): boolean => counts.replica.reads >= requests.length && counts.primary.reads === 0

/** Asks until the new replica is used for all that is read, or the time is over. */
const replaced = async (inside: Inside, servers: Servers, limitMs: number): Promise<Replacement> => {
  await servers.replaceReplica()
  const at = Date.now()
  const withinMs = BACK_TIMES * limitMs
  let due = at + withinMs
  while (true) {
    const { done: stretch, waitedMs } = await withPulse(inside, () => during(servers, () => readBatch(inside, limitMs)))
    due += waitedMs
    const { requests, counts } = stretch
    if (counts.replica.reads >= requests.length && requests.every(isGood))
      return { ...stretch, at, usedAfterMs: (requests[0]?.startedAt ?? at) - at, withinMs }
    if (Date.now() > due) return { ...stretch, at, withinMs }
    await betweenLooks(inside)
  }
}

/** What Python says about files that it cannot read. */
const parse = async ({ sandbox, files, signal }: Inside): Promise<Answer | undefined> => {
  await sandbox.write(files, { signal })
  const scripts = Object.keys(files).filter((path) => path.endsWith('.py'))
  const { stderr, ended } = await sandbox.exec(['python3', '-c', PARSE, ...scripts], { signal })
  if (ended.by === 'limit') return exhausted(ended, scripts.join(', '))
  const said = Buffer.from(stderr).toString('utf8')
  const [, file, line, column, message] = /^hatoba:(.+?):(\d+):(\d+):(.*)$/m.exec(said) ?? []
  if (file === undefined) return undefined
  const at = { file, line: Number(line), column: Number(column) }
  return reject('python', { ...at, message: message ?? '' }, { at })
}

const PARSE = `
import ast, sys
for name in sys.argv[1:]:
    try:
        ast.parse(open(name).read(), name)
    except SyntaxError as error:
        sys.exit(f'hatoba:{name}:{error.lineno or 1}:{error.offset or 1}:{error.msg}')
`
