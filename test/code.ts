import { spawn } from 'node:child_process'
import { type Failure, NOTHING, type Results } from './reports.ts'

const NODE = process.execPath
/** Lines of one objection that are printed: enough to begin with. */
const SHOWN_LINES = 150

/** What is asked of the code itself, each counted as one test: types, lint and format, who imports whom. */
const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  'types of runner, labs and tests': [NODE, 'node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.json'],
  'types of the browser tests': [NODE, 'node_modules/@typescript/native/bin/tsc', '-p', 'test/browser/tsconfig.json'],
  'types of the site': ['npm', 'run', '--silent', 'check', '--workspace', 'site'],
  'lint and format': [NODE, 'node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '--max-diagnostics=20'],
  'import rules': [
    NODE,
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config',
    'test/dependency-cruiser.config.mjs',
    'runner',
    'labs',
    'site/src',
    'test',
  ],
}

/** Asks all of them; prints what each had to say only when it objects. */
export const runCode = async (root: string): Promise<Results> => {
  const failures: Failure[] = []
  for (const [test, [command = NODE, ...args]] of Object.entries(QUESTIONS)) {
    const { code, said } = await ask(command, args, root)
    console.log(` ${code === 0 ? '✓' : '✗'} ${test}`)
    if (code === 0) continue
    const message = said.split('\n').slice(0, SHOWN_LINES).join('\n')
    console.log(message)
    failures.push({ test, message })
  }
  return { ...NOTHING, passed: Object.keys(QUESTIONS).length - failures.length, failed: failures.length, failures }
}

const ask = (command: string, args: readonly string[], cwd: string): Promise<{ readonly code: number; readonly said: string }> =>
  new Promise((done, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => done({ code: code ?? 1, said }))
  })
