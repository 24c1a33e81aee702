import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ask, type ExecResult, type SandboxContext, type Service } from '../../kit/index.ts'
import { inputFor, type Month, monthFor, stockFor } from './month.ts'

/** The files that the learner owns, and those that come with the program. */
export const FILES = {
  'package.json': 'edit',
  'package-lock.json': 'edit',
  '.npmrc': 'edit',
  'build.sh': 'edit',
  'start.sh': 'edit',
  'labels.js': 'read',
  'make-stamp.js': 'read',
  'refresh-tariff.js': 'read',
  'README.md': 'read',
} as const
type Inside = SandboxContext<typeof FILES>

/** A program of the learner's that ran to its end, and when that was. */
export interface Done extends ExecResult {
  readonly endedAt: number
}

/** A machine on which nothing was before, after the one command. */
export interface Machine {
  readonly build: Done
  /** Digest of every file, by its path. */
  readonly files: ReadonlyMap<string, string>
  /** Version of every package, by its folder. */
  readonly versions: ReadonlyMap<string, string>
}

export const SERVICES = ['registry', 'mirror', 'carrier'] as const
export type ServiceName = (typeof SERVICES)[number]
/** The first install, the program, and the install a month later. */
export const PHASES = ['today', 'run', 'later'] as const
export type Phase = (typeof PHASES)[number]

/** One request, in the words of the service that was asked. */
const asked = z.object({
  event: z.literal('asked'),
  of: z.enum(SERVICES),
  by: z.enum(['build', 'mirror']),
  phase: z.enum(PHASES),
  method: z.string(),
  path: z.string(),
  status: z.number(),
})
export type Asked = z.infer<typeof asked>

/** What two machines made of the same files, a month apart. The later ones are absent where the first did not get there. */
export interface Installs {
  readonly month: Month
  readonly today: Machine
  readonly run?: Done
  readonly later?: Machine
  readonly asked: readonly Asked[]
}

const PORTS = { registry: 4873, mirror: 4873, carrier: 8000 } as const
export const BUILD_SECONDS = 120
const PATIENCE_MS = 60_000

/** What a machine is set to that builds without a person: nothing is asked twice, and nothing but packages is asked for. */
const ENVIRONMENT = {
  CI: 'true',
  HOME: '/tmp',
  NPM_CONFIG_AUDIT: 'false',
  NPM_CONFIG_FETCH_RETRIES: '0',
  NPM_CONFIG_FUND: 'false',
  NPM_CONFIG_UPDATE_NOTIFIER: 'false',
}
const LIMITS = { wallSeconds: BUILD_SECONDS, memoryMiB: 384, outputKiB: 256, pids: 128 } as const

/** Installs on a machine, runs the program there without a network, lets a month pass, and installs on another machine. */
export const observe = async (inside: Inside): Promise<Installs> => {
  const { doing, seed } = inside
  const month = monthFor(seed)
  const token = randomUUID()
  doing('registry')
  const services = await startServices(inside, month, token)
  const tell = (phase: Phase) => Promise.all(SERVICES.map((name) => tellOne(inside, name, `/-control/${token}/${phase}`)))

  doing('today')
  const today = await installOn(inside)
  const worked = endedWell(today.build)
  if (worked) doing('run')
  if (worked) await tell('run')
  const run = worked ? await runScript(inside, 'start.sh', inputFor(month)) : undefined
  if (worked) doing('later')
  if (worked) await Promise.all([tell('later'), wipe(inside)])
  const later = worked ? await installOn(inside) : undefined

  doing('compare')
  return { month, today, ...(run && { run }), ...(later && { later }), asked: await requestsTo(inside, services) }
}

/** Nothing that follows would mean anything if a service had not heard it. */
const tellOne = async ({ sandbox, signal }: Inside, name: ServiceName, path: string): Promise<void> => {
  const { status } = await ask(sandbox, { name, port: PORTS[name] }, { method: 'POST', path }, { signal, timeoutMs: PATIENCE_MS })
  if (status !== 200) throw new Error(`${name} was not told the phase`)
}

export const endedWell = ({ ended }: ExecResult): boolean => ended.by === 'itself' && ended.code === 0

const startServices = async ({ sandbox, signal }: Inside, month: Month, token: string): Promise<readonly Service[]> => {
  const program = await readFile(join(import.meta.dirname, 'registry.js'), 'utf8')
  const stock = await stockFor(month)
  const services = await Promise.all(
    SERVICES.map((name) =>
      sandbox.start(
        {
          name,
          command: ['node', 'registry.mjs'],
          files: { 'registry.mjs': program, 'packages.json': stock[name] },
          env: {
            NAME: name,
            PORT: String(PORTS[name]),
            CONTROL: token,
            ...(name === 'mirror' && { UPSTREAM: `http://registry:${PORTS.registry}` }),
          },
          ready: { port: PORTS[name], withinSeconds: 60 },
        },
        { signal },
      ),
    ),
  )
  const silent = services.find(({ readiness }) => !readiness.ready)
  if (silent !== undefined) throw new Error(`${silent.name} did not become ready`)
  return services
}

/** Leaves an empty machine. */
const wipe = ({ sandbox, signal }: Inside) => sandbox.exec(['find', '.', '-mindepth', '1', '-delete'], { signal })

/** Puts nothing but the learner's files on an empty machine, and runs the one command. */
const installOn = async (inside: Inside): Promise<Machine> => {
  const { sandbox, files, signal } = inside
  await sandbox.write(files, { signal })
  const build = await runScript(inside, 'build.sh')
  const listing = await sandbox.exec(['sh', '-c', LIST], { signal, limits: { outputKiB: 4096 } })
  return { build, ...readListing(Buffer.from(listing.stdout).toString('utf8')) }
}

/** Digests of all files, then what each package says of its version. */
const LIST = [
  'find . -type f -exec sha256sum {} + ; find . -type l -printf "%l  %p\\n"',
  'echo --versions',
  "find . -path '*/node_modules/*' -name package.json -exec grep -m 1 -H '\"version\"' {} +",
].join('; ')

const readListing = (text: string): Pick<Machine, 'files' | 'versions'> => {
  const [digests = '', versions = ''] = text.split('--versions\n')
  const entries = (part: string, line: RegExp, key: number, value: number) =>
    part
      .split('\n')
      .map((each) => line.exec(each))
      .flatMap((found) => (found ? [[found[key] ?? '', found[value] ?? ''] as const] : []))
  return {
    files: new Map(entries(digests, /^\\?(\S+) [ *]\.\/(.+)$/, 2, 1).sort(([one], [other]) => (one < other ? -1 : 1))),
    versions: new Map(entries(versions, /^\.\/(.+)\/package\.json:.*"version":\s*"([^"]+)"/, 1, 2)),
  }
}

const runScript = async ({ sandbox, signal }: Inside, script: 'build.sh' | 'start.sh', stdin?: string): Promise<Done> => {
  const done = await sandbox.exec(['sh', script], {
    signal,
    env: ENVIRONMENT,
    limits: LIMITS,
    ...(stdin !== undefined && { stdin: Buffer.from(stdin) }),
  })
  return { ...done, endedAt: Date.now() }
}

const requestsTo = async ({ signal }: Inside, services: readonly Service[]): Promise<readonly Asked[]> => {
  const logs = await Promise.all(
    services.map(async (service) => {
      await service.signal('SIGKILL')
      return Array.fromAsync(service.logs({ signal }))
    }),
  )
  return logs
    .flat()
    .sort((one, other) => one.at - other.at)
    .flatMap(({ text }) => asked.safeParse(parsed(text)).data ?? [])
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
