import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ask, type LogLine, type Service } from '../../kit/index.ts'
import type { Inside } from './observe.ts'

/** Statements of the service on the table of reviews that one server has run, by its own statistics. */
export interface Run {
  readonly reads: number
  readonly writes: number
}

/** What both servers have run between two moments. */
export interface Counts {
  readonly primary: Run
  readonly replica: Run
}

/** What the primary has of reviews that were acknowledged. */
export interface Stored {
  readonly once: number
  readonly missing: readonly string[]
  readonly doubled: readonly string[]
}

/** A primary, the replica that follows it, and a desk from which both are asked and told. */
export interface Servers {
  readonly primary: Service
  readonly replica: Service
  /** Since the servers were started; of one that does not run, nothing. */
  counts(): Promise<Counts>
  /** From now on the replica receives what the primary writes, but applies none of it. */
  holdReplica(): Promise<void>
  /** Lets it apply again; resolves when it has come as far as the primary. */
  letReplicaCatchUp(): Promise<void>
  /** Starts the replica again from a fresh copy; resolves when it has come as far as the primary. */
  replaceReplica(): Promise<void>
  stored(bodies: readonly string[]): Promise<Stored>
}

export const URLS = { PRIMARY_URL: 'postgresql://app@primary:5432/shop', REPLICA_URL: 'postgresql://app@replica:5432/shop' } as const

/** From where both servers are asked and told. */
export const DESK = { name: 'desk', port: 9000 } as const
const PORT = 5432
const LIMITS = { memoryMiB: 256, diskMiB: 192, fileMiB: 64, pids: 64 } as const
const READY_SECONDS = 60
const PATIENCE_MS = 20_000

const run = z.object({ reads: z.number(), writes: z.number() })
const counts = z.object({ primary: run.nullable(), replica: run.nullable() })
const done = z.object({})
const stored = z.object({ once: z.number(), missing: z.array(z.string()), doubled: z.array(z.string()) })
const NOTHING: Run = { reads: 0, writes: 0 }

/** Starts all three. Rejects when one of them, none of which is the learner's, does not become ready. */
export const openServers = async (inside: Inside): Promise<Servers> => {
  const { sandbox, signal } = inside
  // The learner's program can reach all of them: neither the desk's password nor the path of our orders is told to anybody.
  const [password, control] = [randomUUID(), randomUUID()]
  const server = async (name: string, names: readonly string[]): Promise<Service> => {
    const service = await sandbox.start(
      {
        name,
        image: 'postgres',
        command: ['sh', `${name}.sh`],
        files: await ours(`${name}.sh`, ...names),
        env: { PGPASSWORD: password },
        limits: LIMITS,
        ready: { port: PORT, withinSeconds: READY_SECONDS },
      },
      { signal },
    )
    return ready(service, signal)
  }
  const primary = await server('primary', ['settings.conf', 'schema.sql'])
  const [replica, desk] = await Promise.all([server('replica', []), openDesk(inside, password, control)])
  const order = async <T>(what: string, shape: z.ZodType<T>, body?: unknown): Promise<T> => {
    const request = { method: 'POST', path: `/${control}/${what}`, ...(body !== undefined && { body: JSON.stringify(body) }) } as const
    const answer = await ask(sandbox, DESK, request, { signal, timeoutMs: PATIENCE_MS })
    if (answer.status === 200 && answer.error === undefined) return shape.parse(JSON.parse(answer.body ?? ''))
    await desk.signal('SIGKILL')
    const said = (await Array.fromAsync(desk.logs({ signal }))).map(({ text }) => text).join(' / ')
    throw new Error(`the desk could not ${what} (${answer.status ?? answer.error}): ${said}`)
  }
  await order('caught-up', done)
  return {
    primary,
    replica,
    counts: async () => {
      const each = await order('counts', counts)
      return { primary: each.primary ?? NOTHING, replica: each.replica ?? NOTHING }
    },
    holdReplica: async () => void (await order('pause', done)),
    letReplicaCatchUp: async () => void (await order('resume', done)),
    replaceReplica: async () => {
      const readiness = await replica.restart({ graceSeconds: 0, signal })
      if (!readiness.ready) throw new Error('the replica did not become ready again')
      await order('caught-up', done)
    },
    stored: (bodies) => order('stored', stored, bodies),
  }
}

const openDesk = async ({ sandbox, signal }: Inside, password: string, control: string): Promise<Service> => {
  const desk = await sandbox.start(
    {
      name: DESK.name,
      command: ['python3', 'desk.py'],
      files: await ours('desk.py'),
      env: { PGPASSWORD: password, CONTROL: control },
      ready: { port: DESK.port, withinSeconds: READY_SECONDS },
    },
    { signal },
  )
  return ready(desk, signal)
}

const ready = async (service: Service, signal: AbortSignal): Promise<Service> => {
  if (service.readiness.ready) return service
  const said: LogLine[] = service.readiness.exited === undefined ? [] : await Array.fromAsync(service.logs({ signal }))
  throw new Error(`${service.name} did not become ready: ${said.map(({ text }) => text).join(' / ')}`)
}

const ours = async (...names: readonly string[]): Promise<Record<string, string>> =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(import.meta.dirname, name), 'utf8')] as const)))

/** What was run between two moments. A server that was started in between has counted from nothing. */
export const between = (before: Counts, after: Counts): Counts => {
  const since = (a: Run, b: Run): Run => ({ reads: Math.max(0, b.reads - a.reads), writes: Math.max(0, b.writes - a.writes) })
  return { primary: since(before.primary, after.primary), replica: since(before.replica, after.replica) }
}
