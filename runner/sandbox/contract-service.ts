/** What a service of a sandbox promises: how it is started, disturbed, observed and ended. Part of `contract.ts`. */
import type { BuiltImage } from './contract-build.ts'
import type { Abortable, Ended, FileMap, ImageName, LimitName, Limits } from './contract-program.ts'

export interface ServiceSpec {
  /** Its host name on the sandbox's network. */
  readonly name: string
  /** A lab image, or one that this sandbox built: that one keeps its own user, environment and working directory. */
  readonly image?: ImageName | BuiltImage
  /** PID 1 of the service, started as given: no shell and no init of ours in between. */
  readonly command: readonly string[]
  /** Copied into its working directory before the start. */
  readonly files?: FileMap
  readonly env?: Readonly<Record<string, string>>
  /** The port that must accept a connection before `start` resolves. Absent: ready as soon as it runs. */
  readonly ready?: { readonly port: number; readonly withinSeconds: number }
  readonly limits?: Partial<Limits>
  /** So far ahead of everybody else's is its clock; behind when negative. Seconds last as long as ever. */
  readonly clockAheadSeconds?: number
  /** Its working directory outlives a restart, as a disk does. Otherwise it begins with `files` each time. */
  readonly durable?: boolean
  /** Its container is made when it is started and never before, for labs in which that can be seen: its name resolves only then. */
  readonly cold?: boolean
  /** Its own walls, where the lab lets the learner build them; `durable` has no say then. Absent: the thickest there are. */
  readonly walls?: Walls
}

/** What a process within these walls may hold beside its user: of those an engine can give, the ones that reach nothing outside. */
export const CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'NET_BIND_SERVICE',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
] as const
export type Capability = (typeof CAPABILITIES)[number]

/**
 * How a service stands within its sandbox. Network, limits and the filter of system calls are the sandbox's and stay as they are,
 * and whatever can be written is memory of a bounded size.
 */
export interface Walls {
  /** The number of its user and of its group; 0 is root. */
  readonly user: number
  /** `writable`: its working directory, and those folders of the image that hold no programs, as copies. They last as long as the sandbox. */
  readonly root: 'read-only' | 'writable'
  /** Folders of memory that everybody in it may write, /tmp too only when it is named. `exec`: programs in them can be run. */
  readonly scratch: readonly { readonly path: string; readonly exec: boolean }[]
  /** The most that its processes can come to hold; root begins with all of them, everybody else with none. */
  readonly capabilities: readonly Capability[]
  /** Whether a program with the set-user-ID bit gets its owner's rights. */
  readonly gainsPrivileges: boolean
  /** Files that it finds outside its working directory and cannot change, belonging to `owner` and readable as `mode` says. */
  readonly mounts: readonly { readonly path: string; readonly files: FileMap; readonly owner: number; readonly mode: number }[]
}

/** What we did to a service until it is disposed of. Ends with the sandbox in any case. */
export interface Disturbance extends AsyncDisposable {
  readonly at: number
}

/** What is wrong with the line between two services, in both directions. */
export interface Degradation {
  /** Added to every round trip, half of it on each way. */
  readonly delayMs?: number
  /** Which part of all packets is lost on each way, 0 to 1. */
  readonly loss?: number
}

export interface Service extends AsyncDisposable {
  readonly name: string
  /** Whether it became ready; when not, why (`exited` carries its exit). */
  readonly readiness: { readonly ready: true; readonly afterMs: number } | { readonly ready: false; readonly exited?: Exit }
  /** stdout and stderr as the engine captured them; ends when the service has ended. */
  logs(o?: Abortable): AsyncIterable<LogLine>
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGHUP'): Promise<void>
  /** Sends SIGTERM to PID 1, waits up to the grace period, then kills: what `docker stop -t` does. */
  stop(o: Abortable & { readonly graceSeconds: number }): Promise<Exit>
  /** Resolves when it has ended by whatever cause. */
  exited(o?: Abortable): Promise<Exit>
  /** Stops all of it where it stands: its connections stay open, nobody answers. Disposal goes on with it. */
  pause(): Promise<Disturbance>
  /**
   * Ends it as `stop` does, unless it has ended already, and starts the same container again: under its name, with its own files,
   * but with nothing that was in memory. `exited` and `signal` are then about the new run, `logs` about all of them.
   */
  restart(o: Abortable & { readonly graceSeconds: number }): Promise<Service['readiness']>
  /** Cuts the line to another service, or to the `prober`: packets are lost without a word, on open connections too. */
  isolate(from: string, o?: Abortable): Promise<Disturbance>
  /** Makes the line to another service, or to the `prober`, worse. A line has one disturbance at a time: the last one. */
  degrade(to: string, by: Degradation, o?: Abortable): Promise<Disturbance>
  /** Leaves so little of its working directory, or of its memory, as if the service itself had used the rest. */
  fill(what: 'disk' | 'memory', o?: Abortable & { readonly leaveMiB?: number }): Promise<Disturbance>
  /**
   * Runs a program inside it, with its user, its files and its limits: what a person with a shell in the container can do. What it
   * answers is the container's word. Undefined when the service has ended.
   */
  inside(command: readonly string[], o?: Abortable): Promise<InsideResult | undefined>
  stats(o?: Abortable): Promise<Stats>
  /** What runs in it now, PID 1 first, as its own kernel view tells; empty when it has ended. */
  processes(o?: Abortable): Promise<readonly Process[]>
  /** Regular files in its working directory and in /tmp, as they are now; empty when it has ended. */
  files(o?: Abortable): Promise<readonly FoundFile[]>
}

/** How a program inside a service ended. */
export interface InsideResult {
  readonly code: number
  /** The first 64 KiB. */
  readonly stdout: Uint8Array
}

export interface Stats {
  readonly memoryMiB: number
  readonly cpuSeconds: number
  readonly restarts: number
  /** Limits that it stands at, or has been refused more than. */
  readonly exhausted: readonly LimitName[]
}

/** A file that a service finds or has written, by its whole path as the service sees it. */
export interface FoundFile {
  readonly path: string
  readonly bytes: number
}

/** One process of a service, numbered as the service sees it. */
export interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
  /** `default` ends a process, but is discarded by the kernel for PID 1. */
  readonly onSigterm: 'handled' | 'default' | 'ignored'
}

export interface LogLine {
  readonly at: number
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

export interface Exit {
  readonly code: number
  /**
   * `itself`: before anyone forced it. `us`: killed at the end of the grace period or by `signal`. `memory`, `output`: ended by that
   * limit. `disk`: by the size of one file. `pids`: it failed after processes were refused to it.
   */
  readonly by: 'itself' | 'us' | 'memory' | 'output' | 'disk' | 'pids'
  /** Where `by` names a limit: which, and how much was allowed. */
  readonly limit?: Extract<Ended, { by: 'limit' }>
  readonly at: number
}
