import type { CatalogueLab } from '../../labs/kit/catalogue.ts'
import type { Verdict } from '../../labs/kit/finding.ts'
import type { GradingEvent } from './events.ts'
import { grade } from './grade.ts'
import type { Drivers } from './place.ts'
import { seedOf } from './seed.ts'

/** A submission that is about to be stored. */
export interface Coming {
  readonly id: string
  readonly learner: string
  readonly lab: CatalogueLab
  readonly files: Readonly<Record<string, string>>
}

/** A grading that has begun while its submission is being stored. Nothing of it is stored or told until its job has been taken. */
export interface HeadStart {
  readonly learner: string
  readonly cutting: AbortController
  readonly verdict: Promise<Verdict>
  /** Hands over what has happened so far, and from now on what happens. */
  follow(emit: (event: GradingEvent) => void): void
}

export const startAhead = ({ id, learner, lab, files }: Coming, { driver, cluster }: Drivers): HeadStart => {
  const cutting = new AbortController()
  const early: GradingEvent[] = []
  let emit = (event: GradingEvent): void => void early.push(event)
  const verdict = grade(lab, files, {
    submission: id,
    driver,
    ...(cluster === undefined ? {} : { cluster }),
    seed: seedOf({ learner, lab: lab.lab.id }),
    emit: (event) => emit(event),
    signal: cutting.signal,
  })
  // Whoever takes the job over hears of a failure; a grading that nobody takes over has none to tell.
  verdict.catch(() => {})
  return {
    learner,
    cutting,
    verdict,
    follow(listener) {
      emit = listener
      for (const event of early.splice(0)) listener(event)
    },
  }
}
