import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { Fault } from '../../fault.ts'
import type { Limits, Power, Sandbox, SandboxSpec } from '../contract.ts'
import { DEFAULT_LIMITS, limitsOf } from '../limits.ts'
import { connectProber, type Prober } from '../prober/probe-client.ts'
import { proberFiles } from '../prober/program-files.ts'
import { type Child, startChild } from './child.ts'
import type { Claim } from './claims.ts'
import { runToEnd } from './exec.ts'
import { readFileBelow, writeFiles } from './files.ts'
import { addressOf, namesInto, toHosts } from './names.ts'
import { isListening } from './processes.ts'
import { toService } from './service.ts'
import { type Identity, type Network, type Place, type Tools, toLaunch, WORK } from './walls.ts'

export interface SandboxParts {
  readonly tools: Tools
  readonly claim: Claim
  readonly identity: Identity
  readonly spec: SandboxSpec
  readonly gaps: readonly Power[]
  /** Called once, when nothing of it is left. */
  readonly onGone: () => void
}

const PROBER_LIMITS: Limits = { ...DEFAULT_LIMITS, openFiles: 4096, pids: 256 }

/** A sandbox of processes. The prober is the first of them where there is a network, and the others join its network. */
export const openLocal = async ({ tools, claim, identity, spec, gaps, onGone }: SandboxParts): Promise<Sandbox> => {
  const walled = tools.bubblewrap !== undefined
  const owner = identity.root ? identity.uid : undefined
  const hosts = new Map<string, string>()
  const children = new Set<Child>()
  const beingMade = new Set<Promise<Child>>()
  let proberProcess: Promise<{ readonly prober: Prober; readonly pid: number }> | undefined
  let disposing: Promise<void> | undefined
  let parts = 0

  const folderOf = async (name: string): Promise<string> => {
    const folder = join(claim.folder, name)
    await mkdir(folder, { mode: 0o700 })
    if (owner !== undefined) await chown(folder, owner, owner)
    return folder
  }
  const etc = { hosts: join(claim.folder, 'hosts'), passwd: join(claim.folder, 'passwd'), group: join(claim.folder, 'group') }
  const uid = identity.root ? identity.uid : 10001
  await writeFile(etc.passwd, `root:x:0:0::/:/usr/sbin/nologin\nlearner:x:${uid}:${uid}::${WORK}:/bin/sh\n`)
  await writeFile(etc.group, `root:x:0:\nlearner:x:${uid}:\n`)
  await writeFile(etc.hosts, toHosts(hosts))
  for (const file of Object.values(etc)) await chmod(file, 0o644)
  const work = await folderOf('work')

  const make = async (
    command: readonly string[],
    place: Omit<Place, 'identity' | 'etc'>,
    env: Readonly<Record<string, string>>,
  ): Promise<Child> => {
    const made = toLaunch(tools, { ...place, identity, etc }, command)
    const child = await startChild(made, {
      ...ENVIRONMENT,
      PATH: made.path,
      HOME: walled ? WORK : place.work,
      HOSTNAME: place.hostname,
      ...env,
    })
    children.add(child)
    child.ended.finally(() => children.delete(child)).catch(() => {})
    for (const each of child.processes) await claim.remember(each)
    return child
  }
  // Disposal waits for what is being made, so that nothing can appear behind its back.
  const launch = (
    command: readonly string[],
    place: Omit<Place, 'identity' | 'etc'>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Child> => {
    if (disposing) return Promise.reject(new Fault('internal', 'The sandbox was used after it was disposed of.'))
    const making = make(command, place, env)
    beingMade.add(making)
    making.finally(() => beingMade.delete(making)).catch(() => {})
    return making
  }

  const prober = () => {
    if (spec.network !== 'internal') return Promise.reject(new Fault('lab.broken', 'Services and traffic need `network: internal`.'))
    proberProcess ??= startProber()
    proberProcess.catch(() => {})
    return proberProcess
  }
  const startProber = async () => {
    const folder = await folderOf('prober')
    await writeFiles(folder, await proberFiles(), owner)
    const child = await launch([walled ? 'node' : tools.node, 'main.js'], {
      work: folder,
      hostname: 'prober',
      limits: PROBER_LIMITS,
      network: { kind: 'own' },
      first: false,
    })
    child.stderr.resume()
    return { prober: await connectProber(Duplex.from({ readable: child.stdout, writable: child.stdin })), pid: child.pid }
  }
  // Behind walls /tmp is the program's own; without them it is everybody's.
  const foldersOf = (folder: string, pid: number) => [
    { folder, as: WORK },
    ...(walled ? [{ folder: `/proc/${pid}/root/tmp`, as: '/tmp' }] : []),
  ]
  const network = async (): Promise<Network> =>
    spec.network === 'internal' && walled ? { kind: 'join', pid: (await prober()).pid } : { kind: 'own' }

  return {
    id: `local-${claim.slot}`,
    gaps,
    write: (files) => writeFiles(work, files, owner),
    read: (path) => readFileBelow(work, path, limitsOf(spec.limits).diskMiB * 2 ** 20),
    async exec(command, { limits: stated, stdin, env, signal } = {}) {
      signal?.throwIfAborted()
      const limits = limitsOf(spec.limits, stated)
      const child = await launch(
        command,
        { work, hostname: 'sandbox', limits, network: await network(), first: false },
        walled ? env : namesInto(env, hosts),
      )
      return runToEnd(child, limits, stdin, signal)
    },
    async start(service, o = {}) {
      o.signal?.throwIfAborted()
      const { pid } = await prober()
      const { ready, name } = service
      // Services share one network here; a port that is taken would make this service fail for no fault of its own.
      if (ready && (await isListening(walled ? pid : 'self', ready.port))) {
        throw new Fault('sandbox.impossible', `Port ${ready.port} is taken, and without a container engine services share their ports.`)
      }
      parts += 1
      const folder = await folderOf(`service-${parts}`)
      await writeFiles(folder, service.files ?? {}, owner)
      const host = addressOf(claim.slot, hosts.size + 1)
      hosts.set(name, host)
      await writeFile(etc.hosts, toHosts(hosts))
      const limits = limitsOf(spec.limits, service.limits)
      const child = await launch(
        service.command,
        { work: folder, hostname: name, limits, network: await network(), first: true },
        walled ? service.env : namesInto(service.env, hosts),
      )
      const parts_ = {
        spec: service,
        child,
        keptBytes: limits.outputKiB * 1024,
        host,
        folders: foldersOf(folder, child.pid),
        prober: async () => (await prober()).prober,
      }
      return toService(parts_, o)
    },
    build: () => Promise.reject(new Fault('sandbox.impossible', 'Without a container engine no image can be built.')),
    async traffic(plan, o) {
      const { prober: probe } = await prober()
      return probe.traffic(plan, ({ name, port }) => ({ host: hosts.get(name) ?? (walled ? NOWHERE : name), port }), o)
    },
    [Symbol.asyncDispose]() {
      disposing ??= (async () => {
        await Promise.allSettled(beingMade)
        await Promise.allSettled([...children].map((child) => child.end()))
        await claim.drop()
        onGone()
      })()
      return disposing
    },
  }
}

/** An address that is nobody's, so that a name which is nobody's is as unreachable as it should be. */
const NOWHERE = '192.0.2.1'

const ENVIRONMENT = { LANG: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1', PYTHONHASHSEED: '0', TZ: 'UTC' }
