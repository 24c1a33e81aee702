import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { Fault } from '../../fault.ts'
import { unlessAborted } from '../abortable.ts'
import type { Abortable } from '../contract.ts'
import { type Answer, type Entry, encode, FrameReader, MOST_COMMANDS, PIECE_BYTES, type Request, type RunRequest } from './frames.ts'
import { Running } from './running.ts'

/** What a command may be given; what is left out is the agent's strictest. */
export interface CommandOptions extends Abortable {
  readonly env?: RunRequest['env']
  readonly folder?: string
  readonly rlimits?: RunRequest['rlimits']
  /** Wall-clock time after which the agent ends it; absent: never. */
  readonly wallMs?: number
  /** Bytes of both streams together after which the agent ends it; absent: never. */
  readonly outputBytes?: number
  /** When it ends, every other process of the container ends first, whoever started it. Default: false. */
  readonly owner?: boolean
}

/** The agent's limit on a whole second agent in namespaces of its own. */
export interface NestOptions extends Abortable {
  readonly wallMs?: number
  /** Size of its working folder, of its /tmp and of its /dev/shm, each. */
  readonly diskMiB: number
  readonly inodes: number
}

export interface Agent extends AsyncDisposable {
  /** Resolves when the agent has said that it runs; `Fault` `engine.timeout` when it does not within its time. */
  ready(o?: Abortable): Promise<Extract<Answer, { type: 'ready' }>>
  /** A new file below the working folder in place of whatever has its name. Throws `AgentRefusal`. */
  write(path: string, bytes: Uint8Array, o?: Abortable & { readonly mode?: number }): Promise<void>
  /** A regular file's bytes, at most so many; undefined where there is none, or a link, or anything else. */
  read(path: string, o: Abortable & { readonly mostBytes: number }): Promise<Uint8Array | undefined>
  /** One folder's entries; `''` is the working folder. `more` when there are more than an answer holds. */
  list(path: string, o?: Abortable): Promise<{ readonly entries: readonly Entry[]; readonly more: boolean }>
  /** Starts a program whose streams and end are the caller's to follow. An aborted signal ends it. */
  start(command: readonly string[], o?: CommandOptions): Running
  /** A second agent in fresh namespaces, where this one was started to have it. Ends with its disposal. */
  nest(o: NestOptions): Agent
  /** Resolves when the agent has ended, whoever ended it. */
  readonly ended: Promise<void>
  /** Ends the agent, and with it everything in its container or namespaces. Idempotent. */
  [Symbol.asyncDispose](): Promise<void>
}

/** The agent's system said no to a request that was well formed: a full disk, a name that is too long, a folder in the way. */
export class AgentRefusal extends Error {
  override readonly name = 'AgentRefusal'
  readonly errno: number

  constructor(what: string, errno: number) {
    super(`The agent could not ${what}: error ${errno}.`)
    this.errno = errno
  }
}

const ANSWER_SECONDS = 10
/** ENOENT, ENOTDIR, ELOOP, ENXIO and EINVAL: nothing there that counts as a file. */
const NO_FILE: ReadonlySet<number> = new Set([2, 20, 40, 6, 22])

type Expecting = { readonly resolve: (answer: Answer) => void; readonly reject: (reason: unknown) => void }

/**
 * The agent at the other end of a stream. Requests may overlap; the agent takes them in the order of the calls. When the stream
 * ends, breaks or carries what is no frame, everything pending and every later call rejects with one `Fault` `engine.failed`.
 */
