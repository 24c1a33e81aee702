import { Fault } from '../fault.ts'
import { AgentRefusal } from './agent/client.ts'
import { execute } from './agent/exec.ts'
import type { Sandbox, SandboxSpec } from './contract.ts'
import { openTurn } from './in-turn.ts'
import { limitsOf } from './limits.ts'
import type { Shape, Slot } from './pool.ts'

/** What a sandbox needs to have in a slot, for every program that it runs unless that says otherwise. */
export const toShape = ({ image, limits }: SandboxSpec): Shape => {
  const { memoryMiB, cpus, pids, diskMiB } = limitsOf(limits)
  return { image, limits: { memoryMiB, cpus, pids, diskMiB } }
}

export interface WarmParts {
  readonly slot: Slot
  readonly spec: SandboxSpec
  /** What every program gets beside its own variables. */
  readonly environment: Readonly<Record<string, string>>
  readonly isBelow: (path: string) => boolean
  /** Opens a sandbox of the same spec that can do what a slot cannot: services, traffic, builds. */
  readonly openCold: () => Promise<Sandbox>
  /** Called once, when the sandbox has been disposed of. */
  readonly release: () => void
}

const MIB = 1024 * 1024
const SCRIPT = Buffer.from('#!')

/**
 * A sandbox without a network, in a slot of its own. Programs run one after the other in the order of the calls; when one has
 * ended, every process that it started has ended too. Files stay until the sandbox is disposed of. What needs more than a slot
 * is done by a cold sandbox beside it, opened when it is first asked for.
 */
export const toWarmSandbox = ({ slot, spec, environment, isBelow, openCold, release }: WarmParts): Sandbox => {
  const after = openTurn()
  let size = JSON.stringify(toShape(spec).limits)
  let disposed = false
  const open = () => {
    if (disposed) throw new Fault('internal', 'The sandbox was used after it was disposed of.')
  }
  const fit = async (limits: Shape['limits']): Promise<void> => {
    const wanted = JSON.stringify(limits)
    if (wanted === size) return
    await slot.resize(limits)
    size = wanted
  }
  let beside: Promise<Sandbox> | undefined
  const cold = () => {
    open()
    beside ??= openCold()
    return beside
  }

  return {
    id: slot.id,
    gaps: [],
    async write(files, { signal } = {}) {
      open()
      signal?.throwIfAborted()
      for (const path of Object.keys(files))
        if (!isBelow(path)) throw new TypeError(`Not a path below the working directory: ${JSON.stringify(path)}`)
      const written = Object.entries(files).map(async ([path, content]) => {
        const bytes = Buffer.from(content as Uint8Array)
        await slot.agent.write(path, bytes, { mode: bytes.subarray(0, 2).equals(SCRIPT) ? 0o755 : 0o644, ...(signal && { signal }) })
      })
      for (const outcome of await Promise.allSettled(written)) {
        if (outcome.status === 'rejected')
          throw outcome.reason instanceof AgentRefusal ? Fault.from(outcome.reason, 'engine.failed') : outcome.reason
      }
    },
    async read(path, { signal } = {}) {
      open()
      if (!isBelow(path)) return undefined
      const found = await slot.agent.read(path, { mostBytes: limitsOf(spec.limits).fileMiB * MIB, ...(signal && { signal }) })
      return found && new Uint8Array(found)
    },
    exec(command, { limits, env, ...rest } = {}) {
      return after(async () => {
        open()
        rest.signal?.throwIfAborted()
        const allowed = limitsOf(spec.limits, limits)
        await fit(toShape({ ...spec, limits: { ...allowed, diskMiB: limitsOf(spec.limits).diskMiB } }).limits)
        return execute(slot.agent, command, allowed, { ...rest, env: { ...environment, ...env } })
      })
    },
    start: async (service, o) => (await cold()).start(service, o),
    build: async (context, o) => (await cold()).build(context, o),
    traffic: async (plan, o) => (await cold()).traffic(plan, o),
    async [Symbol.asyncDispose]() {
      if (disposed) return
      disposed = true
      release()
      const opened = await beside?.catch(() => undefined)
      await opened?.[Symbol.asyncDispose]()
    },
  }
}
