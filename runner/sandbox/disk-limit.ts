import type { Ended, Limits } from './contract.ts'

const TAIL_BYTES = 4096
const FULL = /No space left on device|Disk quota exceeded/i
const LARGE = /File too large/i

/**
 * How a program ended, where a full disk is what made it fail. The kernel tells only the program of that, so its last words are read:
 * whoever makes them up gets a limit in the place of a failure, which is no better. Pure.
 */
export const orDiskLimit = (ended: Ended, stderr: Uint8Array, limits: Limits): Ended => {
  if (ended.by !== 'itself' || ended.code === 0) return ended
  const last = Buffer.from(stderr.subarray(-TAIL_BYTES)).toString('latin1')
  if (FULL.test(last)) return { by: 'limit', limit: 'disk', allowed: limits.diskMiB, unit: 'MiB' }
  if (LARGE.test(last)) return { by: 'limit', limit: 'disk', allowed: limits.fileMiB, unit: 'MiB' }
  return ended
}
