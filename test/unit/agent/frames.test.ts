import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Answer,
  encode,
  type Frame,
  FrameError,
  FrameReader,
  type Request,
  RLIMIT,
  type RlimitName,
  SCOPE,
} from '../../../runner/sandbox/agent/frames.ts'

/* The agent's half of the language, written down a second time from frames.h. */
const u = (bytes: number, value: number) => {
  const into = Buffer.alloc(8)
  into.writeBigUInt64LE(BigInt(value))
  return into.subarray(0, bytes)
}
const z = (text: string) => Buffer.from(`${text}\0`)
const frame = (type: number, id: number, ...parts: Uint8Array[]) => {
  const payload = Buffer.concat(parts)
  return Buffer.concat([u(4, payload.length), u(4, id), u(1, type), payload])
}
const LIMITS = ['none', 'time', 'output']
const KINDS = { file: '-', folder: 'd', link: 'l', other: 'o' }

const say = (id: number, answer: Answer): Buffer => {
  switch (answer.type) {
    case 'ready':
      return frame(128, id, u(1, answer.version), u(1, Number(answer.knowsMemory) + 2 * Number(answer.knowsForks)))
    case 'done':
      return frame(129, id, u(4, answer.errno))
    case 'data':
      return frame(130, id, u(8, answer.size), answer.bytes)
    case 'entries':
      return frame(
        131,
        id,
        u(1, Number(answer.more)),
        ...answer.entries.flatMap(({ kind, size, name }) => [Buffer.from(KINDS[kind]), u(8, size), z(name)]),
      )
    case 'stdout':
      return frame(132, id, answer.bytes)
    case 'stderr':
      return frame(133, id, answer.bytes)
    case 'exit':
      return frame(
        134,
        id,
        ...[
          u(1, answer.how === 'exited' ? 0 : 1),
          u(1, answer.code),
          u(1, LIMITS.indexOf(answer.limit)),
          u(4, answer.errno),
          u(4, answer.line),
        ],
        ...[
          u(8, answer.userMs * 1e3),
          u(8, answer.systemMs * 1e3),
          u(8, answer.peakKiB),
          u(8, answer.wallMs * 1e6),
          u(4, answer.memoryKills),
          u(4, answer.refusedForks),
        ],
      )
    case 'started':
      return frame(135, id, u(4, answer.pid))
    case 'credit':
      return frame(136, id, u(4, answer.bytes))
  }
}

class Parts {
  #at = 0
  readonly #payload: Buffer

  constructor(payload: Buffer) {
    this.#payload = payload
  }

  u(bytes: number): number {
    const value = Buffer.alloc(8)
    this.#payload.copy(value, 0, this.#at, this.#at + bytes)
    this.#at += bytes
    return Number(value.readBigUInt64LE())
  }

  z(): string {
    const end = this.#payload.indexOf(0, this.#at)
    const text = this.#payload.toString('utf8', this.#at, end)
    this.#at = end + 1
    return text
  }

  rest(): Buffer {
    return this.#payload.subarray(this.#at)
  }
}

const RLIMITS = Object.fromEntries(Object.entries(RLIMIT).map(([name, number]) => [number, name])) as Record<number, RlimitName>
const SCOPES = Object.keys(SCOPE) as (keyof typeof SCOPE)[]

const hear = (bytes: Buffer): { id: number; request: Request } => {
  expect(bytes.readUInt32LE(0)).toBe(bytes.length - 9)
  const id = bytes.readUInt32LE(4)
  const p = new Parts(bytes.subarray(9))
  const request = ((): Request => {
    switch (bytes.readUInt8(8)) {
      case 1: {
        const [mode, append, path] = [p.u(2), p.u(1) === 1, p.z()]
        return { type: 'put', path, mode, append, bytes: p.rest() }
      }
      case 2: {
        const [offset, most] = [p.u(8), p.u(4)]
        return { type: 'get', path: p.z(), offset, most }
      }
      case 3:
        return { type: 'list', path: p.z() }
      case 4: {
        const [flags, wallMs, outputBytes, count] = [p.u(1), p.u(4), p.u(4), p.u(1)]
        const rlimits = Object.fromEntries(Array.from({ length: count }, () => [RLIMITS[p.u(1)], p.u(8)]))
        const [argc, envc, folder] = [p.u(2), p.u(2), p.z()]
        const command = Array.from({ length: argc }, () => p.z())
        const pairs = Array.from({ length: envc }, () => p.z()).map((line) => [
          line.slice(0, line.indexOf('=')),
          line.slice(line.indexOf('=') + 1),
        ])
        const env = Object.fromEntries(pairs)
        return {
          type: 'run',
          command,
          env,
          folder,
          rlimits,
          wallMs,
          outputBytes,
          stdin: flags & 1 ? 'open' : 'closed',
          owner: (flags & 2) === 2,
        }
      }
      case 5:
        return { type: 'input', bytes: p.rest() }
      case 6:
        return { type: 'signal', signal: p.u(1), scope: SCOPES[p.u(1)] ?? 'process' }
      default:
        return { type: 'nest', wallMs: p.u(4), diskKiB: p.u(4), inodes: p.u(4) }
    }
  })()
  return { id, request }
}

