import { appendEvents } from '../store/events.ts'
import type { Db } from '../store/store.ts'
import type { GradingEvent, SubmissionState } from './events.ts'

/**
 * Writes one attempt's events in the order they are added, several at a time when they come faster than the disk takes them.
 * `lost` is called once, when the submission turns out to belong to another attempt, or when the store fails.
 */
export class Journal {
  readonly #db: Db
  readonly #attempt: { readonly submission: string; readonly attempt: number }
  readonly #lost: (cause: unknown) => void
  #state: SubmissionState = 'preparing'
  #pending: GradingEvent[] = []
  #writing: Promise<void> | undefined
  #ended = false

  constructor(db: Db, attempt: { readonly submission: string; readonly attempt: number }, lost: (cause: unknown) => void) {
    this.#db = db
    this.#attempt = attempt
    this.#lost = lost
  }

  add(event: GradingEvent): void {
    if (this.#ended) return
    if (event.type === 'checking') this.#state = 'checking'
    this.#pending.push(event)
    this.#writing ??= this.#write()
  }

  /** Resolves when everything added so far is stored, or was lost. */
  async settled(): Promise<void> {
    await this.#writing
  }

  /** Adds no more; waits for what is being written. */
  async end(): Promise<void> {
    this.#ended = true
    await this.#writing
  }

  async #write(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        const events = this.#pending
        this.#pending = []
        if (await appendEvents(this.#db, this.#attempt, this.#state, events)) continue
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
}
