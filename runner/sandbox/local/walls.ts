import { dirname } from 'node:path'
import type { Limits } from '../contract.ts'

/** Programs of this machine that the driver uses, by full path. */
export interface Tools {
  readonly node: string
  readonly prlimit: string
  readonly setpriv: string
  /** Absent: plain processes. */
  readonly bubblewrap?: { readonly bwrap: string; readonly nsenter: string }
}

/** Who runs us: decides how a learner's program loses what we may do. */
export interface Identity {
  readonly root: boolean
  /** The account that one sandbox's programs run as, where we are root. */
  readonly uid: number
}

export type Network =
  /** An empty network of its own. */
  | { readonly kind: 'own' }
  /** The network of the process with this pid. */
  | { readonly kind: 'join'; readonly pid: number }

export interface Place {
  readonly identity: Identity
  /** The folder that is the working directory. */
  readonly work: string
  /** Files that a program sees as /etc/NAME. */
  readonly etc: Readonly<Record<string, string>>
  readonly hostname: string
  readonly limits: Limits
  readonly network: Network
  /** Whether the program is PID 1, as a service is; else a small init of bubblewrap reaps for it. */
  readonly first: boolean
}

export interface Launch {
  readonly program: string
  readonly args: readonly string[]
  /** What puts up walls and limits and becomes the next by exec, before the process is the program that was asked for. */
  readonly before: readonly string[]
  /** Whether the program tells on descriptor 3 which process it made. */
  readonly tells: boolean
  /** Where the process begins, when no wall moves it there. */
  readonly cwd?: string
  readonly path: string
}

export const WORK = '/work'
const MIB = 1024 * 1024
const PATH = '/usr/local/bin:/usr/bin:/bin'

/** The command line that runs a learner's program behind what walls there are. Pure; tested whole. */
export const toLaunch = (tools: Tools, place: Place, command: readonly string[]): Launch => {
  const inner = [...toLimits(tools, place), ...command]
  if (tools.bubblewrap === undefined) {
    const [program = '', ...args] = inner
    return { program, args, before: [tools.setpriv, tools.prlimit], tells: false, cwd: place.work, path: `${dirname(tools.node)}:${PATH}` }
  }
  const { bwrap, nsenter } = tools.bubblewrap
  const { identity, network } = place
  const wall = [bwrap, ...toBubblewrap(tools, place), '--', ...inner]
  // Another's network belongs to that one's user namespace, where there is one.
  const joined =
    network.kind === 'join'
      ? [nsenter, `--target=${network.pid}`, '--net', ...(identity.root ? [] : ['--user', '--preserve-credentials']), '--', ...wall]
      : wall
  const [program = '', ...args] = joined
  return { program, args, before: [nsenter, bwrap, tools.setpriv, tools.prlimit], tells: true, path: PATH }
}

/** What is put on the program itself; each becomes the next by exec, so that its process stays the same one. */
const toLimits = (tools: Tools, { identity, limits }: Place): readonly string[] => {
  const walled = tools.bubblewrap !== undefined
  return [
    tools.setpriv,
    '--no-new-privs',
    '--pdeathsig=KILL',
    ...(identity.root
      ? [`--reuid=${identity.uid}`, `--regid=${identity.uid}`, '--clear-groups', '--inh-caps=-all', '--bounding-set=-all']
      : []),
    '--',
    tools.prlimit,
    `--nofile=${limits.openFiles}`,
    `--fsize=${limits.fileMiB * MIB}`,
    '--core=0',
    // Counted for each account: harmless only where the account is the sandbox's own.
    ...(walled || identity.root ? [`--nproc=${limits.pids}`] : []),
    '--',
  ]
}

const toBubblewrap = (tools: Tools, { identity, work, etc, hostname, limits, network, first }: Place): readonly string[] => [
  '--die-with-parent',
  ...(first ? ['--as-pid-1'] : []),
  '--unshare-pid',
  '--unshare-ipc',
  '--unshare-uts',
  '--unshare-cgroup-try',
  ...(network.kind === 'own' ? ['--unshare-net'] : []),
  ...(identity.root
    ? ['--cap-add', 'cap_setuid', '--cap-add', 'cap_setgid', '--cap-add', 'cap_setpcap']
    : ['--unshare-user', '--uid', '10001', '--gid', '10001']),
  ...['--ro-bind', '/usr', '/usr'],
  ...['/bin', '/sbin', '/lib', '/lib32', '/lib64'].flatMap((folder) => ['--ro-bind-try', folder, folder]),
  ...['--perms', '0755', '--dir', '/etc'],
  ...['/etc/alternatives', '/etc/ld.so.cache', '/etc/localtime'].flatMap((path) => ['--ro-bind-try', path, path]),
  ...Object.entries(etc).flatMap(([name, file]) => ['--ro-bind', file, `/etc/${name}`]),
  ...['--tmpfs', '/usr/local/bin', '--ro-bind', tools.node, '/usr/local/bin/node', '--remount-ro', '/usr/local/bin'],
  ...['--proc', '/proc', '--dev', '/dev'],
  ...['--perms', '1777', '--size', String(limits.diskMiB * MIB), '--tmpfs', '/tmp'],
  ...['--bind', work, WORK, '--chdir', WORK],
  ...['--hostname', hostname],
  ...['--info-fd', '3'],
]
