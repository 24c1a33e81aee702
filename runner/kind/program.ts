import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Fault } from '../fault.ts'
import type { Abortable } from '../sandbox/contract.ts'

const exec = promisify(execFile)

/** Long enough for `kind create cluster` on a slow machine. */
const WITHIN_SECONDS = 300
const OUTPUT_BYTES = 4 * 2 ** 20

/** What a program printed. Throws `Fault` `cluster.failed` with the last line of what it complained about, or the signal's reason. */
export const output = async (
  program: string,
  args: readonly string[],
  { signal, withinSeconds = WITHIN_SECONDS }: Abortable & { readonly withinSeconds?: number } = {},
): Promise<string> => {
  const limit = AbortSignal.timeout(withinSeconds * 1000)
  try {
    const { stdout } = await exec(program, args, {
      signal: AbortSignal.any([limit, ...(signal ? [signal] : [])]),
      maxBuffer: OUTPUT_BYTES,
    })
    return stdout
  } catch (thrown) {
    signal?.throwIfAborted()
    const words = [program, ...args.slice(0, 3)].join(' ')
    if (limit.aborted) throw new Fault('cluster.timeout', `\`${words}\` did not end within ${withinSeconds} s.`, { cause: thrown })
    const { stderr = '', message } = thrown as { stderr?: string; message: string }
    throw new Fault('cluster.failed', `\`${words}\` failed: ${lastLine(stderr) ?? message}`, { cause: thrown })
  }
}

const lastLine = (text: string): string | undefined =>
  text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '')
