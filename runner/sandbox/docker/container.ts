import type { ContainerCreateOptions } from 'dockerode'
import { LEARNER } from '../../images/recipe.ts'
import { ENVIRONMENT, WORK } from '../container/program.ts'
import type { Limits, Walls } from '../contract.ts'
import { type Owner, type Role, toLabels } from './labels.ts'

/** What differs between our containers; everything that does not is the security posture below. */
export interface ContainerSpec {
  readonly owner: Owner
  readonly role: Role
  readonly image: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly limits: Limits
  /**
   * Absent: no interface but loopback, and the engine's network code is never entered. With a holder it stands in that container's
   * network namespace, which has the name and the address.
   */
  readonly network?: { readonly name: string; readonly hostname: string; readonly holder?: string }
  /**
   * Only for a helper of ours: it shares the network of this container, or has one of its own, and is root over that network and
   * over nothing else.
   */
  readonly edges?: { readonly of: string | undefined }
  /** `own`: a tmpfs that lives as long as the container. Otherwise the name of the sandbox's volume; `none` with `walls`. */
  readonly work: 'own' | 'none' | { readonly volume: string }
  /** Further volumes of the sandbox, and where they are found. */
  readonly volumes?: readonly MountedVolume[]
  /** What a lab changes of the posture below for one service. */
  readonly walls?: Pick<Walls, 'user' | 'capabilities' | 'gainsPrivileges' | 'scratch'>
  /** Whether we will write to its stdin; else stdin is empty. */
  readonly stdin: boolean
  /** How the engine keeps its output, within bounds; with `none` only an attached reader sees it. */
  readonly logs: LogDriver | 'none'
  /** For an image of the learner's own: its user, its folder and its environment instead of ours. */
  readonly own?: { readonly user: string; readonly workingDir: string }
  /** A stronger runtime that the operator chose, by its name in the engine. */
  readonly runtime?: string
}

export interface MountedVolume {
  readonly volume: string
  readonly path: string
  readonly writable: boolean
}

/** `local` keeps bytes as they are; `json-file`, all that Podman has, spoils a character that is cut at 16 KiB. */
export type LogDriver = 'local' | 'json-file'

const MIB = 1024 * 1024
const OWNED = `uid=${LEARNER.uid},gid=${LEARNER.uid}`

/** Eight times the share that everybody else has. */
const OURS_FIRST = 8192

/** Most files that a working directory or /tmp may hold: bounds the kernel memory that empty files cost. */
export const INODES = 16_384

/** The options of a tmpfs for learners' files. Programs in it may be executed; nothing in it may raise privileges. */
export const toTmpfs = (diskMiB: number): string => `rw,exec,${toSized(diskMiB)},mode=0755,${OWNED}`

/** What bounds every folder of memory. */
export const toSized = (diskMiB: number): string => `nosuid,nodev,size=${diskMiB}m,nr_inodes=${INODES}`

/**
 * The request that creates a container. This is the whole security posture: no way out of its network, nothing of the host,
 * no privilege to gain, and a bound on everything it can use up.
 */
export const toContainer = (spec: ContainerSpec): ContainerCreateOptions => {
  const { limits, edges, walls } = spec
  const shared = edges?.of ?? spec.network?.holder
  const shares = shared !== undefined
  const work = typeof spec.work === 'object' ? [{ volume: spec.work.volume, path: WORK, writable: true }] : []
  const volumes = [...work, ...(spec.volumes ?? [])]
  return {
    Image: spec.image,
    Entrypoint: [],
    Cmd: [...spec.command],
    Env: Object.entries({ ...(spec.own ? {} : ENVIRONMENT), ...spec.env }).map(([name, value]) => `${name}=${value}`),
    WorkingDir: spec.own?.workingDir ?? WORK,
    User: edges ? '0:0' : (spec.own?.user ?? `${walls?.user ?? LEARNER.uid}:${walls?.user ?? LEARNER.uid}`),
    // What others can find is called by the engine, as it has to be where it shares the network of a holder.
    ...(!shares && !spec.network && { Hostname: 'sandbox' }),
    Labels: { ...toLabels(spec.owner, spec.role) },
    Healthcheck: { Test: ['NONE'] },
    // An engine that shuts down, or comes back after it died, gives what still runs this signal and waits for its end.
    StopSignal: 'SIGKILL',
    Tty: false,
    OpenStdin: spec.stdin,
    StdinOnce: spec.stdin,
    AttachStdin: spec.stdin,
    AttachStdout: true,
    AttachStderr: true,
    NetworkDisabled: spec.network === undefined && !shares,
    ...(spec.network &&
      !shares && {
        NetworkingConfig: { EndpointsConfig: { [spec.network.name]: { Aliases: [spec.network.hostname] } } },
      }),
    HostConfig: {
      NetworkMode: shares ? `container:${shared}` : (spec.network?.name ?? 'default'),
      // Names of the sandbox are the engine's to answer. Others go nowhere, or the host would resolve them on the way out; with
      // `ndots:1` the engine says at once that it does not know a plain name.
      ...(!shares && { Dns: ['127.0.0.1'], DnsOptions: ['ndots:1', 'timeout:1', 'attempts:1'], DnsSearch: ['.'] }),
      Init: false,
      Privileged: false,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      ...(edges && { CapAdd: ['NET_ADMIN'] }),
      ...(walls && { CapAdd: [...walls.capabilities] }),
      SecurityOpt: walls?.gainsPrivileges ? [] : ['no-new-privileges'],
      IpcMode: 'private',
      ShmSize: 16 * MIB,
      Tmpfs: walls
        ? toScratch(walls, limits.diskMiB)
        : { ...(spec.work === 'own' && { [WORK]: toTmpfs(limits.diskMiB) }), '/tmp': toTmpfs(limits.diskMiB) },
      ...(volumes.length > 0 && { Binds: volumes.map(toBind) }),
      Memory: limits.memoryMiB * MIB,
      MemorySwap: limits.memoryMiB * MIB,
      NanoCpus: Math.round(limits.cpus * 1e9),
      // What measures others must not wait behind them.
      ...((spec.role === 'prober' || edges) && { CpuShares: OURS_FIRST }),
      PidsLimit: limits.pids,
      OomScoreAdj: 500,
      Ulimits: [
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'fsize', Soft: limits.fileMiB * MIB, Hard: limits.fileMiB * MIB },
        { Name: 'nofile', Soft: limits.openFiles, Hard: limits.openFiles },
        // Counted over the whole machine for one user, which root is there too.
        ...(walls
          ? [
              { Name: 'sigpending', Soft: 256, Hard: 256 },
              { Name: 'msgqueue', Soft: 0, Hard: 0 },
            ]
          : []),
      ],
      LogConfig: { Type: spec.logs, Config: spec.logs === 'none' ? {} : { 'max-size': '8m', 'max-file': '2' } },
      RestartPolicy: { Name: 'no' },
      ...(spec.runtime !== undefined && { Runtime: spec.runtime }),
    },
  }
}

// Not copied: the engine would otherwise give the volume the owner that the folder has in the image.
const toBind = ({ volume, path, writable }: MountedVolume): string => `${volume}:${path}:${writable ? 'rw' : 'ro'},nocopy`

// Its owner is named as well: a runtime may give the folder the mode that it has in the image.
const toScratch = ({ scratch, user }: Pick<Walls, 'scratch' | 'user'>, diskMiB: number): Record<string, string> =>
  Object.fromEntries(
    scratch.map(({ path, exec }) => [path, `rw,${exec ? 'exec' : 'noexec'},${toSized(diskMiB)},mode=1777,uid=${user},gid=${user}`]),
  )
