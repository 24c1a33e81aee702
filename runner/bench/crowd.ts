import { proveIsolation } from './isolation.ts'
import { residentMiB } from './process-usage.ts'
import { PROGRAM } from './programs.ts'
import { costRow, machine } from './report.ts'
import { countingWrong, type Suite } from './suite.ts'

/** For each measurement asked for: 500 at once with the usual 40. */
const AT_ONCE_EACH = 12.5
const LOOK_MS = 250

/**
 * Far more submissions in the same instant than can run: all answered, memory flat. Whoever has several waits for their first, so some are
 * served later than others who were sent after them.
 */
export const benchCrowd: Suite = async ({ n, product, learner, onRound }) => {
  const { submit, wrong } = countingWrong(learner)
  await Promise.all(Array.from({ length: 32 }, () => submit(PROGRAM.hello)))
  const atOnce = Math.ceil(n * AT_ONCE_EACH)
  const before = residentMiB(product.pid)
  let most = before
  const looking = setInterval(() => {
    most = Math.max(most, residentMiB(product.pid))
  }, LOOK_MS)
  const order: number[] = []
  const began = performance.now()
  const served = async (_: unknown, place: number): Promise<number> => {
    await submit(PROGRAM.hello)
    order.push(place)
    onRound(order.length / atOnce)
    return performance.now() - began
  }
  const waits = await Promise.all(Array.from({ length: atOnce }, served)).finally(() => clearInterval(looking))
  const later = Math.max(...order.map((place, at) => at - place))
  return {
    suite: 'crowd',
    n: atOnce,
    machine: machine(),
    rows: [
      costRow(`last of ${atOnce} verdicts, beside the first`, 'ms', Math.max(...waits), Math.min(...waits)),
      costRow('most places that somebody was served later than sent', 'submissions', later, atOnce),
      costRow('most memory of the server meanwhile, beside before', 'MiB', most, before, { atMost: 1.25 }),
    ],
    wrongVerdicts: wrong(),
    isolation: await proveIsolation(learner),
  }
}
