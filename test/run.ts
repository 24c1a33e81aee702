import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { glob, mkdir, rm } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { runCode } from './code.ts'
import { NOTHING, type Results, readPlaywright, readReport, readVitest, together } from './reports.ts'

/**
 * Runs the tiers one after another and ends with `N passed, N failed, N skipped`. A tier that lacks something is skipped with
 * its reason and the number of tests that it holds.
 *
 *     run.ts [--lint] [--without=engine:REASON] [--without=browser:REASON] [-- FILE...]
 *
 * `--lint` asks about the code itself first: types, lint, import rules.
 */
const TEST = dirname(fileURLToPath(import.meta.url))
const ROOT = dirname(TEST)
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')
const PLAYWRIGHT = join(ROOT, 'node_modules/@playwright/test/cli.js')
const PLAYWRIGHT_CONFIG = join(TEST, 'browser/playwright.config.ts')
const MOST_CHARACTERS = 3_000

interface Tier {
  readonly name: string
  readonly tool: 'vitest' | 'playwright'
  /** What has to be there, else the tier is skipped. */
  readonly needs: readonly ('engine' | 'browser')[]
}

const TIERS: readonly Tier[] = [
  { name: 'unit', tool: 'vitest', needs: [] },
  { name: 'contract', tool: 'vitest', needs: [] },
  { name: 'engine', tool: 'vitest', needs: ['engine'] },
  { name: 'abuse', tool: 'vitest', needs: ['engine'] },
  { name: 'cluster', tool: 'vitest', needs: ['engine'] },
  { name: 'browser', tool: 'playwright', needs: ['engine', 'browser'] },
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { without: { type: 'string', multiple: true, default: [] }, lint: { type: 'boolean', default: false } },
})
const without = new Map(values.without.map((word) => [word.slice(0, word.indexOf(':')), word.slice(word.indexOf(':') + 1)]))

const filesOf = async (tier: Tier): Promise<readonly string[]> => {
  const all = await Array.fromAsync(glob(`${tier.name}/**/*.test.ts`, { cwd: TEST }))
  if (positionals.length === 0) return all
  const named = positionals.map((file) => relative(TEST, resolve(ROOT, file)))
  return all.filter((file) => named.some((name) => file === name || file.startsWith(`${name}/`)))
}

const runTool = (
  args: readonly string[],
  { report, quiet = false }: { readonly report: string; readonly quiet?: boolean },
): Promise<number> =>
  new Promise((done, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    })
    process.once('SIGTERM', () => child.kill('SIGTERM'))
    child.on('error', reject)
    child.on('close', (code) => done(code ?? 1))
  })

const vitest = (command: 'run' | 'list', tier: Tier, files: readonly string[], report: string): readonly string[] => [
  VITEST,
  'run',
  '--root',
  TEST,
  '--project',
  tier.name,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  // `vitest list` leaves out what is skipped already. A pattern that no name matches skips every test, and with them what prepares them.
  ...(command === 'list' ? ['--testNamePattern', '$^'] : []),
  ...files,
]

const playwright = (command: 'run' | 'list', files: readonly string[]): readonly string[] => [
  PLAYWRIGHT,
  'test',
  `--config=${PLAYWRIGHT_CONFIG}`,
  ...(command === 'run' ? ['--reporter=list,json'] : ['--list', '--reporter=json']),
  ...files.map((file) => relative('browser', file)),
]

const failureOf = (test: string, message: string): Results => ({ ...NOTHING, failed: 1, failures: [{ test, message }] })

const run = async (command: 'run' | 'list', tier: Tier, files: readonly string[], report: string): Promise<Results> => {
  const args = tier.tool === 'vitest' ? vitest(command, tier, files, report) : playwright(command, files)
  const code = await runTool(args, { report, quiet: command === 'list' })
  const told = await readReport(report)
  const results = tier.tool === 'vitest' ? readVitest(told) : readPlaywright(told)
  // A file that cannot be loaded, or an error outside any test, holds no failed test and is a failure all the same.
  return code !== 0 && results.failed === 0 ? together(results, failureOf(tier.name, `ended with ${code} and no failed test`)) : results
}

const runTier = async (tier: Tier): Promise<Results> => {
  const files = await filesOf(tier)
  if (files.length === 0 || (tier.tool === 'playwright' && !existsSync(PLAYWRIGHT_CONFIG))) {
    if (positionals.length === 0) console.log(`\n${tier.name}: holds no tests`)
    return NOTHING
  }
  const report = join(TEST, 'results', `${tier.name}.json`)
  await rm(report, { force: true })
  const lacking = tier.needs.find((need) => without.has(need))
  if (lacking !== undefined) {
    const listed = await run('list', tier, files, report)
    // Playwright lists what it would run as passed; vitest tells what it was kept from as skipped.
    const held = listed.passed + listed.skipped
    console.log(`\n${tier.name}: skipped ${held} tests in ${files.length} files, because ${without.get(lacking)}`)
    return { ...listed, passed: 0, skipped: held }
  }
  console.log(`\n${tier.name}: ${files.length} files`)
  return run('run', tier, files, report)
}

await mkdir(join(TEST, 'results'), { recursive: true })
let total = NOTHING
if (values.lint) {
  console.log('\ncode')
  total = together(total, await runCode(ROOT))
}
for (const tier of TIERS) total = together(total, await runTier(tier))
if (positionals.length > 0 && total.passed + total.failed + total.skipped === 0) {
  total = together(total, failureOf(positionals.join(' '), 'no test file matches'))
}
// Said again at the end: whoever is shown only the last lines of an hour still learns what failed.
for (const { test, message } of total.failures)
  console.log(`\nfailed: ${test}\n  ${stripVTControlCharacters(message).slice(0, MOST_CHARACTERS)}`)
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0
