/** What a program of a sandbox may use, what it is given and how it ended. Part of `contract.ts`, which says what holds for all of it. */

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
