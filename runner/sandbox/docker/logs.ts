import type { Readable } from 'node:stream'
import type { Container } from 'dockerode'
import type { LogLine } from '../contract.ts'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'
import { toMillis } from './time.ts'

const NEWLINE = 10
const SPACE = 32

/** Everything a service wrote, kept here from its first line, so that nothing is lost when its container is removed. */
export interface LogBuffer {
  /** All lines from the first on; ends when the service has ended and the engine has handed over everything. */
  lines(signal?: AbortSignal): AsyncIterable<LogLine>
  /** Resolves when no more can come. */
  readonly complete: Promise<void>
}

/** Follows a container's log from its beginning. Keeps so many bytes of text; the rest is read and dropped. */
export const followLogs = async (engine: Engine, container: Container, keptBytes: number): Promise<LogBuffer> => {
  const source = (await engine.call('follow a log', () =>
    container.logs({ follow: true, stdout: true, stderr: true, timestamps: true }),
  )) as unknown as Readable
  const kept: LogLine[] = []
  let changed = Promise.withResolvers<void>()
  let bytes = 0
  let over = false
  const keep = (line: LogLine) => {
    bytes += line.text.length
    if (bytes > keptBytes) return
    kept.push(line)
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const complete = readLines(source, keep)
    .catch(() => {})
    .finally(() => {
      over = true
      changed.resolve()
    })
  return {
    complete,
    async *lines(signal) {
      const aborted = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
      for (let next = 0; ; ) {
        signal?.throwIfAborted()
        const line = kept[next]
        if (line) {
          next += 1
          yield line
        } else if (over) return
        else await Promise.race([changed.promise, aborted])
      }
    },
  }
}

/** The engine frames each message, "timestamp text", and cuts long lines into several; they are put together here. */
const readLines = async (source: AsyncIterable<Buffer>, keep: (line: LogLine) => void): Promise<void> => {
  const partial: Record<LogLine['stream'], { at: number; parts: Buffer[] } | undefined> = { stdout: undefined, stderr: undefined }
  const finish = (stream: LogLine['stream']) => {
    const line = partial[stream]
    if (!line) return
    partial[stream] = undefined
    keep({ at: line.at, stream, text: Buffer.concat(line.parts).toString('utf8').replace(/\r?\n$/, '') })
  }
  for await (const { stream, bytes } of demux(source)) {
    const space = bytes.indexOf(SPACE)
    const line = (partial[stream] ??= { at: toMillis(bytes.toString('latin1', 0, space)), parts: [] })
    line.parts.push(bytes.subarray(space + 1))
    if (bytes.at(-1) === NEWLINE) finish(stream)
  }
  finish('stdout')
  finish('stderr')
}
