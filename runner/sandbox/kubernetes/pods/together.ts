import { execute } from '../../agent/exec.ts'
import { ENVIRONMENT } from '../../container/program.ts'
import type { ExecOptions, ExecResult, Limits, SandboxSpec } from '../../contract.ts'
import { limitsOf } from '../../limits.ts'
import type { Slot } from '../../pool.ts'

type Size = Pick<Limits, 'memoryMiB' | 'cpus'>
const same = (a: Size, b: Size): boolean => a.memoryMiB === b.memoryMiB && a.cpus === b.cpus

/**
 * Runs programs in one Pod, several at once where they ask for the same memory and processors, because these are the Pod's. What they
 * leave running ends with the last of them. The files are the Pod's too, so that programs cannot have one each.
 */
export const runTogether = (slot: Slot, spec: SandboxSpec): ((command: readonly string[], o?: ExecOptions) => Promise<ExecResult>) => {
  let size: Size = limitsOf(spec.limits)
  let running = 0
  /** Settles when the Pod has another size, or is empty again: nothing may begin meanwhile. */
  let changing: Promise<void> | undefined
  let left = Promise.withResolvers<void>()
  const change = async (what: () => Promise<void>): Promise<void> => {
    const changed = what().finally(() => {
      changing = undefined
    })
    changing = changed.catch(() => {})
    await changed
  }
  const enter = async (wanted: Limits): Promise<void> => {
    for (;;) {
      if (changing) await changing
      else if (same(size, wanted)) break
      else if (running > 0) await left.promise
      else
        await change(async () => {
          await slot.resize(wanted)
          size = wanted
        })
    }
    running += 1
  }
  const leave = async (): Promise<void> => {
    running -= 1
    left.resolve()
    left = Promise.withResolvers()
    if (running > 0) return
    // The end of an owner is the end of everything else in the container.
    await change(async () => void (await execute(slot.agent, ['true'], limitsOf(spec.limits), { env: ENVIRONMENT })))
  }
  return async (command, { limits, env, ...rest } = {}) => {
    rest.signal?.throwIfAborted()
    const allowed = limitsOf(spec.limits, limits)
    await enter(allowed)
    try {
      return await execute(slot.agent, command, allowed, { ...rest, env: { ...ENVIRONMENT, ...env }, owner: false })
    } finally {
      // Who is gone cannot be emptied; the next program is told.
      await leave().catch(() => {})
    }
  }
}
