/**
 * What every sandbox driver promises. No engine's types appear here.
 *
 * Call order: `probe` any time; `open`, then any number of the sandbox's calls, then dispose. Calls on one sandbox may
 * overlap unless said otherwise. Every wait takes an optional AbortSignal; disposal takes none.
 *
 * All times are milliseconds since the Unix epoch on the runner's clock, as fractions where the source allows it, so that
 * requests, log lines and what we did to a service can be laid on one axis.
 *
 * @module
 */

export interface Abortable {
  readonly signal?: AbortSignal
}

/** Paths relative to the working directory, with forward slashes; contents as text or bytes. */
export type FileMap = Readonly<Record<string, string | Uint8Array>>

/** The lab images of `runner/images`; a driver maps the name to what its engine calls it. */
export type ImageName = 'node' | 'python' | 'redis' | 'nginx' | 'postgres'

/** What one container (or process group) may use. Hitting one is reported, never silent. */
export interface Limits {
  /** Wall-clock time of one `exec`, in seconds. */
  readonly wallSeconds: number
  readonly memoryMiB: number
  readonly cpus: number
  readonly pids: number
  /** Bytes of stdout and stderr together that are kept; more ends the program. */
  readonly outputKiB: number
  readonly openFiles: number
  /** Size of the writable working directory and of /tmp, each. */
  readonly diskMiB: number
  /** Largest single file. */
  readonly fileMiB: number
}

export type LimitName = 'time' | 'memory' | 'pids' | 'output' | 'disk'

export interface SandboxSpec {
  /** Who owns it: the submission's id, on the label that the sweep reads. */
  readonly submission: string
  /** Seconds after which a sweep may remove it, whoever holds it. */
  readonly deadlineSeconds: number
  /** What sandboxes that start the same services have in common, the lab's id say: lets a driver start what is likely beforehand. */
  readonly kind?: string
  /** The image that `exec`, `write` and `read` work in, and the default of services. */
  readonly image: ImageName
  readonly limits?: Partial<Limits>
  /** `none`: `exec` only, no interface but loopback. `internal`: services and traffic on a network without a way out. */
  readonly network: 'none' | 'internal'
  /** What will be asked of it: the engine is asked first whether it can, where that costs something to know. */
  readonly powers?: readonly Power[]
}

export type Probed =
  | {
      readonly ready: true
      readonly detail: string
      /** What no sandbox of this place can do, as far as that is known before one is tried; unless given, nothing. */
      readonly gaps?: readonly Power[]
    }
  | {
      readonly ready: false
      readonly because: string
      readonly fix: string
      /** The same in Japanese. */
      readonly ja: { readonly because: string; readonly fix: string }
    }

export interface SandboxDriver {
  readonly name: 'docker' | 'kubernetes' | 'local'
  /** Shown to the learner: how thick the walls are. */
  readonly isolation: 'none' | 'namespaces' | 'container' | 'cluster'
  /** Whether this driver can work now. Never throws. */
  probe(o?: Abortable): Promise<Probed>
  /** Opens a sandbox nobody has used. A failed or aborted open leaves nothing behind. Throws `Fault`. */
  open(spec: SandboxSpec, o?: Abortable): Promise<Sandbox>
  /** Removes what dead owners left and what is past its deadline; the number removed. Safe beside living runners. */
  sweep(olderThan: Date, o?: Abortable): Promise<number>
  /** Removes what it keeps in hand for sandboxes to come; those that are open are their owners'. Idempotent. Absent: it keeps nothing. */
  [Symbol.asyncDispose]?(): Promise<void>
}

