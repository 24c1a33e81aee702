import type { Readable } from 'node:stream'
import type { Container } from 'dockerode'
import type { LogLine } from '../contract.ts'
import { demux, type Frame } from './demux.ts'
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
  /** Where a log that goes on from here begins. */
  seen(): Seen
}

/** The last message read, by its moment and its number among those of that moment. */
export interface Seen {
  readonly timestamp: string
  readonly number: number
}

export interface LogOptions {
  readonly keptBytes: number
  readonly clockAheadMs: number
  /** Messages up to this one are not wanted: an earlier run wrote them. */
  readonly after?: Seen
  /** Called once, when more was written than is kept. */
  readonly onFull: () => void
}

/** Follows a container's log from its beginning. Keeps so many bytes of text; the rest is read and dropped. */
export const followLogs = async (
  engine: Engine,
  container: Container,
  { keptBytes, clockAheadMs, after = { timestamp: '', number: 0 }, onFull }: LogOptions,
): Promise<LogBuffer> => {
  const since = after.timestamp === '' ? {} : { since: toSince(after.timestamp) }
  const source = await engine.call('follow a log', () => container.logs({ ...ALL, ...since, follow: true }))
  const seen = { ...after }
  const kept: LogLine[] = []
  let changed = Promise.withResolvers<void>()
  let over = false
  const keep = (line: LogLine) => {
    kept.push({ ...line, at: line.at - clockAheadMs })
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const complete = readLines(upTo(keptBytes, wholeLog(engine, container, source as unknown as Readable, seen), onFull), keep)
    .catch(() => {})
    .finally(() => {
      over = true
      changed.resolve()
    })
  return {
    complete,
    seen: () => ({ ...seen }),
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

const ALL = { stdout: true, stderr: true, timestamps: true } as const

/**
 * Every message once. A followed log may end before the last message of a program that ended, so what came since the last
 * one seen is asked for again; messages of that same moment are known by their number.
 */
async function* wholeLog(
  engine: Engine,
  container: Container,
  followed: AsyncIterable<Buffer>,
  seen: { timestamp: string; number: number },
): AsyncGenerator<Message> {
  const unseen = async function* (source: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Message> {
    const known = { ...seen }
    for await (const frame of demux(source)) {
      const message = toMessage(frame)
      if (message.timestamp === known.timestamp && known.number > 0) {
        known.number -= 1
        continue
      }
      seen.number = message.timestamp === seen.timestamp ? seen.number + 1 : 1
      seen.timestamp = message.timestamp
      yield message
    }
  }
  yield* unseen(followed)
  const rest = await engine.unless([404, 409], 'read a log', () =>
    container.logs({ ...ALL, follow: false, since: toSince(seen.timestamp) }),
  )
  if (rest) yield* unseen([rest])
}

interface Message extends Frame {
  readonly timestamp: string
}

const toMessage = ({ stream, bytes }: Frame): Message => {
  const space = bytes.indexOf(SPACE)
  return { stream, timestamp: bytes.toString('latin1', 0, space), bytes: bytes.subarray(space + 1) }
}

/** Messages until more bytes came than are kept; the rest is read and dropped, so that a line without an end is bounded as well. */
async function* upTo(keptBytes: number, messages: AsyncIterable<Message>, onFull: () => void): AsyncGenerator<Message> {
  let bytes = 0
  for await (const message of messages) {
    if (bytes > keptBytes) continue
    bytes += message.bytes.length
    if (bytes > keptBytes) onFull()
    yield message
  }
}

/** The engine takes a moment as seconds with nanoseconds; as a number it would lose them. */
const toSince = (timestamp: string): string => {
  const seconds = Math.floor(toMillis(timestamp || '1970-01-01T00:00:00Z') / 1000)
  return `${seconds}.${(/\.(\d+)/.exec(timestamp)?.[1] ?? '').padEnd(9, '0')}`
}

/** The engine cuts long lines into several messages; they are put together here. */
const readLines = async (messages: AsyncIterable<Message>, keep: (line: LogLine) => void): Promise<void> => {
  const partial: Record<LogLine['stream'], { at: number; parts: Buffer[] } | undefined> = { stdout: undefined, stderr: undefined }
  const finish = (stream: LogLine['stream']) => {
    const line = partial[stream]
    if (!line) return
    partial[stream] = undefined
    keep({
      at: line.at,
      stream,
      text: Buffer.concat(line.parts)
        .toString('utf8')
        .replace(/\r?\n$/, ''),
    })
  }
  for await (const { stream, timestamp, bytes } of messages) {
    const line = partial[stream] ?? { at: toMillis(timestamp), parts: [] }
    partial[stream] = line
    line.parts.push(bytes)
    if (bytes.at(-1) === NEWLINE) finish(stream)
  }
  finish('stdout')
  finish('stderr')
}
