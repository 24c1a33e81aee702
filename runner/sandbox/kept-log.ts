import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { LogLine } from './contract.ts'
import { now } from './prober/program/clock.ts'

/** Everything a service wrote, from its first line on, up to a bound. */
export interface ServiceLog {
  /** All lines; ends when the service has ended. */
  lines(signal?: AbortSignal): AsyncIterable<LogLine>
}

/** Reads both outputs as lines, each with the time at which its end arrived. Past the bound it says so once, reads on and drops. */
export const keepLog = (outputs: Readonly<Record<LogLine['stream'], Readable>>, keptBytes: number, onFull: () => void): ServiceLog => {
  const kept: LogLine[] = []
  let changed = Promise.withResolvers<void>()
  let bytes = 0
  let open = 2
  const tell = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const keep = (stream: LogLine['stream'], text: string): void => {
    if (bytes > keptBytes) return
    kept.push({ at: now(), stream, text: text.replace(/\r$/, '') })
    tell()
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8')
    let partial = ''
    outputs[stream].on('data', (chunk: Buffer) => {
      if (bytes > keptBytes) return
      const lines = (partial + decoder.write(chunk)).split('\n')
      partial = lines.pop() ?? ''
      for (const line of lines) keep(stream, line)
      // Counted as it arrives: a line that never ends must not be kept for ever either.
      bytes += chunk.length
      if (bytes > keptBytes) onFull()
    })
    outputs[stream].on('close', () => {
      if (partial !== '') keep(stream, partial)
      open -= 1
      tell()
    })
  }
  return {
    async *lines(signal) {
      const { promise: aborted, resolve } = Promise.withResolvers<void>()
      signal?.addEventListener('abort', () => resolve(), { once: true })
      for (let next = 0; ; ) {
        signal?.throwIfAborted()
        const line = kept[next]
        if (line !== undefined) {
          next += 1
          yield line
        } else if (open === 0) return
        else await Promise.race([changed.promise, aborted])
      }
    },
  }
}
