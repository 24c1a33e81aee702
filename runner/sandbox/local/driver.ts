import { findProgram } from '../../engine/install.ts'
import { Fault } from '../../fault.ts'
import type { ImageName, Power, Probed, Sandbox, SandboxDriver, SandboxSpec } from '../contract.ts'
import { toPowers } from '../powers.ts'
import { claimsFolder, sweepClaims, takeClaim } from './claims.ts'
import { PLAIN_GAPS, WALLED_GAPS } from './gaps.ts'
import { openLocal } from './sandbox.ts'
import type { Identity, Tools } from './walls.ts'

export interface LocalDriverOptions {
  readonly environment: Searched
  /** `plain`: no bubblewrap even where it works. */
  readonly walls?: 'best' | 'plain'
}

/** Where programs are looked for. */
type Searched = { readonly PATH: string }

/** Accounts of sandboxes, where we are root: a range that no distribution gives to people or services. */
const FIRST_UID = 2_000_000

/**
 * Makes sandboxes of processes on this machine: in bubblewrap where that really works (which is tried now), else plain ones.
 * Limits that are missing: memory and the size of the working directory; running into the limit of processes is not reported.
 */
export const localDriver = async ({ environment, walls = 'best' }: LocalDriverOptions): Promise<SandboxDriver> => {
  const plain = plainTools(environment)
  const walled = walls === 'best' && plain.tools ? await walledTools(plain.tools, environment) : undefined
  const tools = walled ?? plain.tools
  // Plain processes share the machine's ports, so two sandboxes with services would meet.
  const turns = tools?.bubblewrap === undefined ? oneAtATime() : undefined
  return {
    name: 'local',
    isolation: tools?.bubblewrap === undefined ? 'none' : 'namespaces',
    async probe(): Promise<Probed> {
      if (tools === undefined)
        return {
          ready: false,
          because: `Sandboxes of processes cannot be made here: ${plain.because}.`,
          fix: 'Install Docker Engine or Podman, then run `hatoba up` again.',
          ja: {
            because: `このマシンではプロセスによるサンドボックスを作れません (${plain.because})。`,
            fix: 'Docker Engine か Podman を導入してから、もう一度 `hatoba up` を実行してください。',
          },
        }
      return {
        ready: true,
        detail: tools.bubblewrap === undefined ? 'plain processes of this machine' : 'processes of this machine in bubblewrap',
        gaps: gapsOf(tools),
      }
    },
    async open(spec, { signal } = {}) {
      requirePrograms(spec.image, environment)
      if (tools === undefined) throw new Fault('engine.unavailable', `Sandboxes of processes cannot be made here: ${plain.because}.`)
      const leave = spec.network === 'internal' ? await turns?.(signal) : undefined
      try {
        signal?.throwIfAborted()
        return await open(tools, spec, leave ?? (() => {}))
      } catch (thrown) {
        leave?.()
        throw thrown
      }
    },
    sweep: async (olderThan) => sweepClaims(await claimsFolder(), olderThan),
  }
}

/** Which program of this machine stands for an image; Node is the one that we run in. */
const PROGRAMS: Partial<Record<ImageName, string>> = { python: 'python3', redis: 'redis-server', nginx: 'nginx', postgres: 'postgres' }

const requirePrograms = (image: ImageName, environment: Searched): void => {
  const program = PROGRAMS[image]
  if (program === undefined || findProgram(program, environment) !== undefined) return
  throw new Fault(
    'image.missing',
    `Without a container engine the image ${image} is this machine's own ${program}, which is not installed.`,
  )
}

const gapsOf = ({ bubblewrap }: Tools): readonly Power[] => toPowers(bubblewrap ? WALLED_GAPS : PLAIN_GAPS)

const open = async (tools: Tools, spec: SandboxSpec, onGone: () => void): Promise<Sandbox> => {
  const claim = await takeClaim(await claimsFolder(), spec)
  const identity: Identity = { root: process.getuid?.() === 0, uid: FIRST_UID + claim.slot }
  try {
    return await openLocal({ tools, claim, identity, spec, gaps: gapsOf(tools), onGone })
  } catch (thrown) {
    await claim.drop()
    throw thrown
  }
}

type Plain = { readonly tools: Tools; readonly because?: never } | { readonly tools?: never; readonly because: string }

const plainTools = (environment: Searched): Plain => {
  if (process.platform !== 'linux') return { because: 'they need Linux' }
  const setpriv = findProgram('setpriv', environment)
  const prlimit = findProgram('prlimit', environment)
  if (setpriv === undefined || prlimit === undefined) return { because: 'they need setpriv and prlimit of util-linux' }
  return { tools: { node: process.execPath, setpriv, prlimit } }
}

/** bubblewrap may be there and still be refused by the kernel or by the container around us: only a trial tells. */
const walledTools = async (tools: Tools, environment: Searched): Promise<Tools | undefined> => {
  const bwrap = findProgram('bwrap', environment)
  const nsenter = findProgram('nsenter', environment)
  if (bwrap === undefined || nsenter === undefined) return undefined
  const walled: Tools = { ...tools, bubblewrap: { bwrap, nsenter } }
  try {
    await using sandbox = await open(walled, { submission: 'probe', deadlineSeconds: 30, image: 'node', network: 'internal' }, () => {})
    await sandbox.write({ 'a/trial': 'yes' })
    const { stdout, ended } = await sandbox.exec(['cat', 'a/trial'], { signal: AbortSignal.timeout(10_000) })
    return ended.by === 'itself' && ended.code === 0 && Buffer.from(stdout).toString() === 'yes' ? walled : undefined
  } catch {
    return undefined
  }
}

type Turn = (signal?: AbortSignal) => Promise<() => void>

/** Who asks waits until everybody before has left. */
const oneAtATime = (): Turn => {
  let last: Promise<void> = Promise.resolve()
  return async (signal) => {
    const before = last
    const { promise, resolve } = Promise.withResolvers<void>()
    last = before.then(() => promise)
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const onAbort = (): void => reject(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await Promise.race([before, aborted])
      return resolve
    } catch (thrown) {
      resolve()
      throw thrown
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }
}
