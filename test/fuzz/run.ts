/**
 * Fuzzes the agent's way in for a bounded time: `node test/fuzz/run.ts [seconds]`, 60 by default. Needs gcc's C library and a
 * clang, which it takes from the machine or, for its own use and without installing it, from Debian's packages.
 * What it learns is merged into `test/fuzz/corpus`, which `npm test` replays.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { inheritedEnvironment } from '../../runner/environment.ts'

const run = promisify(execFile)
const HERE = fileURLToPath(new URL('.', import.meta.url))
const CORPUS = join(HERE, 'corpus')
const PACKAGES = ['clang-14', 'libclang-common-14-dev', 'libclang-cpp14', 'libllvm14', 'libclang-rt-14-dev']

interface Clang {
  readonly program: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const findClang = async (): Promise<Clang> => {
  for (const program of ['clang', 'clang-19', 'clang-16', 'clang-14']) {
    const found = await run(program, ['--version']).catch(() => undefined)
    if (found) return { program, env: inheritedEnvironment() }
  }
  const folder = join(tmpdir(), 'hatoba-fuzz-clang')
  const tree = join(folder, 'tree')
  if (!existsSync(tree)) {
    console.log(`there is no clang; unpacking Debian's into ${folder}`)
    await mkdir(folder, { recursive: true })
    await run('apt-get', ['-q', 'download', ...PACKAGES], { cwd: folder, timeout: 300_000 })
    const unpacked = join(folder, 'unpacking')
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.deb')))
      await run('dpkg-deb', ['-x', name, unpacked], { cwd: folder })
    await rename(unpacked, tree)
  }
  const { stdout: machine } = await run('dpkg-architecture', ['-qDEB_HOST_MULTIARCH']).catch(() => ({
    stdout: process.arch === 'x64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu',
  }))
  const libraries = [join(tree, 'usr/lib', machine.trim()), join(tree, 'usr/lib/llvm-14/lib')].join(':')
  return { program: join(tree, 'usr/lib/llvm-14/bin/clang'), env: { ...inheritedEnvironment(), LD_LIBRARY_PATH: libraries } }
}

const seconds = Number(process.argv[2] ?? 60)
const scratch = await mkdtemp(join(tmpdir(), 'hatoba-fuzz-'))
try {
  const clang = await findClang()
  const fuzzer = join(scratch, 'fuzzer')
  const sanitizers = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=undefined']
  await run(clang.program, ['-g', '-O1', '-w', ...sanitizers, '-o', fuzzer, join(HERE, 'agent-frames.c')], { env: { ...clang.env } })
  const found = join(scratch, 'found')
  await mkdir(found)
  const bounds = ['-max_len=4096', '-rss_limit_mb=1024', '-timeout=10']
  const fuzzing = spawn(fuzzer, [`-max_total_time=${seconds}`, ...bounds, `-artifact_prefix=${HERE}`, found, CORPUS], {
    stdio: 'inherit',
    cwd: scratch,
  })
  const [code] = await once(fuzzing, 'exit')
  if (code !== 0) throw new Error(`The fuzzer ended with ${code}; the input is in ${HERE}.`)
  const merged = join(scratch, 'merged')
  await mkdir(merged)
  await run(fuzzer, ['-merge=1', ...bounds, merged, CORPUS, found], { cwd: scratch, maxBuffer: 1e8 })
  await rm(CORPUS, { recursive: true })
  await run('cp', ['-r', merged, CORPUS])
  console.log(`the corpus has ${(await readdir(CORPUS)).length} inputs`)
} finally {
  await rm(scratch, { recursive: true, force: true })
}
