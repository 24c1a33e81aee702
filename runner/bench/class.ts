import { type LabFolder, loadCatalogue } from '../../labs/kit/catalogue.ts'
import { calm } from './calm.ts'
import { proveIsolation } from './isolation.ts'
import { costRow, machine, median } from './report.ts'
import { CannotRun, type Suite } from './suite.ts'

const LAB = 'graceful-stop'
const ALONE = 3
/** Every other learner hands in this one, so that no verdict can be that of a neighbour. */
const MISTAKE = 'no-handler'

/** A class presses Check in the same instant, beside one learner alone: how long the last one waits, and whether all are told the truth. */
export const benchClassAtOnce: Suite = async ({ n, learner, onRound }) => {
  const found = (await loadCatalogue()).find(LAB)
  if (found === undefined) throw new CannotRun(`There is no lab ${LAB}.`)
  const { lab, solution, mistakes } = found
  const editable = (files: LabFolder = {}): LabFolder =>
    Object.fromEntries(Object.entries(files).filter(([path]) => lab.files[path] === 'edit'))
  const [right, wrong] = [editable(solution), editable(mistakes[MISTAKE])]
  let wrongVerdicts = 0
  const submit = async (files: LabFolder): Promise<number> => {
    const { ms, verdict } = await learner.submit(lab.id, files)
    if (verdict.outcome !== (files === right ? 'passed' : 'failed')) wrongVerdicts += 1
    return ms
  }
  const alone: number[] = []
  await submit(right)
  for (let i = 0; i < ALONE; i += 1) {
    await calm()
    alone.push(await submit(right))
    onRound(((i + 1) / ALONE) * 0.3)
  }
  await calm()
  const waits = await Promise.all(Array.from({ length: n }, (_, number) => submit(number % 2 === 0 ? right : wrong)))
  return {
    suite: 'class',
    n,
    machine: machine(),
    rows: [
      costRow(`last of ${n} verdicts of ${LAB}, beside one alone`, 'ms', Math.max(...waits), median(alone), { atMost: 4 }),
      costRow(`verdict p50 of ${n} at once, beside one alone`, 'ms', median(waits), median(alone)),
    ],
    wrongVerdicts,
    isolation: await proveIsolation(learner),
  }
}
