import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { discoverEngine } from '../engine/discover.ts'
import { CHECKOUT, type Environment, inheritedEnvironment, readEnvironment } from '../environment.ts'
import { Fault } from '../fault.ts'
import { BUILDABLE } from '../images/recipe.ts'
import { Complaint } from './complaint.ts'
import { command } from './flags.ts'
import { interruption } from './interruption.ts'
import { installPackages } from './packages.ts'
import { prepareDriver } from './prepare.ts'

/** `hatoba test`: makes sure of what the tiers need, then runs `test/run.ts`, which knows the tiers. */
export const testCommand = command({
  meta: { name: 'test', description: 'Run the tests: all tiers, or the files named' },
  args: {
    install: {
      type: 'boolean',
      default: true,
      description: 'install what the tests need',
      negativeDescription: 'install nothing; tiers that lack something are skipped',
    },
    lint: { type: 'boolean', default: false, description: 'types, lint and import rules as well' },
  },
  run: async ({ args }) => {
    const environment = readEnvironment()
    using interrupted = interruption({ ending: 'stopping the tests' })
    const needs = { environment, install: args.install, signal: interrupted.signal }
    const files = args._
    const missing = [
      ...(concerns(files, ['contract', 'engine', 'abuse', 'cluster', 'browser']) ? await withoutEngine(needs) : []),
      ...(concerns(files, ['browser']) ? await withoutChromium(needs) : []),
    ]
    if (concerns(files, ['contract'])) await bringBubblewrap(needs)
    process.exitCode = await runTiers([...(args.lint ? ['--lint'] : []), ...missing, '--', ...files], interrupted.signal)
  },
})

interface Needs {
  readonly environment: Environment
  readonly install: boolean
  readonly signal: AbortSignal
}

const concerns = (files: readonly string[], tiers: readonly string[]): boolean =>
  files.length === 0 || files.some((file) => tiers.some((tier) => file.split('/').includes(tier)))

/** What is told to the tiers when there is no engine with its images, after trying to get one. */
const withoutEngine = async ({ environment, install, signal }: Needs): Promise<readonly string[]> => {
  const { engine, refused } = await discoverEngine(environment, { signal })
  const last = refused.find(({ named }) => named)
  if (engine === undefined && !install) {
    return [
      `--without=engine:${last ? `${last.source} cannot be used: ${last.because}` : 'no container engine answers, and --no-install forbids to install one'}`,
    ]
  }
  try {
    await prepareDriver({
      environment,
      data: environment.HATOBA_DATA,
      installing: install ? 'yes' : 'no',
      signal,
      only: 'docker',
      besideServer: true,
      images: BUILDABLE,
    })
    return []
  } catch (thrown) {
    signal.throwIfAborted()
    if (!(thrown instanceof Complaint || thrown instanceof Fault)) throw thrown
    return [`--without=engine:${thrown.message}`]
  }
}

const withoutChromium = async ({ environment, install, signal }: Needs): Promise<readonly string[]> => {
  const chromium = environment.HATOBA_CHROMIUM
  const says = "installing Debian's chromium with apt-get, for the browser tests (about a minute)"
  if (install && !existsSync(chromium)) await installPackages([['chromium', 'chromium']], { environment, says, signal })
  return existsSync(chromium)
    ? []
    : [`--without=browser:there is no Chromium at ${chromium} (apt-get install chromium, or set HATOBA_CHROMIUM)`]
}

/** For the local driver, which is tested as plain processes all the same where there is none. */
const bringBubblewrap = async ({ environment, install, signal }: Needs): Promise<void> => {
  const says = "installing Debian's bubblewrap with apt-get, for the tests of sandboxes without an engine (about 5 s)"
  if (install) await installPackages([['bwrap', 'bubblewrap']], { environment, says, signal })
}

const runTiers = (words: readonly string[], signal: AbortSignal): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(CHECKOUT, 'test', 'run.ts'), ...words], {
      cwd: CHECKOUT,
      stdio: 'inherit',
      env: inheritedEnvironment(),
    })
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
