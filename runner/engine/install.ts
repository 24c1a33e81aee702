import { spawn } from 'node:child_process'
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Environment, inheritedEnvironment } from '../environment.ts'
import { askEngine, type FoundEngine } from './endpoint.ts'
import type { Command, InstallPlan, Machine } from './install-plan.ts'

const SOCKET = '/var/run/docker.sock'
const PID_FILE = '/var/run/docker.pid'
const INSTALL_WITHIN_MS = 15 * 60_000
const ANSWERS_WITHIN_MS = 60_000

/** What the plan needs to know about this machine. */
export const thisMachine = (environment: Pick<Environment, 'PATH'>): Machine => ({
  platform: process.platform,
  osRelease: existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
  root: process.getuid?.() === 0,
  systemd: existsSync('/run/systemd/system'),
  appArmor:
    existsSync('/sys/module/apparmor/parameters/enabled') &&
    readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').startsWith('Y'),
  has: (program) => findProgram(program, environment) !== undefined,
})

/** The full path of a program, also in the folders that only root's PATH holds. */
export const findProgram = (program: string, { PATH }: Pick<Environment, 'PATH'>): string | undefined =>
  [...PATH.split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'].map((folder) => join(folder, program)).find(isExecutable)

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Carries out a plan and waits until the engine answers. `line` gets each line that apt-get prints. What did not work is
 * a sentence, because the caller goes on with the local driver.
 */
export const install = async (
  plan: Extract<InstallPlan, { possible: true }>,
  { data, line, signal }: { readonly data: string; readonly line: (text: string) => void; readonly signal: AbortSignal },
): Promise<FoundEngine | { readonly because: string }> => {
  for (const command of plan.install) {
    const ended = await run(command, { line, signal, withinMs: INSTALL_WITHIN_MS })
    if (ended !== undefined) return { because: ended }
  }
  // The package's own start script may have brought the daemon up already.
  const running = await askEngine({ kind: 'socket', path: SOCKET }, SOCKET, signal)
  if (!('because' in running)) return running
  const log = join(data, 'logs', 'dockerd.log')
  const started = plan.start.detached
    ? await startDetached(plan.start.command, log)
    : await run(plan.start.command, { line, signal, withinMs: ANSWERS_WITHIN_MS })
  if (typeof started === 'string') return { because: started }
  return untilItAnswers({ signal, log, ...(started === undefined ? {} : { ended: started.ended }) })
}

/** Runs to the end; the sentence of what went wrong, if anything did. */
export const run = (
  [program, ...args]: Command,
  {
    line,
    signal,
    withinMs,
    variables = {},
  }: {
    readonly line: (text: string) => void
    readonly signal: AbortSignal
    readonly withinMs: number
    /** Beside the inherited ones. */
    readonly variables?: Readonly<Record<string, string>>
  },
): Promise<string | undefined> =>
  new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...inheritedEnvironment(), DEBIAN_FRONTEND: 'noninteractive', ...variables },
      signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
    })
    let last = ''
    const take = (chunk: Buffer): void => {
      for (const text of chunk.toString('utf8').split('\n')) {
        if (text.trim() === '') continue
        last = text.trim()
        line(last)
      }
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) => resolve(`${program} could not be run: ${error.message}`))
    child.on('close', (code) => resolve(code === 0 ? undefined : `\`${[program, ...args].join(' ')}\` ended with code ${code}: ${last}`))
  })

const startDetached = async ([program, ...args]: Command, log: string): Promise<{ readonly ended: Promise<string> } | string> => {
  await mkdir(join(log, '..'), { recursive: true })
  removeStalePidFile()
  const output = openSync(log, 'a', 0o600)
  try {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output], env: inheritedEnvironment() })
    child.unref()
    return {
      ended: new Promise((resolve) => child.on('error', (error) => resolve(error.message)).on('exit', (code) => resolve(`code ${code}`))),
    }
  } finally {
    closeSync(output)
  }
}

/** dockerd refuses to start when the pid file of its last life names any living process, whoever that is by now. */
const removeStalePidFile = (): void => {
  try {
    const name = readFileSync(`/proc/${readFileSync(PID_FILE, 'utf8').trim()}/comm`, 'utf8').trim()
    if (name === 'dockerd') return
  } catch {
    // No pid file, or no such process: both leave nothing to keep.
  }
  rmSync(PID_FILE, { force: true })
}

const untilItAnswers = async ({
  signal,
  log,
  ended,
}: {
  readonly signal: AbortSignal
  readonly log: string
  readonly ended?: Promise<string>
}): Promise<FoundEngine | { readonly because: string }> => {
  let gone: string | undefined
  void ended?.then((how) => {
    gone = how
  })
  const deadline = performance.now() + ANSWERS_WITHIN_MS
  while (performance.now() < deadline && gone === undefined) {
    const answer = await askEngine({ kind: 'socket', path: SOCKET }, SOCKET, signal)
    if (!('because' in answer)) return answer
    await delay(200, undefined, { signal })
  }
  const lines = await readFile(log, 'utf8').then(
    (text) => text.trim().split('\n'),
    () => [],
  )
  const how = gone === undefined ? `did not answer within ${ANSWERS_WITHIN_MS / 1000} s` : `ended at once (${gone})`
  return { because: `the Docker daemon ${how}; its log ${log} ends with: ${lines.at(-1) ?? '(nothing)'}` }
}
