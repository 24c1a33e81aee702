import { constants } from 'node:os'
import type { Exit, Limits } from '../contract.ts'
import { endedBy } from '../limits.ts'

/** What an engine knows about the end of a container. */
export interface Ending {
  readonly code: number
  readonly outOfMemory: boolean
  readonly at: number
}

/** Of a program that SIGKILL ended. */
export const KILLED = 128 + constants.signals.SIGKILL
/** Of a program that wrote beyond its largest file. */
export const FILE_TOO_LARGE = 128 + constants.signals.SIGXFSZ

/**
 * Whether the kernel ended a container's first process for its memory. containerd may hear of the end before it hears why, or never
 * (https://github.com/containerd/containerd/issues/8180: 8 of 200 on a busy machine), but nothing inside can kill that process: a SIGKILL
 * that nobody outside sent was the kernel's. A program that gives itself this code is taken for one that was. Pure.
 */
export const isOutOfMemory = (code: number, { told, sent }: { readonly told: boolean; readonly sent: boolean }): boolean =>
  told || (code === KILLED && !sent)

/** Who ended it: ours is only what SIGKILL did, whether somebody wanted it or its output was too much. */
export const toExit = (
  { code, outOfMemory, at }: Ending,
  { killed, refused }: { readonly killed?: 'us' | 'output' | undefined; readonly refused: boolean },
  limits: Limits,
): Exit => {
  const why = (): Exit['by'] => {
    if (code === KILLED && killed) return killed
    if (code === 0) return 'itself'
    if (outOfMemory) return 'memory'
    if (code === FILE_TOO_LARGE) return 'disk'
    return refused ? 'pids' : 'itself'
  }
  const by = why()
  return { code, by, at, ...(by !== 'us' && by !== 'itself' && { limit: endedBy(by, limits) }) }
}
