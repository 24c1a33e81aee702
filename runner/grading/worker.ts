import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../fault.ts'
import { BEAT_SECONDS, type Claim, JOBS_CHANNEL } from '../queue/queue.ts'
import { type Coming, type HeadStart, startAhead } from './head-start.ts'
import { openLedger, type Taken } from './ledger.ts'
import { LOOK_SECONDS, type Slots, spareProcessors } from './slots.ts'
import { type Attempting, attempt, type Cut } from './worker-attempt.ts'

/** Seconds after which the line is looked at without having been told to: a notice may have been lost, a lease have ended. */
const BACKSTOP_SECONDS = 5

/** Seconds that a grading which was cut may take to clean up; its job is taken back at the next start if it takes longer. */
const CUT_SECONDS = 15

export interface Worker extends AsyncDisposable {
  readonly running: number
  /**
   * Begins the grading of a submission that is still being stored, where its turn would come at once. Whoever asked says whether it
   * was stored; then its job is taken as any other, and the grading with it. Disposed of before, it ends unheard.
   */
  startAhead(coming: Coming): Ahead
  /** Takes no more; gives what runs some time to end, then puts the rest back in line. */
  drain(o: { readonly graceSeconds: number }): Promise<void>
}

export interface Ahead extends Disposable {
  stored(): void
}

/** For when nothing can begin before its time. */
export const NOT_AHEAD: Ahead = { stored: () => {}, [Symbol.dispose]: () => {} }

/** Starts to take jobs from the queue. Disposing is draining without grace. */
export const startWorker = async (
  options: Omit<Attempting, 'ledger'> & { readonly slots: Slots; readonly perLearner: number },
): Promise<Worker> => {
  const { store, queue, log, slots, perLearner } = options
  const ledger = openLedger(store, queue)
  const using: Attempting = { ...options, ledger }
  const running = new Map<Claim, { readonly cutting: AbortController; readonly ended: Promise<void>; readonly learner?: string }>()
  const heads = new Map<string, HeadStart>()
  const stopping = new AbortController()
  let wake = Promise.withResolvers<void>()
  const look = (): void => wake.resolve()
  const listening = await store.listen(JOBS_CHANNEL, { notice: look, missed: look })

  /** Whether the line may hold more than was taken of it. What comes after that is told. */
  let more = true

  const begin = (taken: Taken): void => {
    const { claim } = taken
    const head = heads.get(claim.submission)
    heads.delete(claim.submission)
    const cutting = head?.cutting ?? new AbortController()
    const ended = attempt(using, taken, cutting, head).finally(() => {
      // Where the attempt could not begin, nobody waits for what its head start does.
      cutting.abort('stopping' satisfies Cut)
      running.delete(claim)
      if (more) look()
    })
    running.set(claim, { cutting, ended, ...(head && { learner: head.learner }) })
  }

  /** Nobody else may take its job meanwhile, nobody may be waiting for a turn, and the learner may have no more than is allowed. */
  const mayStartAhead = ({ learner }: Coming): boolean => {
    const begun = [...running.values(), ...heads.values()]
    return (
      store.engine.kind === 'pglite' &&
      !stopping.signal.aborted &&
      !more &&
      begun.length < slots.sure &&
      begun.every((each) => each.learner !== undefined) &&
      begun.filter((each) => each.learner === learner).length < perLearner
    )
  }

  const spare = spareProcessors()
  /** How many may run now: beyond those that always may, one more at each look that finds the processors waiting. */
  const room = (): number => {
    if (running.size < slots.sure) return slots.sure
    return running.size < slots.most && spare() ? running.size + 1 : running.size
  }

  const take = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      wake = Promise.withResolvers<void>()
      try {
        const free = room() - running.size
        const jobs = free > 0 ? await ledger.take(free) : []
        more = jobs.length === free
        for (const taken of jobs) begin(taken)
        if (jobs.length > 0 && more) continue
      } catch (thrown) {
        const fault = Fault.from(thrown, 'store.failed')
        log.error({ fault: fault.id, code: fault.code, err: fault }, 'no job could be taken')
      }
      const mayHaveRoom = more && running.size < slots.most
      await Promise.race([wake.promise, pause(mayHaveRoom ? LOOK_SECONDS : BACKSTOP_SECONDS, stopping.signal)])
    }
  }

  const beat = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await pause(BEAT_SECONDS, stopped.signal)
      try {
        for (const claim of await queue.beat([...running.keys()])) running.get(claim)?.cutting.abort('taken-over' satisfies Cut)
      } catch (thrown) {
        log.error({ err: Fault.from(thrown, 'store.failed') }, 'no heartbeat could be stored')
      }
    }
  }
  const stopped = new AbortController()
  const taking = take()
  const beating = beat()

  const drain = async ({ graceSeconds }: { graceSeconds: number }): Promise<void> => {
    stopping.abort()
    await taking
    const ahead = [...heads.values()]
    for (const { cutting } of ahead) cutting.abort('stopping' satisfies Cut)
    const all = (): Promise<unknown> =>
      Promise.all([...[...running.values()].map(({ ended }) => ended), ...ahead.map(({ verdict }) => verdict.catch(() => {}))])
    await Promise.race([all(), pause(graceSeconds, stopped.signal)])
    for (const { cutting } of running.values()) cutting.abort('stopping' satisfies Cut)
    await Promise.race([all(), pause(CUT_SECONDS, stopped.signal)])
    stopped.abort()
    await beating
    await listening[Symbol.asyncDispose]()
  }
  let drained: Promise<void> | undefined
  const once = (graceSeconds: number): Promise<void> => {
    drained ??= drain({ graceSeconds })
    return drained
  }
  return {
    get running() {
      return running.size
    },
    startAhead(coming) {
      if (!mayStartAhead(coming)) return NOT_AHEAD
      const head = startAhead(coming, using)
      heads.set(coming.id, head)
      let kept = false
      return {
        stored: () => {
          kept = true
        },
        [Symbol.dispose]: () => {
          if (kept) return
          heads.delete(coming.id)
          head.cutting.abort('stopping' satisfies Cut)
        },
      }
    },
    drain: ({ graceSeconds }) => once(graceSeconds),
    [Symbol.asyncDispose]: () => once(0),
  }
}

const pause = (seconds: number, signal: AbortSignal): Promise<void> => delay(seconds * 1000, undefined, { signal }).catch(() => {})
