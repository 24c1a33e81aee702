import type { ImageName, Limits, Power, Sandbox } from '../../runner/sandbox/contract.ts'
import type { Cluster, ClusterLimits, ClusterNetwork, ClusterPower } from '../../runner/sandbox/contract-cluster.ts'
import type { Answer } from './finding.ts'

/** `edit`: the learner's to change. `read`: shown beside, the same for everybody. */
export type FileAccess = 'edit' | 'read'
export type LabFiles = Readonly<Record<string, FileAccess>>

/** The text of each file a check may read, by its path. */
export type FilesOf<F extends LabFiles> = { readonly [P in keyof F & string]: string }

/** What a lab of containers needs. Made by `docker(...)`. */
export interface DockerNeed {
  readonly kind: 'docker'
  readonly image: ImageName
  /** What its services run in beside `image`: built before the first lab that names them can be graded. */
  readonly images?: readonly ImageName[]
  readonly limits?: Partial<Limits>
  readonly network: 'none' | 'internal'
  /** What the driver must be able to do; where it cannot, the lab is `incomplete` and says why. */
  readonly powers?: readonly Power[]
}

/** What a lab on a Kubernetes cluster needs. Made by `kubernetes(...)`. */
export interface KubernetesNeed {
  readonly kind: 'kubernetes'
  /** Exactly the kinds that the learner may make, as `apps/v1 Deployment`; the API server refuses every other. */
  readonly allows: readonly string[]
  /** What the cluster must be able to do; where it cannot, the lab is `incomplete` and says why. */
  readonly needs?: readonly ClusterPower[]
  readonly limits?: Partial<ClusterLimits>
  readonly network?: ClusterNetwork
}

/** Which kind of sandbox a lab needs; labs without one have static checks only. */
export type SandboxNeed = DockerNeed | KubernetesNeed

/** A sandbox of containers: `exec` in one, services and traffic beside it. */
export const docker = (need: Omit<DockerNeed, 'kind' | 'network'> & { readonly network?: 'none' | 'internal' }): DockerNeed => ({
  network: 'internal',
  ...need,
  kind: 'docker',
})

/** A namespace of the submission's own on a real cluster. Its Pods run in `POD_IMAGE`. */
export const kubernetes = (need: Omit<KubernetesNeed, 'kind'>): KubernetesNeed => ({ ...need, kind: 'kubernetes' })

/** The image that Pods of labs name: `hatoba up --kind` puts it into the nodes. */
export const POD_IMAGE = 'hatoba/node:24'

export interface Context<F extends LabFiles> {
  readonly files: FilesOf<F>
  readonly signal: AbortSignal
  /** Different for every learner, the same for every try of one: chooses among variations. */
  readonly seed: number
}

interface Telling {
  /** Tells the learner what is being done now: a key below `doing` in the lab's text. */
  doing(what: string): void
}

export interface SandboxContext<F extends LabFiles> extends Context<F>, Telling {
  readonly sandbox: Sandbox
}

export interface ClusterContext<F extends LabFiles> extends Context<F>, Telling {
  readonly cluster: Cluster
}

/** Ends an observation early: one check has its answer already, and the others cannot be asked. */
export interface Halt {
  readonly halt: string
  readonly answer: Answer
}
export const halt = (check: string, answer: Answer): Halt => ({ halt: check, answer })

interface StaticCheck<F extends LabFiles, Id extends string> {
  readonly tier: 'static'
  readonly needs?: readonly NoInfer<Id>[]
  run(context: Context<F>): Answer | Promise<Answer>
}

interface SandboxCheck<F extends LabFiles, Id extends string, Seen> {
  readonly tier: 'sandbox'
  readonly needs?: readonly NoInfer<Id>[]
  run(context: SandboxContext<F> & { readonly seen: Seen }): Answer | Promise<Answer>
}

interface ClusterCheck<F extends LabFiles, Id extends string, Seen> {
  readonly tier: 'cluster'
  readonly needs?: readonly NoInfer<Id>[]
  run(context: ClusterContext<F> & { readonly seen: Seen }): Answer | Promise<Answer>
}

/** One question asked of the work. `needs` names checks without whose pass it is not worth asking. */
export type Check<F extends LabFiles, Id extends string, Seen> = StaticCheck<F, Id> | SandboxCheck<F, Id, Seen> | ClusterCheck<F, Id, Seen>

/** What the observation of a lab has to work with. */
export type InsideOf<F extends LabFiles, Need> = Need extends KubernetesNeed ? ClusterContext<F> : SandboxContext<F>

export interface LabDefinition<F extends LabFiles, Id extends string, Seen, Need extends SandboxNeed> {
  /** Unique; the folder's name. */
  readonly id: string
  readonly minutes: number
  readonly files: F
  readonly sandbox?: Need
  /** Practice labs of ours that learners do not see in lists. */
  readonly listed?: boolean
  /** Seconds that a whole grading may take before it is ended as `exhausted`. */
  readonly seconds?: number
  /** Does to the work what the lab is about, once, and returns what was seen; the checks then ask about it. */
  observe?(context: InsideOf<F, Need>): Promise<Exclude<Seen, Halt> | Halt>
  readonly checks: { readonly [K in Id]: Check<F, Id, Exclude<Seen, Halt>> }
  /** Folder below `mistakes/` and the check that it must fail. */
  readonly mistakes: Readonly<Record<string, NoInfer<Id>>>
  /** A lab whose answer is another for other learners says so here. */
  readonly variations?: Variations
}

/** What differs between learners where one solution cannot serve them all. Each variation has its own below `solutions/`. */
export interface Variations {
  /** All of them; `solution/`, alternatives and mistakes are about the first unless `writtenFor` says otherwise. */
  readonly all: readonly [string, ...string[]]
  /** Which one a learner gets. */
  of(seed: number): string
  /** The variation that an alternative or a mistake is about. */
  readonly writtenFor?: Readonly<Record<string, string>>
}

/** A lab with its inferred types forgotten, as the runner handles all of them. */
export type Lab = LabDefinition<LabFiles, string, unknown, SandboxNeed>

/**
 * Defines a lab. Earns its name by inference: a check that reads a file the lab does not have, a `needs` or a mistake that
 * names no check, do not compile.
 */
export const lab = <const F extends LabFiles, const Id extends string, Seen = undefined, Need extends SandboxNeed = DockerNeed>(
  definition: LabDefinition<F, Id, Seen, Need>,
): Lab => definition as unknown as Lab