export const agentOver = (stream: Duplex, { answerSeconds = ANSWER_SECONDS }: { readonly answerSeconds?: number } = {}): Agent => {
  const frames = new FrameReader()
  const expecting = new Map<number, Expecting>()
  const running = new Map<number, Running>()
  let nextId = 1
  let dead: Fault | undefined
  const ended = Promise.withResolvers<void>()

  const die = (message: string, cause?: unknown): void => {
    if (dead) return
    dead = new Fault('engine.failed', message, cause === undefined ? undefined : { cause })
    for (const { reject } of expecting.values()) reject(dead)
    for (const command of running.values()) command.fail(dead)
    expecting.clear()
    running.clear()
    stream.destroy()
    ended.resolve()
  }
  stream.on('data', (bytes: Buffer) => {
    try {
      for (const { id, answer } of frames.push(bytes)) take(id, answer)
    } catch (thrown) {
      die('The agent sent what is no frame.', thrown)
    }
  })
  stream.on('error', (cause) => die('The stream to the agent broke.', cause))
  stream.on('close', () => die('The agent ended.'))
  stream.on('end', () => die('The agent ended.'))

  const take = (id: number, answer: Answer): void => {
    const command = running.get(id)
    if (command) {
      command.take(answer)
      if (answer.type === 'exit') running.delete(id)
      return
    }
    expecting.get(id)?.resolve(answer)
    expecting.delete(id)
  }
  const newId = (): number => {
    const id = nextId
    nextId = (nextId % 0xffff_fffe) + 1
    return id
  }
  const send = (id: number, request: Request): void => {
    if (dead) throw dead
    stream.write(encode(id, request))
  }
  const answerTo = async (id: number, what: string, signal: AbortSignal | undefined): Promise<Answer> => {
    if (dead) throw dead
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    expecting.set(id, { resolve, reject })
    const late = setTimeout(
      () => reject(new Fault('engine.timeout', `The agent did not ${what} within ${answerSeconds} s.`)),
      answerSeconds * 1000,
    )
    const abort = () => reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await promise
    } finally {
      clearTimeout(late)
      signal?.removeEventListener('abort', abort)
      expecting.delete(id)
    }
  }
  const ask = async (request: Request, what: string, signal?: AbortSignal): Promise<Answer> => {
    signal?.throwIfAborted()
    const id = newId()
    send(id, request)
    return answerTo(id, what, signal)
  }
  // The agent speaks first, perhaps before anyone asks.
  const readiness = answerTo(0, 'start', undefined)
  readiness.catch(() => {})

  const begin = (request: Extract<Request, { type: 'run' | 'nest' }>, signal: AbortSignal | undefined): Running => {
    if (dead) throw dead
    signal?.throwIfAborted()
    if (running.size >= MOST_COMMANDS) throw new Fault('internal', `One agent runs at most ${MOST_COMMANDS} commands at once.`)
    const id = newId()
    const command = new Running({
      input: (bytes) => send(id, { type: 'input', bytes }),
      signal: (number, scope) => send(id, { type: 'signal', signal: number, scope }),
      owner: request.type === 'run' && request.owner,
    })
    running.set(id, command)
    send(id, request)
    const kill = () => command.kill()
    signal?.addEventListener('abort', kill, { once: true })
    const forget = () => signal?.removeEventListener('abort', kill)
    command.exited.then(forget, forget)
    return command
  }

  return {
    ended: ended.promise,
    async ready({ signal } = {}) {
      const answer = await unlessAborted(readiness, signal)
      if (answer.type !== 'ready') throw new Fault('engine.failed', `The agent said ${answer.type} before it was ready.`)
      return answer
    },
    async write(path, bytes, { signal, mode = 0o644 } = {}) {
      for (let at = 0; at === 0 || at < bytes.byteLength; at += PIECE_BYTES) {
        const request: Request = { type: 'put', path, mode, append: at > 0, bytes: bytes.subarray(at, at + PIECE_BYTES) }
        const answer = await ask(request, 'write a file', signal)
        if (answer.type !== 'done' || answer.errno !== 0)
          throw new AgentRefusal(`write ${JSON.stringify(path)}`, answer.type === 'done' ? answer.errno : 0)
      }
    },
    async read(path, { signal, mostBytes }) {
      const pieces: Uint8Array[] = []
      for (let at = 0; ; ) {
        const answer = await ask({ type: 'get', path, offset: at, most: Math.min(PIECE_BYTES, mostBytes - at) }, 'read a file', signal)
        if (answer.type === 'done' && NO_FILE.has(answer.errno)) return undefined
        if (answer.type !== 'data') throw new AgentRefusal(`read ${JSON.stringify(path)}`, answer.type === 'done' ? answer.errno : 0)
        pieces.push(answer.bytes)
        at += answer.bytes.byteLength
        if (answer.bytes.byteLength === 0 || at >= answer.size || at >= mostBytes) return Buffer.concat(pieces)
      }
    },
    async list(path, { signal } = {}) {
      const answer = await ask({ type: 'list', path }, 'list a folder', signal)
      if (answer.type !== 'entries') throw new AgentRefusal(`list ${JSON.stringify(path)}`, answer.type === 'done' ? answer.errno : 0)
      return answer
    },
    start: (command, { signal, env = {}, folder = '', rlimits = {}, wallMs = 0, outputBytes = 0, owner = false } = {}) =>
      begin({ type: 'run', command, env, folder, rlimits, wallMs, outputBytes, owner, stdin: 'open' }, signal),
    nest: ({ signal, wallMs = 0, diskMiB, inodes }) =>
      agentOver(begin({ type: 'nest', wallMs, diskKiB: diskMiB * 1024, inodes }, signal).duplex(), { answerSeconds }),
    async [Symbol.asyncDispose]() {
      const closed = stream.closed ? undefined : once(stream, 'close')
      die('The agent was ended.')
      await closed
    },
  }
}
