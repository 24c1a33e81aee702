import { setTimeout as delay } from 'node:timers/promises'
import { processorTimes } from '../processor-times.ts'

const LOOK_MS = 200
/** Looks in a row at which this share of the processors must have been idle. */
const LOOKS = 2
const IDLE = 0.75
const MOST_MS = 5_000

/**
 * Waits until the processors are idle, so that nothing that one measurement left to be done in the background is paid for by the
 * next, whose ever it is. After a while it goes on all the same: another program may be running here.
 */
export const calm = async ({ mostMs = MOST_MS } = {}): Promise<void> => {
  const until = performance.now() + mostMs
  for (let idle = 0; idle < LOOKS && performance.now() < until; ) {
    const before = processorTimes()
    await delay(LOOK_MS)
    const after = processorTimes()
    idle = (after.idle - before.idle) / Math.max(1, after.all - before.all) >= IDLE ? idle + 1 : 0
  }
}
