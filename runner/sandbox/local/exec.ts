import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import type { Ended, ExecResult, Limits } from '../contract.ts'
import { orDiskLimit } from '../disk-limit.ts'
import type { Child, Ending } from './child.ts'

/** Lets a started program run to its end within its limits. An abort ends it and throws the signal's reason. */
export const runToEnd = async (
  child: Child,
  limits: Limits,
  stdin: Uint8Array | undefined,
  signal: AbortSignal | undefined,
): Promise<ExecResult> => {
  let stopped: Ended | undefined
  const stop = (by: Ended): void => {
    stopped ??= by
    void child.end().catch(() => {})
  }
  const onAbort = (): void => stop({ by: 'us' })
  const clock = setTimeout(() => stop({ by: 'limit', limit: 'time', allowed: limits.wallSeconds, unit: 's' }), limits.wallSeconds * 1000)
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) onAbort()
  const left = { bytes: limits.outputKiB * 1024 }
  const tooMuch = (): void => stop({ by: 'limit', limit: 'output', allowed: limits.outputKiB, unit: 'KiB' })
  try {
    child.stdin.end(stdin)
    const [stdout, stderr, ending] = await Promise.all([
      collect(child.stdout, left, tooMuch),
      collect(child.stderr, left, tooMuch),
      child.ended,
    ])
    signal?.throwIfAborted()
    return { stdout, stderr, ended: stopped ?? orDiskLimit(toEnded(ending, limits), stderr, limits), ms: ending.ms }
  } finally {
    clearTimeout(clock)
    signal?.removeEventListener('abort', onAbort)
    await child.end().catch(() => {})
  }
}

const collect = (output: Readable, left: { bytes: number }, tooMuch: () => void): Promise<Buffer> =>
  new Promise((resolve) => {
    const parts: Buffer[] = []
    output.on('data', (chunk: Buffer) => {
      const kept = chunk.subarray(0, left.bytes)
      left.bytes -= kept.length
      parts.push(kept)
      if (kept.length < chunk.length) tooMuch()
    })
    output.on('close', () => resolve(Buffer.concat(parts)))
  })

/** Codes above 128 are how both a shell and bubblewrap tell of a signal. */
const toEnded = ({ code }: Ending, limits: Limits): Ended => {
  const signal = Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0]
  if (signal === 'SIGXFSZ') return { by: 'limit', limit: 'disk', allowed: limits.fileMiB, unit: 'MiB' }
  return signal === undefined ? { by: 'itself', code } : { by: 'signal', signal }
}
