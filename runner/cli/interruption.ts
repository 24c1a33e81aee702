import { say } from './terminal.ts'

/** One press reaches us twice under npm: from the terminal and forwarded by npm, a few milliseconds apart. */
const SAME_PRESS_MS = 1000

export interface Interruption extends Disposable {
  /** Aborted by the first Ctrl+C or SIGTERM. */
  readonly signal: AbortSignal
  /** Resolves then. */
  readonly asked: Promise<void>
}

/**
 * The first Ctrl+C or SIGTERM asks to end in order; a second Ctrl+C ends at once, and what it leaves behind the next
 * start removes.
 */
export const interruption = ({ ending }: { readonly ending: string }): Interruption => {
  const stopping = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  let askedAt: number | undefined
  const ask = (name: NodeJS.Signals): void => {
    const now = performance.now()
    if (askedAt === undefined) {
      askedAt = now
      say(`${ending} (Ctrl+C again ends at once)`)
      stopping.abort(new DOMException('asked to stop', 'AbortError'))
      resolve()
    } else if (name === 'SIGINT' && now - askedAt > SAME_PRESS_MS) {
      process.exit(130)
    }
  }
  process.on('SIGINT', ask).on('SIGTERM', ask)
  return {
    signal: stopping.signal,
    asked: promise,
    [Symbol.dispose]: () => {
      process.off('SIGINT', ask).off('SIGTERM', ask)
    },
  }
}
