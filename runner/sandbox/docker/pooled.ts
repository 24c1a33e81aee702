import { availableParallelism } from 'node:os'
import { customAlphabet } from 'nanoid'
import { Fault } from '../../fault.ts'
import { isBelow } from '../container/archive.ts'
import { ENVIRONMENT } from '../container/program.ts'
import type { Abortable, Probed, Sandbox, SandboxDriver, SandboxSpec } from '../contract.ts'
import { openHosts } from '../hosts.ts'
import { limitsOf } from '../limits.ts'
import { type Kept, openPool } from '../pool.ts'
import { toShape, toWarmSandbox } from '../warm-sandbox.ts'
import { startBuilderAhead } from './build/ahead.ts'
import { type DockerDriverOptions, dockerDriver, toReference } from './driver.ts'
import { connectEngine } from './engine.ts'
import { type EngineFacts, readFacts } from './facts.ts'
import { openGrounds } from './ground/grounds.ts'
import { type Foreseen, type Pod, startPod } from './pods.ts'
import { startWarm } from './warm.ts'

const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 10)

/** Most slots in waiting; each costs about 3 MiB above its programs. */
const MOST_SLOTS = 64
/** Most pods in waiting; the prober of each is a Node of some 50 MiB. */
const MOST_PODS = 4
const MOST_FORESEEN = 8
/** Most networks that lie free; each holds a container of some 15 MiB for each name that was on it, for a minute. */
const MOST_GROUNDS = 8
/** Most builders in waiting; each is a shell of 1 MiB. */
const MOST_BUILDERS = 4
const POD_YIELD_SECONDS = 15
/** How long an engine that answered counts as there; what it then refuses is a fault of its own. */
const PROBE_MS = 5_000

export interface PooledOptions extends DockerDriverOptions {
  readonly mostSlots?: number
  /** Containers in which namespaces are made when no slot is ready; 0: none. */
  readonly mostHosts?: number
  /** Networks with a prober and waiting services in hand; 0: none. */
  readonly mostPods?: number
  /** Networks that are kept for the next sandbox; 0: none. */
  readonly mostGrounds?: number
}

/**
 * The docker driver with started containers in hand: a sandbox without a network is one of those, and costs a millisecond
 * instead of a start; one with a network is a pod whose prober runs already and whose services wait to become what they are told.
 * Every other sandbox is the driver's own. Dispose it to remove what nobody holds.
 */
export const pooledDocker = ({
  mostSlots = MOST_SLOTS,
  mostHosts = 2 * availableParallelism(),
  mostPods = MOST_PODS,
  mostGrounds = MOST_GROUNDS,
  ...options
}: PooledOptions): SandboxDriver & AsyncDisposable => {
  const inUse = new Set<string>()
  const prepared = new WeakMap<SandboxSpec, Pod>()
  const engine = connectEngine(options)
  const ahead = { engine, instance: options.instance, newId, inUse, runtime: options.runtime }
  const builders = openPool({
    start: startBuilderAhead(ahead),
    most: MOST_BUILDERS,
    least: 1,
    removeAtOnce: true,
  })
  let known: { readonly at: number; readonly answer: Probed } | undefined
  const held = new Map<Kept, number>()
  const warm = startWarm({ ...ahead, referenceOf: toReference })
  const pool = openPool({
    start: warm.slot,
    most: mostSlots,
    hosts: (shape, onChange, signal) => openHosts(shape, { start: warm.host, most: mostHosts }, onChange, signal),
  })

  let facts: Promise<EngineFacts> | undefined
  const knownFacts = () => {
    facts ??= readFacts(engine)
    facts.catch(() => (facts = undefined))
    return facts
  }
  const grounds = openGrounds({
    ...ahead,
    facts: knownFacts,
    image: toReference('node'),
    // Another runtime may have its own idea of a network that two containers share.
    most: options.runtime === undefined ? mostGrounds : 0,
  })
  const pods = openPool({
    start: startPod({ ...ahead, facts: knownFacts, groundOr: grounds.take }),
    most: mostPods,
    least: 1,
    // Its start is the work of a second, which what is measured in another sandbox would feel.
    yieldSeconds: POD_YIELD_SECONDS,
    removeAtOnce: true,
  })
  const cold = dockerDriver({ ...options, inUse, builders, prepare: (spec) => prepared.get(spec), groundOr: grounds.soonest })
  const foreseen = new Map<string, readonly Foreseen[]>()

  /** A cold sandbox, or one in a pod of its kind that is ready, so that nobody waits longer than for a cold one. */
  const openPod = async (spec: SandboxSpec, o: Abortable): Promise<Sandbox> => {
    const asked = { ...spec }
    const { kind } = spec
    if (kind === undefined || mostPods === 0) return cold.open(asked, o)
    o.signal?.throwIfAborted()
    const pod = pods.spare({ proberImage: toReference('node'), services: foreseen.get(kind) ?? [] })
    if (!pod) return recording(await cold.open(asked, o), spec, kind)
    prepared.set(asked, pod)
    try {
      const sandbox = await cold.open(asked, o)
      const used: Pod = { ...pod, remove: async () => sandbox[Symbol.asyncDispose]() }
      held.set(used, Date.now() + spec.deadlineSeconds * 1000)
      let given = false
      const dispose = async () => {
        if (given) return
        given = true
        held.delete(used)
        pods.give(used)
      }
      return recording({ ...sandbox, [Symbol.asyncDispose]: dispose }, spec, kind)
    } catch (thrown) {
      pods.give(pod)
      throw thrown
    }
  }
  /** Remembers what a sandbox starts, for the next of its kind. */
  const recording = (sandbox: Sandbox, spec: SandboxSpec, kind: string): Sandbox => {
    const started = new Map<string, Foreseen>()
    return {
      ...sandbox,
      start(service, o) {
        const image = service.image ?? spec.image
        if (typeof image === 'string' && !service.cold && !service.walls && !started.has(service.name)) {
          started.set(service.name, { name: service.name, image: toReference(image), limits: limitsOf(spec.limits, service.limits) })
          foreseen.set(kind, [...started.values()].slice(0, MOST_FORESEEN))
        }
        return sandbox.start(service, o)
      },
    }
  }

  return {
    ...cold,
    async probe(o) {
      if (known && Date.now() - known.at < PROBE_MS) return known.answer
      const answer = await cold.probe(o)
      known = answer.ready ? { at: Date.now(), answer } : undefined
      return answer
    },
    async open(spec, o = {}) {
      if (spec.network !== 'none') return openPod(spec, o)
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
    async [Symbol.asyncDispose]() {
      await Promise.all([pool[Symbol.asyncDispose](), pods[Symbol.asyncDispose](), builders[Symbol.asyncDispose]()])
      await grounds[Symbol.asyncDispose]()
      // What an engine that was away could not remove, and nobody holds; an engine that is away now is swept at the next start.
      await cold.sweep(new Date()).catch(() => {})
    },
  }
}