const n32 = fc.nat(0xffff_ffff)
const big = fc.maxSafeNat()
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0') && value.isWellFormed())
const name = text.filter((value) => value !== '' && !value.includes('=') && value !== '__proto__')
const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ type: fc.constant('put' as const), path: text, mode: fc.nat(0o777), append: fc.boolean(), bytes }),
  fc.record({ type: fc.constant('get' as const), path: text, offset: big, most: n32 }),
  fc.record({ type: fc.constant('list' as const), path: text }),
  fc.record({
    type: fc.constant('run' as const),
    command: fc.array(text, { minLength: 1, maxLength: 20 }),
    env: fc.dictionary(name, text, { noNullPrototype: true }),
    folder: text,
    rlimits: fc.dictionary(fc.constantFrom(...(Object.keys(RLIMIT) as RlimitName[])), big, { noNullPrototype: true }),
    wallMs: n32,
    outputBytes: n32,
    stdin: fc.constantFrom('open' as const, 'closed' as const),
    owner: fc.boolean(),
  }),
  fc.record({ type: fc.constant('input' as const), bytes }),
  fc.record({ type: fc.constant('signal' as const), signal: fc.integer({ min: 1, max: 64 }), scope: fc.constantFrom(...SCOPES) }),
  fc.record({ type: fc.constant('nest' as const), wallMs: n32, diskKiB: n32, inodes: n32 }),
)
const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ type: fc.constant('ready' as const), version: fc.nat(255), knowsMemory: fc.boolean(), knowsForks: fc.boolean() }),
  fc.record({ type: fc.constant('done' as const), errno: n32 }),
  fc.record({ type: fc.constant('data' as const), size: big, bytes }),
  fc.record({
    type: fc.constant('entries' as const),
    more: fc.boolean(),
    entries: fc.array(
      fc.record({ kind: fc.constantFrom('file' as const, 'folder' as const, 'link' as const, 'other' as const), size: big, name }),
    ),
  }),
  fc.record({ type: fc.constantFrom('stdout' as const, 'stderr' as const), bytes }),
  fc.record({
    type: fc.constant('exit' as const),
    how: fc.constantFrom('exited' as const, 'signalled' as const),
    code: fc.nat(255),
    limit: fc.constantFrom('none' as const, 'time' as const, 'output' as const),
    errno: n32,
    line: n32,
    userMs: fc.nat(1e9),
    systemMs: fc.nat(1e9),
    peakKiB: big,
    wallMs: fc.nat(1e9),
    memoryKills: n32,
    refusedForks: n32,
  }),
  fc.record({ type: fc.constant('started' as const), pid: n32 }),
  fc.record({ type: fc.constant('credit' as const), bytes: n32 }),
)

/** The bytes in pieces, cut wherever the numbers say. */
const inPieces = (all: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [...new Set([0, ...cuts.map((cut) => cut % (all.length + 1)), all.length])].sort((a, b) => a - b)
  return at.slice(1).map((end, index) => all.subarray(at[index], end))
}

describe('frames to the agent', () => {
  it('say what was asked, whatever it is', () => {
    fc.assert(
      fc.property(n32, request, (id, asked) => {
        expect(hear(encode(id, asked))).toEqual({ id, request: asked })
      }),
    )
  })

  it.each<[string, Request]>([
    ['a zero byte in a path', { type: 'list', path: 'a\0b' }],
    ['more bytes than a frame holds', { type: 'input', bytes: Buffer.alloc(128 * 1024 + 1) }],
    ['a negative number', { type: 'get', path: 'a', offset: -1, most: 1 }],
    ['a fraction', { type: 'nest', wallMs: 0.5, diskKiB: 1, inodes: 1 }],
    ['a number too large', { type: 'nest', wallMs: 2 ** 32, diskKiB: 1, inodes: 1 }],
  ])('refuse %s', (_, asked) => {
    expect(() => encode(1, asked)).toThrow(FrameError)
  })
})

describe('frames from the agent', () => {
  it('are read whole from any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(n32, answer), { maxLength: 8 }), fc.array(fc.nat(10_000), { maxLength: 30 }), (said, cuts) => {
        const reader = new FrameReader()
        const read: Frame[] = []
        for (const piece of inPieces(Buffer.concat(said.map(([id, each]) => say(id, each))), cuts)) read.push(...reader.push(piece))
        expect(read).toEqual(said.map(([id, each]) => ({ id, answer: each })))
      }),
    )
  })

  it('are read one byte at a time, each as soon as it is whole', () => {
    const reader = new FrameReader()
    const all = Buffer.concat([say(1, { type: 'done', errno: 0 }), say(2, { type: 'started', pid: 7 })])
    const counts = [...all].map((byte) => reader.push(Buffer.from([byte])).length)
    expect(counts.flatMap((count, at) => (count === 1 ? [at] : []))).toEqual([12, 25])
  })

  it('are a FrameError or frames, whatever bytes come; nothing else is ever thrown', () => {
    const plausible = fc
      .tuple(fc.nat(60), fc.integer({ min: 126, max: 138 }), fc.uint8Array({ maxLength: 60 }))
      .map(([length, type, rest]) => Buffer.concat([u(4, length), u(4, 1), u(1, type), rest]))
    fc.assert(
      fc.property(fc.array(fc.oneof(plausible, fc.uint8Array({ maxLength: 40 })), { maxLength: 5 }), (pieces) => {
        const reader = new FrameReader()
        try {
          for (const piece of pieces) reader.push(piece)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(FrameError)
        }
      }),
    )
  })

  it('longer than any of ours are refused before they are kept', () => {
    expect(() => new FrameReader().push(u(4, 128 * 1024 + 1))).not.toThrow()
    expect(() => new FrameReader().push(Buffer.concat([u(4, 128 * 1024 + 1), Buffer.alloc(5)]))).toThrow('more than a frame holds')
  })
})
