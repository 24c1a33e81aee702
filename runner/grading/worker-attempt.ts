import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Catalogue } from '../../labs/kit/catalogue.ts'
import type { Verdict } from '../../labs/kit/finding.ts'
import { Fault } from '../fault.ts'
import type { Queue } from '../queue/queue.ts'
import { inTime } from '../sandbox/abortable.ts'
import type { Store } from '../store/store.ts'
import { type Begun, requeue } from '../store/submissions.ts'
import type { GradingEvent } from './events.ts'
import { grade, secondsOf } from './grade.ts'
import type { HeadStart } from './head-start.ts'
import type { Ledger, Taken } from './ledger.ts'
import type { Drivers } from './place.ts'
import { seedOf } from './seed.ts'
import { Journal } from './worker-journal.ts'

/** How often our failures are tried again before the learner is told. */
export const ATTEMPTS = 3

/** Seconds beyond a lab's own deadline after which a grading that does not end is taken for hung. */
const HUNG_AFTER_SECONDS = 60

export interface Attempting extends Drivers {
  readonly store: Store
  readonly queue: Queue
  readonly ledger: Ledger
  readonly catalogue: Catalogue
  readonly log: Logger
  /** Called once for each verdict that was stored. */
  readonly onVerdict?: (lab: string, verdict: Verdict) => void
}

/** Why a grading is cut short: the server stops, or the job belongs to another worker by now. */
export type Cut = 'stopping' | 'taken-over'

/**
 * Works on one job from its taking to its verdict, or back into the line. Never throws: what cannot be stored now is found
 * again when the lease ends.
 */
export const attempt = async (using: Attempting, { claim, begun }: Taken, cutting: AbortController, ahead?: HeadStart): Promise<void> => {
  const { store, queue, ledger, log } = using
  try {
    if (begun === undefined) {
      await ledger.finish({ claim })
      return
    }
    const { verdict, events } = await gradeOnce(using, begun, cutting, ahead)
    if (verdict !== 'again' && verdict !== 'cut') {
      const { id, attempt } = begun
      if (await ledger.finish({ claim, verdict: { id, attempt, events, verdict } })) using.onVerdict?.(begun.lab, verdict)
      return
    }
    if (cutting.signal.reason === ('taken-over' satisfies Cut)) return
    // An engine that is down for a moment should not use up all attempts within it; the slot is held, which also eases its load.
    if (verdict === 'again') await delay(2000 * begun.attempt, undefined, { signal: cutting.signal }).catch(() => {})
    await store.db.transaction().execute(async (tx) => {
      if (await requeue(tx, begun, verdict === 'cut')) await queue.giveBack(tx, claim)
    })
  } catch (thrown) {
    const fault = Fault.from(thrown, 'store.failed')
    log.error({ fault: fault.id, code: fault.code, submission: claim.submission, err: fault }, 'an attempt could not be stored')
  }
}

interface Graded {
  /** `again`: our failure, worth another attempt. `cut`: no failure, somebody wanted it to end. */
  readonly verdict: Verdict | 'again' | 'cut'
  /** What happened last, to be stored with it. */
  readonly events: readonly GradingEvent[]
}

const gradeOnce = async (using: Attempting, begun: Begun, cutting: AbortController, ahead: HeadStart | undefined): Promise<Graded> => {
  const { ledger, catalogue, driver, cluster, log } = using
  const journal = new Journal(ledger, { submission: begun.id, attempt: begun.attempt }, (cause) => cutting.abort(cause))
  try {
    if (begun.attempt > ATTEMPTS) throw new Fault('worker.lost', `${ATTEMPTS} attempts began and none ended`)
    journal.add({ type: 'preparing', attempt: begun.attempt })
    const lab = catalogue.find(begun.lab)
    if (lab === undefined) throw new Fault('lab.broken', `lab ${begun.lab} is no longer in the catalogue`)
    ahead?.follow((event) => journal.add(event))
    const grading =
      ahead?.verdict ??
      grade(lab, begun.files, {
        submission: begun.id,
        driver,
        ...(cluster === undefined ? {} : { cluster }),
        seed: seedOf(begun),
        onLeft: (err) => log.warn({ submission: begun.id, err }, 'a sandbox is left to the sweep'),
        emit: (event) => journal.add(event),
        signal: cutting.signal,
      })
    const verdict = await withoutHanging(grading, secondsOf(lab), cutting)
    const events = await journal.end()
    return { verdict: cutting.signal.aborted ? 'cut' : verdict, events }
  } catch (thrown) {
    const events = await journal.end()
    if (cutting.signal.aborted && !(cutting.signal.reason instanceof Fault)) return { verdict: 'cut', events }
    const fault = Fault.from(thrown)
    log.error(
      { fault: fault.id, code: fault.code, submission: begun.id, lab: begun.lab, attempt: begun.attempt, err: fault },
      'a grading failed',
    )
    if (begun.attempt < ATTEMPTS && fault.code !== 'lab.broken') return { verdict: 'again', events }
    return { verdict: { outcome: 'faulted', findings: [], ms: 0, fault: { code: fault.code, id: fault.id, fix: fault.fix } }, events }
  }
}

/** A grading that ignores its own deadline is cut, and where it ignores that too, left behind. */
const withoutHanging = (grading: Promise<Verdict>, seconds: number, cutting: AbortController): Promise<Verdict> =>
  inTime(grading, seconds + HUNG_AFTER_SECONDS, () => {
    const fault = new Fault('engine.timeout', `the grading did not end ${HUNG_AFTER_SECONDS} s after its deadline`)
    cutting.abort(fault)
    return fault
  })
