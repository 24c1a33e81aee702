import { nanoid } from 'nanoid'
import type { CatalogueLab, LabFolder } from '../../labs/kit/catalogue.ts'
import type { Verdict } from '../../labs/kit/finding.ts'
import { Fault } from '../fault.ts'
import type { GradingEvent } from '../grading/events.ts'
import { grade } from '../grading/grade.ts'
import type { Drivers } from '../grading/place.ts'

/** Grades without queue and store; a fault becomes a `faulted` verdict, as it would for a learner. */
export const gradeOnce = async (
  lab: CatalogueLab,
  files: LabFolder,
  {
    driver,
    cluster,
    signal,
    emit = () => {},
    seed = 1,
  }: Drivers & { signal: AbortSignal; emit?: (event: GradingEvent) => void; seed?: number },
): Promise<Verdict> => {
  const began = performance.now()
  try {
    return await grade(lab, files, {
      submission: `cli-${nanoid(10)}`,
      driver,
      ...(cluster === undefined ? {} : { cluster }),
      seed,
      emit,
      signal,
    })
  } catch (thrown) {
    signal.throwIfAborted()
    const { code, id, fix, message } = Fault.from(thrown)
    console.error(`${id} ${code}: ${message}`)
    return { outcome: 'faulted', findings: [], ms: performance.now() - began, fault: { code, id, fix } }
  }
}
