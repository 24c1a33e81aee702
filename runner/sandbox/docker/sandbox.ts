import { Fault } from '../../fault.ts'
import { BASES } from '../../images/recipe.ts'
import { inTime } from '../abortable.ts'
import type { ImageName, Power, Sandbox, SandboxSpec, ServiceSpec } from '../contract.ts'
import { openTurn } from '../in-turn.ts'
import { limitsOf } from '../limits.ts'
import type { Prober } from '../prober/probe-client.ts'
import type { BuildersAhead } from './build/ahead.ts'
import { startBuilds, toOwn } from './build/build.ts'
import type { ContainerSpec } from './container.ts'
import { toEdges } from './edges/edges.ts'
import type { Engine } from './engine.ts'
import { execute } from './exec.ts'
import type { EngineFacts } from './facts.ts'
import { type Ground, PROBER } from './ground/ground.ts'
import { type Holder, startHolder } from './holder.ts'
import type { Owner } from './labels.ts'
import type { Prepared } from './pods.ts'
import { startProber } from './prober.ts'
import { removeAll } from './remove.ts'
import { startService } from './service.ts'
import { type Launch, startContainer } from './started.ts'
import { raiseWalls } from './walls.ts'

export interface SandboxParts {
  readonly engine: Engine
  readonly facts: EngineFacts
  readonly owner: Owner
  readonly spec: SandboxSpec
  readonly gaps?: readonly Power[]
  readonly referenceOf: (image: ImageName) => string
  readonly runtime?: string | undefined
  /** Builders that were started beforehand. */
  readonly builders?: BuildersAhead | undefined
  /** With a network. */
  readonly ground?: Ground | undefined
  /** What was started for it beforehand on that ground. `launch` answers undefined for what was not. */
  readonly prepared?: Pick<Prepared, 'prober' | 'launch'> | undefined
}

/** How long disposal may take before it counts as failed and is left to the sweep. */
const DISPOSAL_SECONDS = 60

/** The sandbox over containers of its own; the prober and the holder of its files are started when they are first needed. */
export const toSandbox = ({
  engine,
  facts,
  owner,
  spec,
  gaps = [],
  referenceOf,
  runtime,
  builders,
  ground,
  prepared,
}: SandboxParts): Sandbox => {
  let programs = 0
  let raised = 0
  let holder: Promise<Holder> | undefined
  let prober = prepared?.prober
  let disposing: Promise<void> | undefined
  // What is being made while the sandbox is disposed of must be there to be removed, so disposal waits for it.
  const making = new Set<Promise<unknown>>()
  const made = <T>(make: () => Promise<T>): Promise<T> => {
    if (disposing) return Promise.reject(new Fault('internal', 'The sandbox was used after it was disposed of.'))
    const promise = make()
    making.add(promise)
    return promise.finally(() => making.delete(promise))
  }
  const start: Launch = ground?.launch ?? ((container, options) => startContainer(engine, facts, container, options))
  const launch: Launch = (container, options) => made(async () => (await prepared?.launch(container, options)) ?? start(container, options))

  const base = (image: ImageName): Pick<ContainerSpec, 'owner' | 'image' | 'runtime'> => ({
    owner,
    image: referenceOf(image),
    ...(runtime !== undefined && { runtime }),
  })
  const networked = (hostname: string): Pick<ContainerSpec, 'network'> => (ground ? { network: { name: ground.network, hostname } } : {})

  const hold = (): Promise<Holder> => {
    holder ??= made(() => startHolder(engine, launch, base(spec.image), limitsOf(spec.limits).diskMiB))
    return holder
  }
  const probe = (): Promise<Prober> => {
    if (!ground) return Promise.reject(new Fault('lab.broken', 'Services and traffic need `network: internal`.'))
    prober ??= startProber(launch, { ...base('node'), ...networked(PROBER) })
    // Whoever needs it gets the failure; a service that asks for no readiness does not.
    prober.catch(() => {})
    return prober
  }

  const disks = new Map<string, Promise<Holder>>()
  const volumeOf = async (service: string, diskMiB: number): Promise<string> => {
    const disk = disks.get(service) ?? startHolder(engine, launch, base(spec.image), diskMiB, `${service}-disk`)
    disks.set(service, disk)
    return (await disk).volume
  }
  const placesOf = async (
    { name, walls, files = {}, durable }: ServiceSpec,
    base: Pick<ContainerSpec, 'owner' | 'image' | 'runtime'>,
    diskMiB: number,
  ): Promise<Pick<ContainerSpec, 'work' | 'volumes' | 'walls'>> => {
    if (walls) {
      raised += 1
      const request = { walls, files, base, name: `${name}-walls-${raised}`, diskMiB }
      return { work: 'none', walls, volumes: await made(() => raiseWalls(engine, launch, request)) }
    }
    return { work: durable ? { volume: await volumeOf(name, diskMiB) } : 'own' }
  }
  const leaving = openTurn()
  const edges = toEdges({ engine, launch, base: base('node'), ...(ground && { holderOf: ground.holderOf }) })
  const builds = startBuilds({ engine, owner, referenceOf, images: BASES, runtime, ahead: builders })

  const dispose = async () => {
    const owned = { instance: owner.instance, sandbox: owner.sandbox }
    const late = making.size > 0
    await removeAll(engine, owned)
    if (late) {
      await Promise.allSettled(making)
      await removeAll(engine, owned)
    }
    await builds.end()
  }

  return {
    id: owner.sandbox,
    gaps,
    write: async (files, { signal } = {}) => {
      signal?.throwIfAborted()
      await (await hold()).write(files)
    },
    read: async (path, { signal } = {}) => {
      signal?.throwIfAborted()
      return (await hold()).read(path)
    },
    async exec(command, { limits, stdin, env, signal } = {}) {
      signal?.throwIfAborted()
      const { volume } = await hold()
      programs += 1
      return execute(engine, launch, {
        spec: {
          ...base(spec.image),
          ...networked('sandbox'),
          limits: limitsOf(spec.limits, limits),
          work: { volume },
          ...(env && { env }),
        },
        part: `exec-${programs}`,
        command,
        stdin,
        signal,
      })
    },
    async start(service, o = {}) {
      o.signal?.throwIfAborted()
      const limits = limitsOf(spec.limits, service.limits)
      const built = typeof service.image === 'object' ? service.image : undefined
      const image = typeof service.image === 'string' ? service.image : spec.image
      return startService(
        engine,
        launch,
        {
          spec: {
            ...base(image),
            ...(built && { image: await made(() => builds.load(built)), own: toOwn(built.config) }),
            ...networked(service.name),
            limits,
            ...(await placesOf(service, base(image), limits.diskMiB)),
            ...(service.env && { env: service.env }),
          },
          facts,
          service,
          prober: probe(),
          edges,
          leaving,
        },
        o,
      )
    },
    build: (context, o) => made(() => builds.build(context, o)),
    async traffic(plan, o = {}) {
      o.signal?.throwIfAborted()
      return (await probe()).traffic(plan, ({ name, port }) => ({ host: name, port }), o)
    },
    [Symbol.asyncDispose]() {
      disposing ??= inTime(dispose(), DISPOSAL_SECONDS, overdue)
      return disposing
    },
  }
}

const overdue = () => new Fault('engine.timeout', `The engine did not remove a sandbox within ${DISPOSAL_SECONDS} s; the sweep will.`)
