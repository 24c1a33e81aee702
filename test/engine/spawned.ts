import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { browserAt } from '../unit/http/harbour.ts'

/** A server in a process of its own. */
export interface Spawned {
  readonly url: string
  /** Ends it without a word. */
  kill(): Promise<void>
  /** Asks it to end; resolves to how it did. */
  stop(): Promise<readonly unknown[]>
}

/** Starts `crash-server.ts` with these arguments and waits for its address. */
export const spawnServer = (...args: readonly string[]): Promise<Spawned> =>
  spawnProgram(join(import.meta.dirname, 'crash-server.ts'), ...args)

/** Starts a program that is a server, and waits for the address that it prints. */
export const spawnProgram = async (program: string, ...args: readonly string[]): Promise<Spawned> => {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const end = (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal)
    return exited
  }
  const [line] = (await Promise.race([
    once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data'),
    exited.then(() => Promise.reject(new Error('the server did not start'))),
  ])) as [Buffer]
  return { url: line.toString().trim(), kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') }
}

/** One submission that was answered with 202. */
export interface Accepted {
  readonly id: string
  readonly learner: number
  readonly work: Work
}

export interface Work {
  readonly lab: string
  readonly files: Readonly<Record<string, string>>
  /** What its verdict may be, whatever was killed meanwhile. */
  readonly outcomes: readonly string[]
}

/** Learners who each send one piece of work after the other, and keep their cookies from server to server. */
export class Crowd {
  readonly accepted: Accepted[] = []
  readonly #cookies: string[] = []
  readonly #learners: number
  readonly #works: readonly Work[]

  constructor(learners: number, works: readonly Work[]) {
    this.#learners = learners
    this.#works = works
  }

  browser(url: string, learner: number): ReturnType<typeof browserAt> {
    const cookie = this.#cookies[learner]
    return browserAt(url, cookie === undefined ? {} : { cookie })
  }

  /** Sends until `signal`, or until the server is dead: what it did not answer with 202 was not accepted. At most `most` each wait. */
  async send(
    url: string,
    { signal, most = Number.POSITIVE_INFINITY }: { readonly signal?: AbortSignal; readonly most?: number } = {},
  ): Promise<void> {
    await Promise.all(
      Array.from({ length: this.#learners }, async (_, learner) => {
        const ask = this.browser(url, learner)
        let waiting: string[] = []
        try {
          if (this.#cookies[learner] === undefined) {
            await ask('/api/labs')
            this.#cookies[learner] = ask.cookie()
          }
          for (let i = 0; !signal?.aborted; i += 1) {
            const work = this.#works[(i + learner) % this.#works.length]
            if (work === undefined) throw new Error('there is no work')
            const { lab, files } = work
            const sent = await ask('/api/submissions', { json: { lab, files, language: 'en' } })
            if (sent.status !== 202) await delay(20)
            else {
              const { id } = (await sent.json()) as { id: string }
              this.accepted.push({ id, learner, work })
              waiting.push(id)
            }
            while (waiting.length >= most && !signal?.aborted) {
              await delay(50)
              const states = await Promise.all(
                waiting.map(async (id) => ((await (await ask(`/api/submissions/${id}`)).json()) as { state: string }).state),
              )
              waiting = waiting.filter((_, at) => states[at] !== 'done')
            }
          }
        } catch {
          // The connection went with the server.
        }
      }),
    )
  }

  /** Resolves when at least so many have been accepted. */
  async reached(count: number): Promise<void> {
    while (this.accepted.length < count) await delay(1)
  }
}
