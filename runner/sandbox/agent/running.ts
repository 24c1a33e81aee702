import { constants } from 'node:os'
import { Duplex } from 'node:stream'
import { Fault } from '../../fault.ts'
import { type Answer, type ExitFrame, type Scope, WINDOW_BYTES } from './frames.ts'

export type Stream = 'stdout' | 'stderr'
export type OutputListener = (stream: Stream, bytes: Uint8Array) => void

/** What a running command needs from its agent's client. */
export interface Wire {
  readonly input: (bytes: Uint8Array) => void
  readonly signal: (number: number, scope: Scope) => void
  /** Whether its end is the end of everything in the container. */
  readonly owner: boolean
}

interface Waiting {
  readonly bytes: Uint8Array
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** A command that an agent has been asked to run: its streams, and one promise of its end. */
export class Running {
  /** Resolves with its number in the container; rejects with a Fault when the agent ended first, and never resolves if it could not start. */
  readonly started: Promise<number>
  /** Resolves when it and, for an owner, everything else has ended and all its output has been handed out. Rejects when the agent ended first. */
  readonly exited: Promise<ExitFrame>
  readonly #started = Promise.withResolvers<number>()
  readonly #exited = Promise.withResolvers<ExitFrame>()
  readonly #wire: Wire
  #credit = WINDOW_BYTES
  #waiting: Waiting[] = []
  #inputEnded = false
  #endSent = false
  #over = false
  #early: { stream: Stream; bytes: Uint8Array }[] = []
  #listener: OutputListener = (stream, bytes) => this.#early.push({ stream, bytes })

  constructor(wire: Wire) {
    this.#wire = wire
    this.started = this.#started.promise
    this.exited = this.#exited.promise
    this.started.catch(() => {})
    this.exited.catch(() => {})
  }

  /** Hands every piece of output to the listener, first what came before; it replaces the listener before it. */
  onOutput(listener: OutputListener): void {
    this.#listener = listener
    for (const { stream, bytes } of this.#early.splice(0)) listener(stream, bytes)
  }

  /** Writes to its stdin; resolves when the agent may be given more. What a program does not read is no failure. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#over || this.#inputEnded || bytes.byteLength === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject })
      this.#pump()
    })
  }

  /** Closes its stdin after what has been written. */
  end(): void {
    if (this.#over || this.#inputEnded) return
    this.#inputEnded = true
    this.#pump()
  }

  /** Sends a signal to the process, to its group, or to everything in its container. One that has ended is no failure. */
  signal(name: NodeJS.Signals, scope: Scope = 'process'): void {
    if (!this.#over) this.#wire.signal(constants.signals[name], scope)
  }

  /** Kills it, with everything in the container if it owns that, else with its group. */
  kill(): void {
    this.signal('SIGKILL', this.#wire.owner ? 'everything' : 'group')
  }

  /** Its stdin and stdout as one stream, which ends when it does; destroying it kills it. Replaces the output listener. */
  duplex(): Duplex {
    const stream = new Duplex({
      read: () => {},
      write: (bytes: Buffer, _encoding, done) => void this.write(bytes).then(() => done(), done),
      final: (done) => {
        this.end()
        done()
      },
      destroy: (cause, done) => {
        this.kill()
        this.exited.then(
          () => done(cause),
          () => done(cause),
        )
      },
    })
    this.onOutput((from, bytes) => {
      if (from === 'stdout') stream.push(bytes)
    })
    this.exited.then(
      () => stream.push(null),
      (fault: Error) => stream.destroy(fault),
    )
    return stream
  }

  /** An answer of the agent that belongs to it. For the client. */
  take(answer: Answer): void {
    if (answer.type === 'stdout' || answer.type === 'stderr') this.#listener(answer.type, answer.bytes)
    else if (answer.type === 'started') this.#started.resolve(answer.pid)
    else if (answer.type === 'credit') {
      this.#credit += answer.bytes
      this.#pump()
    } else if (answer.type === 'exit') this.#finish(answer)
    // `done` answers a signal; one that came too late is no failure.
    else if (answer.type !== 'done') throw new RangeError(`"${answer.type}" is no answer to a command`)
  }

  /** The agent is gone. For the client. */
  fail(fault: Fault): void {
    this.#over = true
    for (const { reject } of this.#waiting.splice(0)) reject(fault)
    this.#started.reject(fault)
    this.#exited.reject(fault)
  }

  #finish(exit: ExitFrame): void {
    this.#over = true
    for (const { resolve } of this.#waiting.splice(0)) resolve()
    this.#exited.resolve(exit)
    // What could not start never says `started`; whoever waits for that must not wait for ever.
    this.#started.reject(new Fault('internal', `A command ended before it had started (error ${exit.errno}, line ${exit.line}).`))
  }

  #pump(): void {
    for (let first = this.#waiting[0]; first && this.#credit > 0; first = this.#waiting[0]) {
      const piece = first.bytes.subarray(0, this.#credit)
      this.#credit -= piece.byteLength
      this.#wire.input(piece)
      if (piece.byteLength < first.bytes.byteLength) this.#waiting[0] = { ...first, bytes: first.bytes.subarray(piece.byteLength) }
      else this.#waiting.shift()?.resolve()
    }
    if (!this.#inputEnded || this.#endSent || this.#waiting.length > 0) return
    this.#endSent = true
    this.#wire.input(new Uint8Array())
  }
}
