import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  type Exit,
  exhausted,
  fail,
  type Halt,
  halt,
  type LogLine,
  type RequestRecord,
  type SandboxContext,
  type Service,
  type Walls,
} from '../../kit/index.ts'
import { type Break, planBreak } from './break.ts'
import { RUN_FILE, type Run, readRun } from './run-file.ts'

/** The files that the learner owns. */
export const FILES = { [RUN_FILE]: 'edit', 'server.js': 'edit' } as const
type Inside = SandboxContext<typeof FILES>

/** One try of one tool, as it was told from inside. */
const tried = z.object({
  tool: z.enum(['plant', 'rewrite', 'drop', 'vault', 'disguise', 'climb', 'environ', 'rummage', 'crowd']),
  at: z.string(),
  got: z.boolean(),
  error: z.string().nullable(),
  said: z.string().nullable(),
})
export type Try = z.infer<typeof tried>
export type Tool = Try['tool']

/** What the kernel says of the service's first process. */
const first = z.object({ first: z.object({ Uid: z.string(), CapEff: z.string(), CapBnd: z.string(), NoNewPrivs: z.string() }) })
export type First = z.infer<typeof first>['first']

/** What was done to the service, and what came of it. */
export interface Attack {
  readonly run: Run
  readonly break: Break
  readonly first: First
  readonly tries: readonly Try[]
  readonly attackedAt: number
  readonly endedAt: number
  /** How it ended before anybody ended it. */
  readonly exit?: Exit
  /** Labels asked for before the attack, and after it. */
  readonly before: readonly RequestRecord[]
  readonly after: readonly RequestRecord[]
  readonly log: readonly LogLine[]
}

export const PORT = 8080
export const READY_SECONDS = 10
/** As many as one sandbox gives; what the run file says can only be less. */
export const MOST_PROCESSES = 256
/** How many processes the tool called crowd wants. */
export const CROWD = 120
const PATIENCE_MS = 15_000
const CARRIER_PORT = 9000

/** Runs the service as its run file says, lets nine tools loose in it, and asks it for labels before and after. */
export const observe = async (inside: Inside): Promise<Attack | Halt> => {
  const { files, sandbox, signal, doing } = inside
  const plan = planBreak(inside.seed)
  const read = readRun(files[RUN_FILE], plan.key)
  if ('answer' in read) throw new Error('a run file that was refused came this far')
  const { run } = read
  await startCarrier(inside, plan)

  doing('start')
  const walls: Walls = { ...run.walls, mounts: mountsOf(run, plan) }
  const service = await sandbox.start(
    {
      name: 'labels',
      command: run.command,
      files,
      env: run.environment,
      ready: { port: PORT, withinSeconds: READY_SECONDS },
      limits: { pids: Math.min(run.pidsLimit ?? MOST_PROCESSES, MOST_PROCESSES) },
      walls,
    },
    { signal },
  )
  const { readiness } = service
  if (!readiness.ready) return notServing(service, signal, readiness.exited)
  let exit: Exit | undefined
  service.exited({ signal }).then(
    (seen) => (exit ??= seen),
    () => {},
  )

  doing('print')
  const before = await labels(inside)
  // What prints no labels has nothing to lose.
  if (!before.every(printed)) return notPrinting(service, signal, before)

  doing('attack')
  const attackedAt = Date.now()
  const told = await attack(service, inside, plan, run)
  const endedAt = Date.now()
  const after = await labels(inside)
  const ended = exit
  if (ended === undefined) await service.signal('SIGKILL')
  const log = await Array.fromAsync(service.logs({ signal }))
  if (told === undefined) return halt('serving', fail('interrupted', {}, { evidence: [{ kind: 'log', lines: log }] }))
  return { run, break: plan, ...told, attackedAt, endedAt, ...(ended && { exit: ended }), before, after, log }
}

/** Whether a request for a label, or the label itself, was answered as it must be. */
export const printed = ({ status, step, body = '' }: RequestRecord): boolean =>
  step === 0 ? status === 201 : status === 200 && body.includes('HB-')

const mountsOf = ({ mountsKey }: Run, { key, customers }: Break): Walls['mounts'] => [
  // Of the machine, for its own backup program, which runs as root.
  { path: '/var/backups', files: { 'customers.csv': customers }, owner: 0, mode: 0o400 },
  ...(mountsKey ? [{ path: '/run/secrets', files: { 'carrier-key': key }, owner: 0, mode: 0o444 }] : []),
]

