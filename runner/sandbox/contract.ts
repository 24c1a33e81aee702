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
  /** The image that `exec`, `write` and `read` work in, and the default of services. */
  readonly image: ImageName
  readonly limits?: Partial<Limits>
  /** `none`: `exec` only, no interface but loopback. `internal`: services and traffic on a network without a way out. */
  readonly network: 'none' | 'internal'
}

export type Probed =
  | { readonly ready: true; readonly detail: string }
  | { readonly ready: false; readonly because: string; readonly fix: string }

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
  /** Starts sending requests; they run until the plan is over or `end` is called. */
  traffic(plan: TrafficPlan, o?: Abortable): Promise<Traffic>
  /** Idempotent; has its own deadline; never rejects because the learner cancelled. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Powers that an engine may lack. `own-ports`: two services of a sandbox may listen on the same port. */
export type Power = 'network' | 'own-ports' | 'signal' | 'memory-limit' | 'pids-limit' | 'disk-limit' | 'isolate' | 'private-files'

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
  readonly image?: ImageName
  /** PID 1 of the service, started as given: no shell and no init of ours in between. */
  readonly command: readonly string[]
  /** Copied into its working directory before the start. */
  readonly files?: FileMap
  readonly env?: Readonly<Record<string, string>>
  /** The port that must accept a connection before `start` resolves. Absent: ready as soon as it runs. */
  readonly ready?: { readonly port: number; readonly withinSeconds: number }
  readonly limits?: Partial<Limits>
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
  stats(o?: Abortable): Promise<{ readonly memoryMiB: number; readonly cpuSeconds: number; readonly restarts: number }>
  /** What runs in it now, PID 1 first, as its own kernel view tells; empty when it has ended. */
  processes(o?: Abortable): Promise<readonly Process[]>
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
  /** `itself`: before anyone forced it. `us`: killed at the end of the grace period or by `signal`. `memory`: by its limit. */
  readonly by: 'itself' | 'us' | 'memory'
  readonly at: number
}

/** One request pattern. `{id}` in path, headers or body becomes an id unique in the sandbox. */
export interface RequestTemplate {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface TrafficPlan {
  /** Who receives requests, in turn: `{ name: 'web', port: 8080 }`. */
  readonly targets: readonly { readonly name: string; readonly port: number }[]
  readonly request: RequestTemplate
  /** `open`: arrival times are fixed in advance, so a slow service cannot hide its queue. `closed`: each client waits for its answer. */
  readonly arrivals:
    | { readonly kind: 'open'; readonly perSecond: number }
    | { readonly kind: 'closed'; readonly clients: number; readonly pauseMs?: number }
  readonly connections: 'keep-alive' | 'fresh'
  /** Ends by itself after so many requests or seconds, whichever comes first. */
  readonly requests?: number
  readonly seconds: number
  readonly timeoutMs: number
}

export interface Traffic extends AsyncDisposable {
  /**
   * Resolves as soon as at least so many requests were answered (`answered`) or are waiting for their answer at once (`inFlight`);
   * also when the plan is over, since nothing more can come then.
   */
  reached(condition: { readonly answered?: number; readonly inFlight?: number }, o?: Abortable): Promise<void>
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
}
