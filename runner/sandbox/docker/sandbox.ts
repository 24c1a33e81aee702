import { Duplex, PassThrough } from 'node:stream'
import { Fault } from '../../fault.ts'
import type { ImageName, Sandbox, SandboxSpec } from '../contract.ts'
import { DEFAULT_LIMITS, limitsOf } from '../limits.ts'
import { connectProber, type Prober } from '../prober/probe-client.ts'
import { proberFiles } from '../prober/program-files.ts'
import { foldersOf, isBelow, firstFile, toArchive } from './archive.ts'
import { type ContainerSpec, WORK } from './container.ts'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'
import { execute } from './exec.ts'
import type { Owner } from './labels.ts'
import { nameOf, toVolume } from './network.ts'
import { removeAll } from './remove.ts'
import { startService } from './service.ts'
import { startContainer } from './started.ts'

export interface SandboxParts {
  readonly engine: Engine
  readonly owner: Owner
  readonly spec: SandboxSpec
  readonly referenceOf: (image: ImageName) => string
  readonly runtime?: string | undefined
}

const PROBER_LIMITS = { ...DEFAULT_LIMITS, memoryMiB: 256, cpus: 2, openFiles: 8192 }
const HOLDER_LIMITS = { ...DEFAULT_LIMITS, memoryMiB: 32, pids: 8 }

/** The sandbox over containers of its own: what it needs beyond them is started when it is first used. */
export const toSandbox = ({ engine, owner, spec, referenceOf, runtime }: SandboxParts): Sandbox => {
  let parts = 0
  let holder: Promise<string> | undefined
  let prober: Promise<Prober> | undefined
  let disposing: Promise<void> | undefined
  const base = (image: ImageName, hostname?: string): Pick<ContainerSpec, 'owner' | 'image' | 'network' | 'runtime'> => ({
    owner,
    image: referenceOf(image),
    ...(spec.network === 'internal' && { network: { name: nameOf(owner.sandbox), hostname: hostname ?? 'sandbox' } }),
    ...(runtime !== undefined && { runtime }),
  })
  const alive = () => {
    if (disposing) throw new Fault('internal', 'The sandbox was used after it was disposed of.')
  }

  // The volume is memory that the engine keeps only while a container has it mounted.
  const hold = (): Promise<string> => {
    holder ??= (async () => {
      const volume = toVolume(owner, limitsOf(spec.limits).diskMiB)
      await engine.call('create a volume', (docker) => docker.createVolume(volume))
      const { container } = await startContainer(
        engine,
        { owner, role: 'holder', image: referenceOf(spec.image), command: ['sleep', 'infinity'], limits: HOLDER_LIMITS, work: { volume: nameOf(owner.sandbox) }, stdin: false, logs: false },
        { part: 'holder', output: false },
      )
      return container.id
    })()
    return holder
  }

  const probe = (): Promise<Prober> => {
    if (spec.network !== 'internal') return Promise.reject(new Fault('lab.broken', 'Services and traffic need `network: internal`.'))
    prober ??= startProber(engine, base('node', 'prober'))
    prober.catch(() => {})
    return prober
  }

  return {
    id: owner.sandbox,
    gaps: ['isolate'],
    async write(files) {
      alive()
      const [id, archive] = await Promise.all([hold(), toArchive(files)])
      await engine.call('take files', (docker) => docker.getContainer(id).putArchive(archive, { path: WORK }))
    },
    async read(path) {
      alive()
      if (!isBelow(path)) return undefined
      const container = engine.docker.getContainer(await hold())
      for (const folder of foldersOf([path])) if (!(await isFolder(engine, container, folder))) return undefined
      const archive = await engine.unless([404], 'hand over a file', () => container.getArchive({ path: `${WORK}/${path}` }))
      return archive && firstFile(archive)
    },
    async exec(command, { limits, stdin, env, signal } = {}) {
      alive()
      await hold()
      parts += 1
      return execute(engine, {
        spec: { ...base(spec.image), limits: limitsOf(spec.limits, limits), work: { volume: nameOf(owner.sandbox) }, ...(env && { env }) },
        part: `exec-${parts}`,
        command,
        stdin,
        signal,
      })
    },
    async start(service, o) {
      alive()
      o?.signal?.throwIfAborted()
      return startService(
        engine,
        {
          spec: { ...base(service.image ?? spec.image, service.name), limits: limitsOf(spec.limits, service.limits), work: 'own', ...(service.env && { env: service.env }) },
          service,
          prober: probe(),
        },
        o,
      )
    },
    async traffic(plan, o) {
      alive()
      return (await probe()).traffic(plan, ({ name, port }) => ({ host: name, port }), o)
    },
    [Symbol.asyncDispose]() {
      disposing ??= removeAll(engine, { instance: owner.instance, sandbox: owner.sandbox })
      return disposing
    },
  }
}

const isFolder = async (engine: Engine, container: ReturnType<Engine['docker']['getContainer']>, path: string): Promise<boolean> => {
  const answer = await engine.unless([404], 'look at a folder', () => container.infoArchive({ path: `${WORK}/${path}` }))
  const header = (answer as { headers?: Record<string, string> } | undefined)?.headers?.['x-docker-container-path-stat']
  if (header === undefined) return false
  const { mode } = JSON.parse(Buffer.from(header, 'base64').toString()) as { mode: number }
  return mode >= GO_DIRECTORY
}

/** The highest bit of a Go file mode: a folder. */
const GO_DIRECTORY = 2 ** 31

const startProber = async (engine: Engine, base: Pick<ContainerSpec, 'owner' | 'image' | 'network' | 'runtime'>): Promise<Prober> => {
  const archive = await toArchive(await proberFiles())
  const { attached } = await startContainer(
    engine,
    { ...base, role: 'prober', command: ['/bin/sh', '-c', `head -c ${archive.length} | tar -xf - -C ${WORK} && exec node main.ts`], limits: PROBER_LIMITS, work: 'own', stdin: true, logs: false },
    { part: 'prober', output: true, input: archive, keepOpen: true },
  )
  const output = new PassThrough()
  const forward = async () => {
    for await (const { stream, bytes } of demux(attached)) if (stream === 'stdout') output.write(bytes)
    output.end()
  }
  forward().catch(() => output.end())
  return connectProber(Duplex.from({ readable: output, writable: attached }))
}
