import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { calm } from './calm.ts'
import { proveIsolation } from './isolation.ts'
import { processorSeconds, residentMiB } from './process-usage.ts'
import { PROGRAM } from './programs.ts'
import { costRow, machine } from './report.ts'
import { countingWrong, type Suite } from './suite.ts'

/** With fewer measurements asked for, a shorter look; the longest sees every timer of the server at least once. */
const SECONDS_EACH = 1.75
const MOST_SECONDS = 70
/** What starting and grading leave to be done, compiling above all, is over after this long. */
const REST_SECONDS = 20
/** Above it nothing more than noise can be said to have been used. */
const NOISE_PERCENT = 0.5

/** A server that nobody uses, with what an earlier use left in it, beside a Node that does nothing at all. */
export const benchIdle: Suite = async ({ n, product, learner, path, onRound, signal }) => {
  const { submit, wrong } = countingWrong(learner)
  await Promise.all(Array.from({ length: 8 }, () => submit(PROGRAM.hello)))
  await calm()
  const seconds = Math.min(MOST_SECONDS, n * SECONDS_EACH)
  const nothing = spawn(process.execPath, ['-e', 'setInterval(() => {}, 2 ** 30)'], { env: { PATH: path }, stdio: 'ignore' })
  try {
    await once(nothing, 'spawn')
    await delay(REST_SECONDS * 1000, undefined, { signal })
    const pids = [product.pid, nothing.pid ?? 0] as const
    const before = pids.map(processorSeconds)
    const began = performance.now()
    for (let part = 1; part <= 10; part += 1) {
      await delay((seconds / 10) * 1000, undefined, { signal })
      onRound(part / 10)
    }
    const elapsed = (performance.now() - began) / 1000
    const [ours = 0, floor = 0] = pids.map((pid, at) => ((processorSeconds(pid) - (before[at] ?? 0)) / elapsed) * 100)
    return {
      suite: 'idle',
      n: 1,
      machine: machine(),
      rows: [
        costRow(`processor time of an idle server over ${Math.round(elapsed)} s`, '% of a processor', ours, floor, { upTo: NOISE_PERCENT }),
        costRow('memory of an idle server with its embedded store', 'MiB', residentMiB(product.pid), residentMiB(pids[1]), { upTo: 450 }),
      ],
      wrongVerdicts: wrong(),
      isolation: await proveIsolation(learner),
    }
  } finally {
    nothing.kill('SIGKILL')
  }
}
