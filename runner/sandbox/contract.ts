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
import type { BuildOptions, BuildResult } from './contract-build.ts'
import type { Abortable, ExecOptions, ExecResult, FileMap, ImageName, Limits } from './contract-program.ts'
import type { Service, ServiceSpec } from './contract-service.ts'
import type { Traffic, TrafficPlan } from './contract-traffic.ts'

export type * from './contract-build.ts'
export type * from './contract-program.ts'
export type * from './contract-service.ts'
export { CAPABILITIES } from './contract-service.ts'
export type * from './contract-traffic.ts'

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
