/**
 * The frames of `runner/images/agent/frames.h`, as values: what the runner sends, what the agent answers.
 * Pure; `FrameReader` takes its bytes in any pieces.
 *
 * @module
 */

export const MOST_PAYLOAD_BYTES = 128 * 1024
/** File contents travel in pieces of this size. */
export const PIECE_BYTES = 64 * 1024
/** How many bytes of input the agent keeps for one command before it must have said `credit`. */
export const WINDOW_BYTES = 64 * 1024
/** How many commands one agent has at once. */
export const MOST_COMMANDS = 16
export const MOST_WORDS = 1024
const HEAD_BYTES = 9

/** Linux's numbers of the limits that a program may be given. */
export const RLIMIT = { cpuSeconds: 0, fileBytes: 1, dataBytes: 2, stackBytes: 3, processes: 6, openFiles: 7, addressBytes: 9 } as const
export type RlimitName = keyof typeof RLIMIT
export const SCOPE = { process: 0, group: 1, everything: 2 } as const
export type Scope = keyof typeof SCOPE

export interface RunRequest {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Relative to the working folder; empty is the working folder. */
  readonly folder: string
  readonly rlimits: Readonly<Partial<Record<RlimitName, number>>>
  /** 0: none. */
  readonly wallMs: number
  /** Both streams together; 0: no limit. */
  readonly outputBytes: number
  readonly stdin: 'closed' | 'open'
  /** When it ends, every other process of the container ends first. */
  readonly owner: boolean
}

export type Request =
  | { readonly type: 'put'; readonly path: string; readonly mode: number; readonly append: boolean; readonly bytes: Uint8Array }
  | { readonly type: 'get'; readonly path: string; readonly offset: number; readonly most: number }
  | { readonly type: 'list'; readonly path: string }
  | ({ readonly type: 'run' } & RunRequest)
  | { readonly type: 'input'; readonly bytes: Uint8Array }
  | { readonly type: 'signal'; readonly signal: number; readonly scope: Scope }
  | { readonly type: 'nest'; readonly wallMs: number; readonly diskKiB: number; readonly inodes: number }

export interface Entry {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly size: number
  readonly name: string
}

export interface ExitFrame {
  readonly type: 'exit'
  readonly how: 'exited' | 'signalled'
  /** The exit code, or the signal's number. */
  readonly code: number
  readonly limit: 'none' | 'time' | 'output'
  /** Why it could not be started: the system's error number and the agent's source line; 0 when it was. */
  readonly errno: number
  readonly line: number
  readonly userMs: number
  readonly systemMs: number
  /** The largest resident size of one of its processes. */
  readonly peakKiB: number
  readonly wallMs: number
  /** Processes of the container that the kernel killed for memory in the meantime. */
  readonly memoryKills: number
  /** Processes or threads that the container's limit refused in the meantime. */
  readonly refusedForks: number
}

