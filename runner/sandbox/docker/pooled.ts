import { availableParallelism } from 'node:os'
import { customAlphabet } from 'nanoid'
import { Fault } from '../../fault.ts'
import type { Probed, SandboxDriver } from '../contract.ts'
import { openPool, type Slot } from '../pool.ts'
import { toShape, toWarmSandbox } from '../warm-sandbox.ts'
import { isBelow } from './archive.ts'
import { ENVIRONMENT } from './container.ts'
import { type DockerDriverOptions, dockerDriver, toReference } from './driver.ts'
import { connectEngine } from './engine.ts'
import { startWarm } from './warm.ts'

const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 10)

/** Most slots in waiting; each costs about 3 MiB above its programs. */
const MOST_SLOTS = 64
/** How long an engine that answered counts as there; what it then refuses is a fault of its own. */
const PROBE_MS = 5_000

export interface PooledOptions extends DockerDriverOptions {
  readonly mostSlots?: number
  /** Containers in which namespaces are made when no slot is ready; 0: none. */
  readonly mostHosts?: number
}

/**
 * The docker driver with started containers in hand: a sandbox without a network is one of those, and costs a millisecond
 * instead of a start. Every other sandbox is the driver's own. Dispose it to remove what nobody holds.
 */
export const pooledDocker = ({
  mostSlots = MOST_SLOTS,
  mostHosts = 2 * availableParallelism(),
  ...options
}: PooledOptions): SandboxDriver & AsyncDisposable => {
  const inUse = new Set<string>()
  const cold = dockerDriver({ ...options, inUse })
  const engine = connectEngine(options)
  let known: { readonly at: number; readonly answer: Probed } | undefined
  const held = new Map<Slot, number>()
  const warm = startWarm({ engine, instance: options.instance, newId, referenceOf: toReference, inUse, runtime: options.runtime })
  const pool = openPool({ start: warm.slot, most: mostSlots, hosts: { start: warm.host, most: mostHosts } })
  return {
    ...cold,
    async probe(o) {
      if (known && Date.now() - known.at < PROBE_MS) return known.answer
      const answer = await cold.probe(o)
      known = answer.ready ? { at: Date.now(), answer } : undefined
      return answer
    },
    async open(spec, o = {}) {
      if (spec.network !== 'none') return cold.open(spec, o)
      const slot = await pool.take(toShape(spec), o).catch((thrown: unknown) => {
        // An image without the agent is no reason not to grade.
        if (thrown instanceof Fault && thrown.code === 'image.missing') return undefined
        throw thrown
      })
      if (!slot) return cold.open(spec, o)
      held.set(slot, Date.now() + spec.deadlineSeconds * 1000)
      const release = () => {
        held.delete(slot)
        pool.give(slot)
      }
      return toWarmSandbox({ slot, spec, environment: ENVIRONMENT, isBelow, openCold: () => cold.open(spec), release })
    },
    // A slot's label was written before anyone knew whose it would be, so the deadline of its sandbox is kept here.
    async sweep(olderThan, o) {
      const overdue = [...held].filter(([, deadline]) => deadline <= Date.now()).map(([slot]) => slot)
      for (const slot of overdue) held.delete(slot)
      await Promise.all(overdue.map((slot) => slot.remove()))
      return overdue.length + (await cold.sweep(olderThan, o))
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}