export interface Sandbox extends AsyncDisposable {
  readonly id: string
  /** What this sandbox cannot do, so that a lab can be `incomplete` before it starts. */
  readonly gaps: readonly Power[]
  write(files: FileMap, o?: Abortable): Promise<void>
  /** The bytes of a regular file below the working directory, never through a link; undefined when there is none. */
  read(path: string, o?: Abortable): Promise<Uint8Array | undefined>
  /** Runs a program to its end. Hitting a limit is a result, not an exception. */
  exec(command: readonly string[], o?: ExecOptions): Promise<ExecResult>
  /** Starts a long-running program, reachable by its name. Resolves when it is ready or cannot become so. */
  start(service: ServiceSpec, o?: Abortable): Promise<Service>
  /** Builds the learner's Dockerfile with a real builder and no network. What the learner got wrong is a result, not an exception. */
  build(context: FileMap, o: BuildOptions): Promise<BuildResult>
  /** Starts sending requests; they run until the plan is over or `end` is called. */
  traffic(plan: TrafficPlan, o?: Abortable): Promise<Traffic>
  /** Idempotent; has its own deadline; never rejects because the learner cancelled. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Powers that an engine may lack. `own-ports`: two services of a sandbox may listen on the same port. */
export type Power =
  | 'network'
  | 'own-ports'
  | 'signal'
  | 'memory-limit'
  | 'pids-limit'
  | 'disk-limit'
  | 'private-files'
  | 'build'
  | 'isolate'
  | 'degrade'
  | 'pause'
  | 'restart'
  | 'clock'
  | 'fill'
  | 'inside'
  | 'walls'

export interface ExecOptions extends Abortable {
  readonly limits?: Partial<Limits>
  readonly stdin?: Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

export interface ExecResult {
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly ended: Ended
  readonly ms: number
}

/** How a program ended, one fact per field. */
export type Ended =
  | { readonly by: 'itself'; readonly code: number }
  | { readonly by: 'signal'; readonly signal: string }
  | { readonly by: 'limit'; readonly limit: LimitName; readonly allowed: number; readonly unit: 's' | 'MiB' | 'KiB' | 'processes' }
  | { readonly by: 'us' }

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

/** One request pattern. `{id}` in path, headers or body becomes an id unique in the sandbox. */
export interface RequestTemplate {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One step of a visitor, who has cookies of their own and remembers what earlier answers told. */
export interface Step extends RequestTemplate {
  /** Kept for later steps of the same visitor, where `{name}` stands: a header of the answer, or a value in its JSON (`order.items.0.id`). */
  readonly capture?: Readonly<Record<string, { readonly header: string } | { readonly json: string }>>
}

/** So many arrivals per second at this second of the plan. */
export interface RatePoint {
  readonly second: number
  readonly perSecond: number
}

/** Sends requests only to targets that are ready, and answers 503 itself when none is (target `balancer` in the records). */
export interface Balancer {
  /** Ready is an answer below 400 in time. A target is in after so many of them in a row, out after so many others in a row; at first it is out. */
  readonly health: {
    readonly path: string
    readonly everyMs: number
    readonly timeoutMs: number
    readonly healthyAfter: number
    readonly unhealthyAfter: number
  }
  /** So long after a target went out its connections are closed, whatever they are waiting for. Absent: never. */
  readonly drainSeconds?: number
}

/** A target began or ceased to get requests. */
export interface RotationChange {
  readonly at: number
  readonly target: string
  readonly now: 'in' | 'out'
  readonly because: 'health' | 'withdrawn' | 'restored'
}

export interface TrafficPlan {
  /** Who receives requests, in turn: `{ name: 'web', port: 8080 }`. */
  readonly targets: readonly { readonly name: string; readonly port: number }[]
  readonly balancer?: Balancer
  /** Needed by all arrivals but `visitors`, which have steps. */
  readonly request?: RequestTemplate
  /**
   * `open`: arrival times are fixed in advance, so a slow service cannot hide its queue. `ramp`: the same at a rate that goes in a
   * straight line from point to point and stays at the last. `closed`: each client waits for its answer. `visitors`: each goes
   * through the steps, so many rounds or until the plan is over, with cookies; `{visitor}` is their number from 0.
   */
  readonly arrivals:
    | { readonly kind: 'open'; readonly perSecond: number }
    | { readonly kind: 'ramp'; readonly points: readonly RatePoint[] }
    | { readonly kind: 'closed'; readonly clients: number; readonly pauseMs?: number }
    | {
        readonly kind: 'visitors'
        readonly visitors: number
        readonly steps: readonly Step[]
        readonly rounds?: number
        readonly pauseMs?: number
      }
  readonly connections: 'keep-alive' | 'fresh'
  /** Ends by itself after so many requests or seconds, whichever comes first. */
  readonly requests?: number
  readonly seconds: number
  readonly timeoutMs: number
}

export interface Traffic extends AsyncDisposable {
  /**
   * Resolves as soon as at least so many requests were answered (`answered`) or are waiting for their answer at once (`inFlight`),
   * or so many targets get requests (`inRotation`); also when the plan is over, since nothing more can come then.
   */
  reached(condition: { readonly answered?: number; readonly inFlight?: number; readonly inRotation?: number }, o?: Abortable): Promise<void>
  /** What a balancer does: no new request goes to this target; kept-alive connections stay open. */
  withdraw(target: string): Promise<{ readonly at: number }>
  restore(target: string): Promise<{ readonly at: number }>
  /** Sends no more, waits for the answers outstanding (each has its timeout) and returns everything recorded. */
  end(o?: Abortable): Promise<Timeline>
}

export interface Timeline {
  readonly startedAt: number
  readonly endedAt: number
  readonly requests: readonly RequestRecord[]
  /** When targets began and ceased to get requests; empty where neither a balancer nor `withdraw` was. */
  readonly changes: readonly RotationChange[]
}

/** One request as the prober saw it. */
export interface RequestRecord {
  readonly id: string
  readonly target: string
  /** Which of the prober's connections carried it. */
  readonly connection: number
  readonly scheduledAt: number
  readonly startedAt: number
  readonly firstByteAt?: number
  readonly endedAt: number
  readonly status?: number
  /** `cut`: the answer began and the connection closed before it was whole. */
  readonly error?: 'refused' | 'reset' | 'cut' | 'timeout' | 'unreachable'
  /** The first KiB of the answer. */
  readonly body?: string
  /** The answer's `x-served-by` header, where a service sends one. */
  readonly servedBy?: string
  /** Of plans with visitors: who sent it, and which of their steps it was, both from 0. */
  readonly visitor?: number
  readonly step?: number
}

export interface BuildOptions extends Abortable {
  /** Its path in the context; `Dockerfile` by default. */
  readonly dockerfile?: string
  /** Stops at this stage. */
  readonly target?: string
  readonly args?: Readonly<Record<string, string>>
  /** The only names that a FROM may use, and the lab image behind each; `hatoba/node` for `node` and so on by default. */
  readonly bases?: Readonly<Record<string, ImageName>>
  /** What all programs of the build may use together. A sandbox keeps its cache between its builds unless a limit ended one. */
  readonly limits?: Partial<Limits>
  readonly onEvent?: (event: BuildEvent) => void
}

export type BuildEvent =
  | { readonly kind: 'started'; readonly line: number; readonly instruction: string }
  | { readonly kind: 'output'; readonly line: number; readonly text: string }
  | { readonly kind: 'ended'; readonly step: BuildStep }

/** One instruction as the builder carried it out. */
export interface BuildStep {
  /** In the Dockerfile, counted from 1. */
  readonly line: number
  readonly instruction: string
  /** Which FROM it belongs to, counted from 0. */
  readonly stage: number
  /** Taken from an earlier build of the same sandbox. */
  readonly cached: boolean
  readonly ms: number
  /** Lines that its programs wrote. */
  readonly output: readonly string[]
}

export type BuildResult = { readonly steps: readonly BuildStep[]; readonly ms: number } & (
  | { readonly built: true; readonly image: BuiltImage }
  | { readonly built: false; readonly because: BuildFailure }
)

interface BuildPlace {
  readonly at: { readonly file: string; readonly line: number }
}

/** Why there is no image. Messages are the builder's or the learner's program's own, in English. */
export type BuildFailure =
  /** The Dockerfile cannot be read; nothing was run. */
  | (BuildPlace & { readonly kind: 'invalid'; readonly message: string })
  /** A FROM or `--from` names an image that the lab does not offer; nothing was run. */
  | (BuildPlace & { readonly kind: 'base'; readonly image: string; readonly allowed: readonly string[] })
  /** An instruction failed; `code` where it was a program's exit. */
  | (BuildPlace & { readonly kind: 'step'; readonly instruction: string; readonly message: string; readonly code: number | undefined })
  | (BuildPlace & { readonly kind: 'limit'; readonly ended: Extract<Ended, { by: 'limit' }> })

/** An image that belongs to the sandbox and goes with it. */
export interface BuiltImage {
  /** `sha256:` and its digest. */
  readonly id: string
  readonly bytes: number
  /** What a container of it runs: ENTRYPOINT followed by CMD. */
  readonly command: readonly string[]
  readonly config: ImageConfig
  /** From the base's first to the last. */
  readonly layers: readonly ImageLayer[]
  readonly history: readonly {
    readonly createdBy: string
    readonly at: number /** Index of the layer that it made. */
    readonly layer: number | undefined
  }[]
  /** Everything that a layer adds, changes or removes. A base's layers belong to the lab and list nothing. */
  files(layer: number): Promise<readonly LayerFile[]>
  /** A regular file as this layer has it; undefined when the layer has none there. */
  read(layer: number, path: string): Promise<Uint8Array | undefined>
  /** Files of all layers that contain these bytes, hidden by a later layer or not. */
  find(bytes: Uint8Array): Promise<readonly { readonly layer: number; readonly path: string }[]>
}

export interface ImageConfig {
  /** As written: empty is root. */
  readonly user: string
  readonly env: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly workingDir: string
  /** `8080/tcp` */
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly stopSignal: string | undefined
  readonly healthcheck:
    | {
        readonly test: readonly string[]
        readonly intervalSeconds: number | undefined
        readonly timeoutSeconds: number | undefined
        readonly startPeriodSeconds: number | undefined
        readonly retries: number | undefined
      }
    | undefined
}

export interface ImageLayer {
  /** `sha256:` of its uncompressed archive. */
  readonly digest: string
  readonly bytes: number
  readonly createdBy: string
  /** Whether it came with the base. */
  readonly base: boolean
}

export interface LayerFile {
  /** From the root, without a leading slash. */
  readonly path: string
  /** `removed`: hidden by this layer. `emptied`: a folder whose earlier content is hidden. */
  readonly kind: 'file' | 'folder' | 'link' | 'special' | 'removed' | 'emptied'
  readonly bytes: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly target?: string
}
