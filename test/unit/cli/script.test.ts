import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../../../hatoba', import.meta.url))
const TOOLS = fileURLToPath(new URL('../../../tools', import.meta.url))
const run = promisify(execFile)
const SYSTEM = '/usr/bin:/bin'
let folder: string

/** A checkout with one dependency, and programs of ours in the place of node and npm. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hatoba-script-'))
  await mkdir(join(folder, 'runner/cli'), { recursive: true })
  await mkdir(join(folder, 'bin'))
  await symlink(TOOLS, join(folder, 'tools'))
  await writeFile(join(folder, 'hatoba'), await readFile(SCRIPT))
  await chmod(join(folder, 'hatoba'), 0o755)
  await writeFile(
    join(folder, 'runner/cli/main.ts'),
    'console.log(JSON.stringify(process.argv.slice(2)), process.cwd(), process.env.NODE_COMPILE_CACHE)',
  )
  await writeFile(
    join(folder, 'package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } }),
  )
  await symlink(process.execPath, join(folder, 'bin/node'))
  await program('npm', `echo "$@" >>${folder}/npm-was-run; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json`)
})
afterEach(() => rm(folder, { recursive: true }))

const program = async (name: string, body: string): Promise<void> => {
  await rm(join(folder, 'bin', name), { force: true })
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`)
  await chmod(join(folder, 'bin', name), 0o755)
}
const hatoba = (...args: readonly string[]) =>
  run('/bin/sh', [join(folder, 'hatoba'), ...args], { cwd: '/', env: { PATH: `${join(folder, 'bin')}:${SYSTEM}` } })
const npmRuns = async (): Promise<readonly string[]> =>
  (await readFile(join(folder, 'npm-was-run'), 'utf8').catch(() => '')).split('\n').filter(Boolean)

describe('the hatoba script, with no environment but a path', () => {
  it('installs once, hands the arguments on as they are, and stays in the folder that it was called from', async () => {
    const first = await hatoba('up', '--port', '5000', 'a b')
    expect(first.stdout).toBe(`["up","--port","5000","a b"] / ${join(folder, 'node_modules/.cache/hatoba/compile')}\n`)
    expect(first.stderr).toContain('hatoba: installing the dependencies that running needs (about a minute)')
    expect((await hatoba('up')).stderr).toBe('')
    expect(await npmRuns()).toEqual([expect.stringContaining('--omit=dev')])
  })

  it('installs everything for the tests, which is enough for running too', async () => {
    await hatoba('test')
    await hatoba('up')
    expect(await npmRuns()).toEqual([expect.stringContaining('--include=dev')])
  })

  it('leaves alone what somebody else installed', async () => {
    await mkdir(join(folder, 'node_modules'))
    await writeFile(join(folder, 'node_modules/.package-lock.json'), await readFile(join(folder, 'package-lock.json')))
    await hatoba('up')
    expect(await npmRuns()).toEqual([])
  })

  it('installs again when the lock file has changed', async () => {
    await hatoba('up')
    await writeFile(
      join(folder, 'package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-b' } } }),
    )
    await hatoba('up')
    expect(await npmRuns()).toHaveLength(2)
  })

  it('shows what npm said when it fails, and starts nothing', async () => {
    await program('npm', 'echo "npm error: the registry is away" >&2; exit 7')
    await expect(hatoba('up')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('npm error: the registry is away'),
    })
  })

  it('names the Node that it needs where it can have none', async () => {
    await program('node', 'echo 20.20.2')
    await program('uname', 'if [ "$1" = -s ]; then echo Plan9; else echo vax; fi')
    await expect(hatoba('up')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('needs Node 24.15 or newer (below 25), and no pinned build exists for Plan9 on vax.'),
    })
  })
})
