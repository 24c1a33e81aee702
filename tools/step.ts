import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { parseArgs } from 'node:util'

/**
 * Runs one slow command for the `hatoba` script, before any dependency is there: says what it does, draws a bar on a
 * terminal, keeps quiet elsewhere, and shows the command's own output only when it fails. Exits as the command did.
 *
 *     step.ts --says TEXT [--counts LOCKFILE] [--fix TEXT] -- COMMAND...
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { says: { type: 'string', default: '' }, counts: { type: 'string' }, fix: { type: 'string', default: '' } },
})
const [command = '', ...args] = positionals
const terminal = process.stderr.isTTY === true
const began = Date.now()
const seconds = (): string => `${Math.round((Date.now() - began) / 1000)} s`

/** How many packages the lock file names for this machine; near enough for a bar. */
const expected = (lockFile: string): number => {
  const { packages = {} } = JSON.parse(readFileSync(lockFile, 'utf8')) as { packages?: Record<string, { os?: string[]; dev?: boolean }> }
  const runOnly = positionals.includes('--omit=dev')
  return Object.entries(packages).filter(([path, entry]) => path.includes('node_modules/') && !entry.os && !(runOnly && entry.dev)).length
}

const installed = async (): Promise<number> => {
  let count = 0
  for await (const _ of glob('node_modules/{*,@*/*}/package.json')) count++
  return count
}

process.stderr.write(`hatoba: ${values.says}\n`)
const total = values.counts === undefined ? undefined : expected(values.counts)
const draw = async (): Promise<void> => {
  const share = total === undefined ? undefined : Math.min(1, (await installed()) / total)
  const bar = share === undefined ? '' : `[${'#'.repeat(Math.round(share * 30)).padEnd(30, '.')}] ${Math.round(share * 100)} %  `
  process.stderr.write(`\r\u001b[K  ${bar}${seconds()}`)
}
const drawing = terminal ? setInterval(() => void draw(), 500) : undefined

const output: Buffer[] = []
const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
// Ctrl+C reaches the child by itself; it decides how to end, and this process ends with it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)))
child.on('close', (code, signal) => {
  clearInterval(drawing)
  if (terminal) process.stderr.write('\r\u001b[K')
  if (code === 0) {
    process.stderr.write(`hatoba: done in ${seconds()}\n`)
    return
  }
  if (signal === null && output.length > 0) process.stderr.write(Buffer.concat(output))
  process.stderr.write(`hatoba: \`${positionals.join(' ')}\` did not succeed after ${seconds()}. ${values.fix}\n`)
  process.exitCode = code ?? 1
})
