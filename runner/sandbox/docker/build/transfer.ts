import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Frame } from '../demux.ts'

/** How a build ended, by the builder's own word: its exit code, programs killed for memory, processes refused. */
export interface End {
  readonly code: number
  readonly killed: number
  readonly refused: number
}

export interface Received {
  readonly end: End
  /** Where the files lie that came with it, by name. */
  readonly files: ReadonlyMap<string, { readonly path: string; readonly bytes: number }>
}

export interface Receiving {
  /** Ends the builder's log. */
  readonly nonce: string
  /** A folder for the files. */
  readonly folder: string
  /** Each line of the log, without its end. */
  readonly onLine: (line: string) => void
  /** Bytes of log so far. */
  readonly onBytes: (bytes: number) => void
}

const NAME = /^(?:config|index|[0-9a-f]{64})$/
const LINE_BYTES = 8192

/**
 * Reads one build's answer: the log on stderr up to the nonce, the results on stdout up to `end`. Undefined when the builder ended
 * before its answer did. Leaves what comes after for the next call.
 */
export const receive = async (
  frames: AsyncIterator<Frame, void, void>,
  { nonce, folder, onLine, onBytes }: Receiving,
): Promise<Received | undefined> => {
  const files = new Map<string, { path: string; bytes: number }>()
  const log = lines((line) => {
    if (line === nonce) logged = true
    else onLine(line)
  })
  let logged = false
  let end: End | undefined
  let header = ''
  let file: { name: string; left: number; handle: Awaited<ReturnType<typeof open>> } | undefined
  const takeHeader = async (line: string): Promise<void> => {
    const [verb, ...words] = line.split(' ')
    if (verb === 'end') end = { code: Number(words[0]), killed: Number(words[1]), refused: Number(words[2]) }
    if (verb !== 'file') return
    const [name = '', bytes = ''] = words
    if (!NAME.test(name)) throw new Error(`The builder named a file ${JSON.stringify(name)}`)
    const path = join(folder, name)
    files.set(name, { path, bytes: Number(bytes) })
    file = { name, left: Number(bytes), handle: await open(path, 'w') }
  }
  const takeResult = async (bytes: Buffer): Promise<void> => {
    let rest = bytes
    while (rest.length > 0) {
      if (file) {
        const part = rest.subarray(0, file.left)
        await file.handle.write(part)
        file.left -= part.length
        rest = rest.subarray(part.length)
      } else {
        const at = rest.indexOf(0x0a)
        header += rest.subarray(0, at < 0 ? rest.length : at).toString('latin1')
        rest = at < 0 ? rest.subarray(rest.length) : rest.subarray(at + 1)
        if (at < 0) continue
        const line = header
        header = ''
        await takeHeader(line)
      }
      if (file?.left === 0) {
        await file.handle.close()
        file = undefined
      }
    }
  }
  try {
    while (!(logged && end)) {
      const { value: frame, done } = await frames.next()
      if (done) return undefined
      if (frame.stream === 'stdout') await takeResult(frame.bytes)
      else {
        onBytes(frame.bytes.length)
        log(frame.bytes)
      }
    }
    return { end, files }
  } finally {
    await file?.handle.close()
  }
}

/** Calls back with each whole line; one without an end in sight is cut. */
const lines = (onLine: (line: string) => void): ((bytes: Buffer) => void) => {
  let rest = Buffer.alloc(0)
  return (bytes) => {
    let left = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes
    for (let at = left.indexOf(0x0a); at >= 0; at = left.indexOf(0x0a)) {
      onLine(left.toString('utf8', 0, at))
      left = left.subarray(at + 1)
    }
    rest = Buffer.from(left.subarray(0, LINE_BYTES))
  }
}
