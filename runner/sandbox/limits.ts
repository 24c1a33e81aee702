import type { Limits } from './contract.ts'

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
