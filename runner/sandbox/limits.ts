import type { Ended, LimitName, Limits } from './contract.ts'

/** What a program may use where a lab does not say otherwise. */
export const DEFAULT_LIMITS: Limits = {
  wallSeconds: 10,
  memoryMiB: 128,
  cpus: 1,
  pids: 64,
  outputKiB: 1024,
  openFiles: 1024,
  diskMiB: 32,
  fileMiB: 16,
}

/** The defaults, with what the arguments state instead; a later argument wins. */
export const limitsOf = (...stated: readonly (Partial<Limits> | undefined)[]): Limits =>
  Object.assign({}, DEFAULT_LIMITS, ...stated.map((limits) => limits ?? {}))

/** An end by this limit, with what was allowed; of the disk, that of one file. */
export const endedBy = (limit: LimitName, limits: Limits): Extract<Ended, { by: 'limit' }> => {
  const { allowed, unit } = {
    time: { allowed: limits.wallSeconds, unit: 's' },
    memory: { allowed: limits.memoryMiB, unit: 'MiB' },
    pids: { allowed: limits.pids, unit: 'processes' },
    output: { allowed: limits.outputKiB, unit: 'KiB' },
    disk: { allowed: limits.fileMiB, unit: 'MiB' },
  }[limit] as { allowed: number; unit: Extract<Ended, { by: 'limit' }>['unit'] }
  return { by: 'limit', limit, allowed, unit }
}
