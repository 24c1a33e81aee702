import { availableParallelism, totalmem } from 'node:os'
import { type ProcessorTimes, processorTimes } from '../processor-times.ts'

/** How many gradings may run at the same time. */
export interface Slots {
  /** In any case. */
  readonly sure: number
  /** While the processors have time left. */
  readonly most: number
}

const BYTES_EACH = 2 ** 29

/**
 * Most of a grading is waiting for a program: twice the processors always, and four times as many while these wait more than they
 * work. Each may hold half a GiB of sandboxes.
 */
export const slotsOf = (processors = availableParallelism(), memoryBytes = totalmem()): Slots => {
  const held = Math.max(2, Math.min(64, Math.floor(memoryBytes / BYTES_EACH)))
  return { sure: Math.min(held, Math.max(2, processors * 2)), most: Math.min(held, Math.max(2, processors * 8)) }
}

/** How long the processors are looked at before one more begins. */
export const LOOK_SECONDS = 0.25
/** Of all processors: less than this and one more would take from those that run. */
const SPARE = 0.4

/** Whether the processors had time left since it was last asked; asked again too soon, no. */
export const spareProcessors = ({
  times = processorTimes,
  now = () => performance.now(),
}: {
  readonly times?: () => ProcessorTimes
  readonly now?: () => number
} = {}): (() => boolean) => {
  let before = { ...times(), at: now() }
  return () => {
    if (now() - before.at < LOOK_SECONDS * 1000) return false
    const after = { ...times(), at: now() }
    const share = (after.idle - before.idle) / Math.max(1, after.all - before.all)
    before = after
    return share >= SPARE
  }
}
