import { execFile } from 'node:child_process'
import { mkdtempDisposable, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Fault } from '../../../runner/fault.ts'
import { compileProgram } from '../../../runner/images/agent/compile.ts'

const FUZZ = fileURLToPath(new URL('../../fuzz/', import.meta.url))

const program = await compileProgram(
  { path: join(FUZZ, 'agent-frames.c'), defines: ['REPLAY'] },
  { data: join(tmpdir(), 'hatoba-test-agent') },
).catch((thrown: unknown) => Fault.from(thrown))

describe.skipIf(program instanceof Fault)('what the fuzzer found interesting', () => {
  it('neither breaks the agent, nor writes outside its folder, nor makes it say what is no frame', async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), 'hatoba-replay-'))
    const corpus = (await readdir(join(FUZZ, 'corpus'))).map((name) => join(FUZZ, 'corpus', name))
    const { stdout } = await promisify(execFile)(String(program), corpus, { cwd: scratch.path })
    expect(stdout).toBe(`${corpus.length} replayed\n`)
  })
})
if (program instanceof Fault) console.log(`skipped: the replay of the fuzzer's corpus, because ${program.message}`)
