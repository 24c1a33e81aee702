import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Fault } from '../../fault.ts'
import type { Abortable } from '../../sandbox/contract.ts'

export interface CompileOptions extends Abortable {
  /** The data folder; the result is kept below its `agent`. */
  readonly data: string
  readonly onProgress?: (step: 'packages' | 'package lists' | 'compile') => void
}

/**
 * A compiler of 300 kB and a C library made for static programs: 900 kB of packages that need no installation, so neither a
 * compiler on this machine nor root. The agent comes out at 90 kB, in one second.
 */
export const PACKAGES = ['tcc', 'musl-dev'] as const
const LIMIT_MS = 120_000

const run = promisify(execFile)
const HERE = fileURLToPath(new URL('.', import.meta.url))

/** What Debian calls this processor in its library folders. */
const MACHINE: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: 'x86_64', arm64: 'aarch64' }

/** The compiler's arguments where the packages were unpacked into `tree`, which may be `/`. Pure. */
export const toCompile = ({
  tree,
  source,
  output,
  arch,
}: {
  tree: string
  source: string
  output: string
  arch: NodeJS.Architecture
}): readonly string[] => {
  const machine = MACHINE[arch]
  if (machine === undefined) throw new Fault('image.build', `There is no agent for the processor "${arch}".`)
  const libc = join(tree, `usr/lib/${machine}-linux-musl`)
  const tcc = join(tree, `usr/lib/${machine}-linux-gnu/tcc`)
  return [
    ...['-nostdinc', '-nostdlib', '-static'],
    ...['-I', join(tree, `usr/include/${machine}-linux-musl`), '-I', join(tcc, 'include')],
    ...[
      '-o',
      output,
      join(libc, 'crt1.o'),
      join(libc, 'crti.o'),
      source,
      join(libc, 'libc.a'),
      join(tcc, 'libtcc1.a'),
      join(libc, 'crtn.o'),
    ],
  ]
}

/** A C program that stands beside or includes the agent's sources. */
export interface Source {
  readonly path: string
  readonly defines?: readonly string[]
}

const AGENT: Source = { path: join(HERE, 'agent.c') }

/** Changes whenever another agent would come out: the tag of an image that has it inside depends on this. */
export const agentHash = (arch: NodeJS.Architecture = process.arch): Promise<string> => hashOf(AGENT, arch)

const hashOf = async ({ path, defines = [] }: Source, arch: NodeJS.Architecture): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify([PACKAGES, toCompile({ tree: '/', source: '', output: '', arch }), defines]))
  const beside = (await readdir(HERE)).filter((name) => /\.[ch]$/.test(name)).sort()
  for (const file of [...beside.map((name) => join(HERE, name)), path]) hash.update(await readFile(file)).update('\0')
  return hash.digest('hex').slice(0, 16)
}

/**
 * The agent as a static program for this processor, compiled with Debian's packages when its sources have changed.
 * Throws `Fault` `image.build`: no apt, no mirror, or a compiler's complaint.
 */
export const compileAgent = async (options: CompileOptions): Promise<Uint8Array> => readFile(await compileProgram(AGENT, options))

/** The path of such a program, compiled when its sources have changed. Throws as `compileAgent` does. */
export const compileProgram = async (source: Source, { data, signal, onProgress }: CompileOptions): Promise<string> => {
  const folder = join(data, 'agent')
  const kept = join(folder, await hashOf(source, process.arch))
  if (existsSync(kept)) return kept
  signal?.throwIfAborted()
  await mkdir(folder, { recursive: true })
  const scratch = await mkdtemp(join(folder, 'scratch-'))
  const options = { cwd: scratch, timeout: LIMIT_MS, ...(signal && { signal }) }
  try {
    onProgress?.('packages')
    await download(options, onProgress)
    const tree = join(scratch, 'tree')
    for (const name of (await readdir(scratch)).filter((file) => file.endsWith('.deb'))) await run('dpkg-deb', ['-x', name, tree], options)
    onProgress?.('compile')
    const output = join(scratch, 'program')
    const defines = (source.defines ?? []).map((name) => `-D${name}`)
    await run(join(tree, 'usr/bin/tcc'), [...defines, ...toCompile({ tree, source: source.path, output, arch: process.arch })], options)
    await rename(output, kept)
    return kept
  } catch (thrown) {
    signal?.throwIfAborted()
    const said = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr).trim() : ''
    throw new Fault('image.build', `The agent could not be compiled${said ? `: ${said}` : '.'}`, { cause: thrown })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

type RunOptions = { readonly cwd: string; readonly timeout: number; readonly signal?: AbortSignal }

/** With the machine's package lists; with fresh ones of our own where those are missing or too old to be served still. */
const download = async (options: RunOptions, onProgress: CompileOptions['onProgress']): Promise<void> => {
  const get = (...own: string[]) => run('apt-get', ['-q', ...own, 'download', ...PACKAGES], options)
  try {
    await get()
  } catch {
    options.signal?.throwIfAborted()
    onProgress?.('package lists')
    for (const name of ['lists/partial', 'cache/archives/partial']) await mkdir(join(options.cwd, name), { recursive: true })
    const own = [
      '-o',
      `Dir::State::Lists=${join(options.cwd, 'lists')}`,
      '-o',
      `Dir::Cache=${join(options.cwd, 'cache')}`,
      '-o',
      'Acquire::Languages=none',
    ]
    await run('apt-get', ['-q', ...own, 'update'], options)
    await get(...own)
  }
}