export type Answer =
  | { readonly type: 'ready'; readonly version: number; readonly knowsMemory: boolean; readonly knowsForks: boolean }
  | { readonly type: 'done'; readonly errno: number }
  | { readonly type: 'data'; readonly size: number; readonly bytes: Uint8Array }
  | { readonly type: 'entries'; readonly more: boolean; readonly entries: readonly Entry[] }
  | { readonly type: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | ExitFrame
  | { readonly type: 'started'; readonly pid: number }
  | { readonly type: 'credit'; readonly bytes: number }

/** Bytes that are no frame of ours; the stream is worth nothing after it. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

const REQUEST = { put: 1, get: 2, list: 3, run: 4, input: 5, signal: 6, nest: 7 } as const satisfies Record<Request['type'], number>

const u = (bytes: 1 | 2 | 4 | 8, value: number): Buffer => {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** (8 * bytes))
    throw new FrameError(`${value} is no number of ${bytes} bytes.`)
  const into = Buffer.alloc(bytes)
  if (bytes === 8) into.writeBigUInt64LE(BigInt(value))
  else into.writeUIntLE(value, 0, bytes)
  return into
}

const text = (value: string): Buffer => {
  if (value.includes('\0')) throw new FrameError('A path, an argument or a variable holds a zero byte.')
  return Buffer.from(`${value}\0`)
}

const payloadOf = (request: Request): readonly Uint8Array[] => {
  switch (request.type) {
    case 'put':
      return [u(2, request.mode), u(1, Number(request.append)), text(request.path), request.bytes]
    case 'get':
      return [u(8, request.offset), u(4, request.most), text(request.path)]
    case 'list':
      return [text(request.path)]
    case 'run':
      return runPayload(request)
    case 'input':
      return [request.bytes]
    case 'signal':
      return [u(1, request.signal), u(1, SCOPE[request.scope])]
    case 'nest':
      return [u(4, request.wallMs), u(4, request.diskKiB), u(4, request.inodes)]
  }
}

const runPayload = (request: RunRequest): readonly Uint8Array[] => {
  const rlimits = Object.entries(request.rlimits) as [RlimitName, number][]
  const env = Object.entries(request.env).map(([name, value]) => `${name}=${value}`)
  if (request.command.length === 0) throw new FrameError('A command has at least its program.')
  if (request.command.length > MOST_WORDS || env.length > MOST_WORDS)
    throw new FrameError(`A command has at most ${MOST_WORDS} arguments and variables.`)
  return [
    u(1, Number(request.stdin === 'open') + 2 * Number(request.owner)),
    u(4, request.wallMs),
    u(4, request.outputBytes),
    u(1, rlimits.length),
    ...rlimits.flatMap(([name, value]) => [u(1, RLIMIT[name]), u(8, value)]),
    u(2, request.command.length),
    u(2, env.length),
    text(request.folder),
    ...request.command.map(text),
    ...env.map(text),
  ]
}

/** One frame's bytes. Throws `FrameError` for what the agent would refuse. */
export const encode = (id: number, request: Request): Buffer => {
  const payload = payloadOf(request)
  const length = payload.reduce((sum, part) => sum + part.byteLength, 0)
  if (length > MOST_PAYLOAD_BYTES) throw new FrameError(`${request.type} would be ${length} bytes, more than a frame holds.`)
  return Buffer.concat([u(4, length), u(4, id), u(1, REQUEST[request.type]), ...payload])
}

const ANSWER = { 128: ready, 129: done, 130: data, 131: entries, 132: stdout, 133: stderr, 134: exit, 135: started, 136: credit } as const

function ready(b: Buffer): Answer {
  const knows = b.readUInt8(1)
  return { type: 'ready', version: b.readUInt8(0), knowsMemory: (knows & 1) === 1, knowsForks: (knows & 2) === 2 }
}
function done(b: Buffer): Answer {
  return { type: 'done', errno: b.readUInt32LE(0) }
}
function data(b: Buffer): Answer {
  return { type: 'data', size: Number(b.readBigUInt64LE(0)), bytes: b.subarray(8) }
}
function stdout(b: Buffer): Answer {
  return { type: 'stdout', bytes: b }
}
function stderr(b: Buffer): Answer {
  return { type: 'stderr', bytes: b }
}
function started(b: Buffer): Answer {
  return { type: 'started', pid: b.readUInt32LE(0) }
}
function credit(b: Buffer): Answer {
  return { type: 'credit', bytes: b.readUInt32LE(0) }
}
const KINDS: Readonly<Record<string, Entry['kind']>> = { '-': 'file', d: 'folder', l: 'link', o: 'other' }
function entries(b: Buffer): Answer {
  const found: Entry[] = []
  for (let at = 1; at < b.length; ) {
    const nul = b.indexOf(0, at + 9)
    const kind = KINDS[String.fromCharCode(b.readUInt8(at))]
    if (nul < 0 || kind === undefined) throw new RangeError('a folder entry without an end or a kind')
    found.push({ kind, size: Number(b.readBigUInt64LE(at + 1)), name: b.toString('utf8', at + 9, nul) })
    at = nul + 1
  }
  return { type: 'entries', more: b.readUInt8(0) === 1, entries: found }
}
const LIMITS = ['none', 'time', 'output'] as const
function exit(b: Buffer): Answer {
  const limit = LIMITS[b.readUInt8(2)]
  if (limit === undefined) throw new RangeError('an unknown limit')
  return {
    type: 'exit',
    how: b.readUInt8(0) === 0 ? 'exited' : 'signalled',
    code: b.readUInt8(1),
    limit,
    errno: b.readUInt32LE(3),
    line: b.readUInt32LE(7),
    userMs: Number(b.readBigUInt64LE(11)) / 1e3,
    systemMs: Number(b.readBigUInt64LE(19)) / 1e3,
    peakKiB: Number(b.readBigUInt64LE(27)),
    wallMs: Number(b.readBigUInt64LE(35)) / 1e6,
    memoryKills: b.readUInt32LE(43),
    refusedForks: b.readUInt32LE(47),
  }
}

export interface Frame {
  readonly id: number
  readonly answer: Answer
}

/** Takes the agent's bytes in whatever pieces they come and hands out whole frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  /** The frames that these bytes complete. Throws `FrameError` when they cannot be the agent's; of no use after that. */
  push(bytes: Uint8Array): Frame[] {
    const all = this.#rest.length === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.concat([this.#rest, bytes])
    const frames: Frame[] = []
    let at = 0
    while (all.length - at >= HEAD_BYTES) {
      const length = all.readUInt32LE(at)
      if (length > MOST_PAYLOAD_BYTES) throw new FrameError(`A frame of ${length} bytes came, more than a frame holds.`)
      if (all.length - at < HEAD_BYTES + length) break
      frames.push({
        id: all.readUInt32LE(at + 4),
        answer: decode(all.readUInt8(at + 8), all.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length)),
      })
      at += HEAD_BYTES + length
    }
    this.#rest = Buffer.from(all.subarray(at))
    return frames
  }
}

const decode = (type: number, payload: Buffer): Answer => {
  const read = ANSWER[type as keyof typeof ANSWER]
  if (read === undefined) throw new FrameError(`A frame of the unknown type ${type} came.`)
  try {
    return read(payload)
  } catch (cause) {
    throw new FrameError(`A frame of type ${type} with ${payload.length} bytes came, too short or wrong.`, { cause })
  }
}
