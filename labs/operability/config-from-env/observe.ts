import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ask, type Exit, type LogLine, type Process, type RequestRecord, type SandboxContext, type Service } from '../../kit/index.ts'
import { type Complete, type Incomplete, type Plan, planFor } from './environments.ts'

/** The files that the learner owns. */
export const FILES = { 'config.js': 'edit', 'server.js': 'edit', 'entrypoint.sh': 'edit' } as const
type Inside = SandboxContext<typeof FILES>

/** How one start went: it accepted connections, ended, or did neither in the time there is. */
export interface Start {
  readonly variables: Readonly<Record<string, string>>
  readonly name: string
  readonly readyMs?: number
  readonly exit?: Exit
  readonly log: readonly LogLine[]
}

/** The service in an environment that is complete. Answers are absent where it did not serve. */
export interface Served extends Start {
  readonly environment: Complete
  /** A quote of two items. */
  readonly quote?: RequestRecord
  /** As many items as allowed, and one more. */
  readonly most?: RequestRecord
  readonly tooMany?: RequestRecord
  /** An item at which the rates service fails. */
  readonly failing?: RequestRecord
  readonly processes: readonly Process[]
}

/** The service in an environment that is not. */
export interface Tried extends Start {
  readonly environment: Incomplete
  /** What a customer got, where it accepted connections all the same. */
  readonly quote?: RequestRecord
}

/** One request to the rates service, in its own words. */
const asked = z.object({ event: z.literal('asked'), environment: z.string(), what: z.string(), authorized: z.boolean() })
export type Asked = z.infer<typeof asked>

/** What became of the service in each environment, and what the rates service was asked. */
export interface Tour {
  readonly full: Served
  readonly known: Served
  readonly sparse: Served
  readonly missing: Tried
  readonly malformed: Tried
  readonly several: Tried
  readonly asked: readonly Asked[]
}

export const PORT = 8080
export const READY_SECONDS = 15
const PARTNER_PORT = 9000
const PATIENCE_MS = 15_000
export const QUOTED = ['tea', 'rice'] as const
/** The rates service has no such item and fails. */
const UNKNOWN_ITEM = 'unobtainium'

/** Starts the same files in six environments, asks for quotes where they must be given, and reads what was said and done. */
export const observe = async (inside: Inside): Promise<Tour> => {
  const { signal, doing } = inside
  const plan = planFor(inside.seed)
  doing('partner')
  const partner = await startPartner(inside, plan)

  doing('start')
  const [full, known, sparse, missing, malformed, several] = await Promise.all([
    serve(inside, plan.full),
    serve(inside, plan.known),
    serve(inside, plan.sparse),
    tryIn(inside, plan.missing),
    tryIn(inside, plan.malformed),
    tryIn(inside, plan.several),
  ])

  doing('compare')
  await partner.stop({ graceSeconds: 1, signal })
  const said = await Array.fromAsync(partner.logs({ signal }))
  return {
    full,
    known,
    sparse,
    missing,
    malformed,
    several,
    asked: said.flatMap(({ text }) => asked.safeParse(JSON.parse(text)).data ?? []),
  }
}

const startPartner = async ({ sandbox, signal }: Inside, { partner, accounts }: Plan): Promise<Service> => {
  const service = await sandbox.start(
    {
      name: partner,
      image: 'node',
      command: ['node', 'partner.mjs'],
      files: { 'partner.mjs': await readFile(join(import.meta.dirname, 'partner.js'), 'utf8') },
      env: { ACCOUNTS: JSON.stringify(accounts) },
      ready: { port: PARTNER_PORT, withinSeconds: 30 },
    },
    { signal },
  )
  if (!service.readiness.ready) throw new Error('the rates service did not become ready')
  return service
}

const startIn = ({ sandbox, signal, files }: Inside, { name, variables }: Complete | Incomplete): Promise<Service> =>
  sandbox.start(
    { name, command: ['sh', 'entrypoint.sh'], files, env: variables, ready: { port: PORT, withinSeconds: READY_SECONDS } },
    { signal },
  )

const get = ({ sandbox, signal }: Inside, name: string, items: readonly string[]): Promise<RequestRecord> =>
  ask(sandbox, { name, port: PORT }, { path: `/quotes?items=${items.join(',')}` }, { signal, timeoutMs: PATIENCE_MS })

const serve = async (inside: Inside, environment: Complete): Promise<Served> => {
  const { signal } = inside
  const { name, variables, maxItems } = environment
  const service = await startIn(inside, environment)
  const { readiness } = service
  if (!readiness.ready) return { ...(await endOf(service, signal)), name, variables, environment, processes: [] }
  const quote = await get(inside, name, QUOTED)
  // Without a quote the other answers say nothing of their own.
  const further = quote.status === 200 ? await furtherAnswers(inside, name, maxItems) : {}
  const processes = await service.processes({ signal })
  const { log } = await endOf(service, signal)
  return { name, variables, environment, readyMs: readiness.afterMs, quote, ...further, processes, log }
}

const furtherAnswers = async (inside: Inside, name: string, maxItems: number): Promise<Pick<Served, 'most' | 'tooMany' | 'failing'>> => ({
  most: await get(
    inside,
    name,
    Array.from({ length: maxItems }, () => 'tea'),
  ),
  tooMany: await get(
    inside,
    name,
    Array.from({ length: maxItems + 1 }, () => 'tea'),
  ),
  failing: await get(inside, name, ['rice', UNKNOWN_ITEM]),
})

const tryIn = async (inside: Inside, environment: Incomplete): Promise<Tried> => {
  const { signal } = inside
  const { name, variables } = environment
  const service = await startIn(inside, environment)
  const { readiness } = service
  if (!readiness.ready) return { ...(await endOf(service, signal)), name, variables, environment }
  const quote = await get(inside, name, QUOTED)
  const { log } = await endOf(service, signal)
  return { name, variables, environment, readyMs: readiness.afterMs, quote, log }
}

/** Ends what is still running; the exit is told only where it came by itself. */
const endOf = async (service: Service, signal: AbortSignal): Promise<Pick<Start, 'log' | 'exit'>> => {
  const { readiness } = service
  if (readiness.ready || readiness.exited === undefined) await service.signal('SIGKILL')
  const exit = await service.exited({ signal })
  const log = await Array.fromAsync(service.logs({ signal }))
  return { log, ...(exit.by === 'us' ? {} : { exit }) }
}
