import type { ContainerCreateOptions } from 'dockerode'
import { HERE, MAPPED } from '../../../images/recipes/builder.ts'
import type { Limits } from '../../contract.ts'
import { toContainer } from '../container.ts'
import type { Owner } from '../labels.ts'
import { toSeccomp } from './seccomp.ts'

export interface BuilderSpec {
  readonly owner: Owner
  readonly image: string
  readonly limits: Limits
  readonly runtime?: string
}

/** What buildah and the OCI runtime need beside the learner's programs, so that a lab's limits are the learner's alone. */
const OWN = { memoryMiB: 128, pids: 96, openFiles: 1024 } as const

const OWNED = `uid=${MAPPED.first},gid=${MAPPED.first}`

/** Everything a build writes lies here: its size and its number of files are hard bounds. */
const toWork = (diskMiB: number): string => `rw,exec,nosuid,nodev,size=${diskMiB}m,nr_inodes=${diskMiB * 512},mode=0755,${OWNED}`

/**
 * The request for the container in which a builder works: the posture of every sandbox, loosened where a builder could not
 * work otherwise, and nowhere else.
 *
 * - `User 0` with CAP_SETUID and CAP_SETGID: to map 65,536 unprivileged users into a user namespace. The builder and all
 *   it starts are in there, unprivileged on the host; outside stays one process that waits.
 * - The seccomp filter lets the calls through that make namespaces and mounts, which act inside that namespace. Each RUN has
 *   a filter of its own that refuses them again.
 * - No masked or read-only paths in /proc: the kernel refuses a new /proc where parts of the old one are hidden. What was masked
 *   belongs to root of the host, which nobody in here is, and the runtime masks it again for each RUN.
 * - AppArmor off, where a host has it: its profile for containers refuses every mount.
 *
 * The working directory is memory, so its size counts into the container's memory on top of what programs may use.
 */
export const toBuilder = ({ owner, image, limits, runtime }: BuilderSpec): ContainerCreateOptions => {
  const plain = toContainer({
    owner,
    role: 'builder',
    image,
    command: [`${HERE}/enter`, 'serve'],
    limits: {
      ...limits,
      memoryMiB: limits.memoryMiB + limits.diskMiB + OWN.memoryMiB,
      pids: limits.pids + OWN.pids,
      openFiles: Math.max(limits.openFiles, OWN.openFiles),
      fileMiB: limits.diskMiB,
    },
    work: 'own',
    stdin: true,
    logs: 'none',
    ...(runtime !== undefined && { runtime }),
  })
  return {
    ...plain,
    User: '0:0',
    HostConfig: {
      ...plain.HostConfig,
      CapAdd: ['SETUID', 'SETGID'],
      SecurityOpt: ['no-new-privileges', `seccomp=${JSON.stringify(toSeccomp('builder'))}`, 'apparmor=unconfined'],
      MaskedPaths: [],
      ReadonlyPaths: [],
      Tmpfs: {
        '/work': toWork(limits.diskMiB),
        '/run': `rw,exec,nosuid,nodev,size=8m,mode=0755,${OWNED}`,
        '/var/tmp': `rw,noexec,nosuid,nodev,size=1m,mode=0755,${OWNED}`,
        '/tmp': `rw,noexec,nosuid,nodev,size=1m,mode=0755,${OWNED}`,
      },
    },
  }
}

/** The request for the container that fills a builder's image store, before any learner is near it. Its volume is on disk, as large as needed. */
export const toFiller = (spec: BuilderSpec): ContainerCreateOptions => {
  const builder = toBuilder(spec)
  const { ReadonlyRootfs: _readonly, ...host } = builder.HostConfig ?? {}
  return {
    ...builder,
    Cmd: [`${HERE}/enter`, 'fill'],
    Volumes: { '/fill': {} },
    HostConfig: {
      ...host,
      LogConfig: { Type: 'none', Config: {} },
      Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }],
      MaskedPaths: [],
      ReadonlyPaths: [],
    } as ContainerCreateOptions['HostConfig'] & object,
  }
}
