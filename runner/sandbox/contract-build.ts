/** What a build of a learner's Dockerfile promises, and what can be read of its image. Part of `contract.ts`. */
import type { Abortable, Ended, ImageName, Limits } from './contract-program.ts'

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
