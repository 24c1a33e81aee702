import type { GradingEvent, SubmissionState } from './events.ts'
import type { Ledger } from './ledger.ts'

/** How long an event may wait for the next ones: nobody sees it, and most of a short grading is stored once, with its verdict. */
const GATHER_MS = 200

/**
 * Writes one attempt's events in the order they are added, together what comes within a moment or while the disk is busy.
 * `lost` is called once, when the submission turns out to belong to another attempt, or when the store fails.
 */
export class Journal {
  readonly #ledger: Pick<Ledger, 'append'>
  readonly #attempt: { readonly submission: string; readonly attempt: number }
  readonly #lost: (cause: unknown) => void
  #state: SubmissionState = 'preparing'
  #pending: GradingEvent[] = []
  #writing: Promise<void> | undefined
  /** Ends the wait for more. */
  #gathered = (): void => {}
  #ended = false

  constructor(
    ledger: Pick<Ledger, 'append'>,
    attempt: { readonly submission: string; readonly attempt: number },
    lost: (cause: unknown) => void,
  ) {
    this.#ledger = ledger
    this.#attempt = attempt
    this.#lost = lost
  }

  add(event: GradingEvent): void {
    if (this.#ended) return
    if (event.type === 'checking') this.#state = 'checking'
    this.#pending.push(event)
    this.#writing ??= this.#write()
  }

  /** Takes no more; waits for what is being written and hands back what is not, to be stored with the verdict. */
  async end(): Promise<readonly GradingEvent[]> {
    this.#ended = true
    const rest = this.#pending.splice(0)
    this.#gathered()
    await this.#writing
    return rest
  }

  async #write(): Promise<void> {
    try {
      await this.#gather()
      while (this.#pending.length > 0) {
        const events = this.#pending
        this.#pending = []
        if (await this.#ledger.append({ ...this.#attempt, state: this.#state, events })) continue
        this.#ended = true
        this.#lost(new Error('another worker took this submission over'))
        return
      }
    } catch (cause) {
      this.#ended = true
      this.#lost(cause)
    } finally {
      this.#writing = undefined
    }
  }

  async #gather(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, GATHER_MS)
    this.#gathered = resolve
    await promise
    clearTimeout(timer)
  }
}