const startCarrier = async ({ sandbox, signal }: Inside, { key }: Break): Promise<void> => {
  const carrier = await sandbox.start(
    {
      name: 'carrier',
      command: ['node', 'carrier.mjs'],
      files: { 'carrier.mjs': await readFile(join(import.meta.dirname, 'carrier.js'), 'utf8') },
      env: { KEY: key },
      ready: { port: CARRIER_PORT, withinSeconds: 30 },
    },
    { signal },
  )
  if (!carrier.readiness.ready) throw new Error('the carrier did not become ready')
}

/** Six customers, each of whom has two labels printed and fetches them. */
const labels = async ({ sandbox, signal }: Inside): Promise<readonly RequestRecord[]> => {
  await using traffic = await sandbox.traffic(
    {
      targets: [{ name: 'labels', port: PORT }],
      arrivals: {
        kind: 'visitors',
        visitors: 6,
        rounds: 2,
        steps: [
          { method: 'POST', path: '/labels', body: '{"to":"{id}"}', capture: { number: { json: 'number' } } },
          { path: '/labels/{number}' },
        ],
      },
      connections: 'fresh',
      seconds: 60,
      timeoutMs: PATIENCE_MS,
    },
    { signal },
  )
  await traffic.reached({ answered: 24 }, { signal })
  return (await traffic.end({ signal })).requests
}

const attack = async (
  service: Service,
  { signal }: Inside,
  { nonce, keyPattern }: Break,
  { walls }: Run,
): Promise<Pick<Attack, 'first' | 'tries'> | undefined> => {
  const source = await readFile(join(import.meta.dirname, 'attack.py'), 'utf8')
  const scratch = walls.scratch.map(({ path }) => path).join(',')
  // Neither the learner's variables nor files that could be written decide what this program is.
  const program = ['/usr/bin/python3', '-I', '-S', '-c', source]
  const ended = await service.inside([...program, nonce, scratch, '/var/backups/customers.csv', keyPattern, String(CROWD)], { signal })
  const lines = ended === undefined ? [] : jsonLines(Buffer.from(ended.stdout).toString('utf8'))
  const [who] = lines.flatMap((line) => first.safeParse(line).data ?? [])
  const finished = lines.some((line) => z.object({ done: z.literal(nonce) }).safeParse(line).success)
  return who && finished ? { first: who.first, tries: lines.flatMap((line) => tried.safeParse(line).data ?? []) } : undefined
}

const jsonLines = (text: string): readonly unknown[] =>
  text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown]
    } catch {
      return []
    }
  })

/** The service cannot be attacked, because it does not serve. */
const notServing = async (service: Service, signal: AbortSignal, exit: Exit | undefined): Promise<Halt> => {
  if (exit === undefined) await service.signal('SIGKILL')
  const log = await Array.fromAsync(service.logs({ signal }))
  const evidence = { evidence: [{ kind: 'log', lines: log }] } as const
  if (exit?.limit) return halt('prints', exhausted(exit.limit, 'labels', evidence))
  return halt(
    'prints',
    exit
      ? fail('ended', { code: exit.code, last: lastWords(log) }, evidence)
      : fail('silent', { port: PORT, seconds: READY_SECONDS }, evidence),
  )
}

const notPrinting = async (service: Service, signal: AbortSignal, requests: readonly RequestRecord[]): Promise<Halt> => {
  await service.signal('SIGKILL')
  const log = await Array.fromAsync(service.logs({ signal }))
  const wrong = requests.filter((request) => !printed(request))
  const [one] = wrong
  const values = { failed: wrong.length, total: requests.length, status: one?.status ?? 0, last: lastWords(log) }
  return halt(
    'prints',
    fail(one?.step === 1 ? 'lost' : 'refused', values, {
      evidence: [
        { kind: 'log', lines: log },
        { kind: 'timeline', title: 'labels', requests, marks: [] },
      ],
    }),
  )
}

/** The line of a log that names what went wrong, as far as one does. */
const lastWords = (log: readonly LogLine[]): string =>
  (log.find(({ text }) => /\bE[A-Z]{3,}: |\b[A-Z]\w*Error: /.test(text)) ?? log.at(-1))?.text.trim().slice(0, 160) ?? ''
