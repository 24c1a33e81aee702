/**
 * What a Kubernetes cluster promises to checks: one namespace that is the submission's own, filled as the learner and observed by us.
 * No client library's types appear here.
 *
 * Call order: `probe` any time; `open`, then any number of the cluster's calls, then dispose. Every wait follows the API server's own
 * stream of changes and takes an optional AbortSignal; disposal takes none. Times are milliseconds since the Unix epoch on the
 * runner's clock, but for those that objects carry, which are the cluster's.
 *
 * @module
 */
import type { Manifest } from '../../labs/kit/kubernetes/read/manifest.ts'
import type { Abortable, ExecResult, LogLine, Probed, Traffic, TrafficPlan } from './contract.ts'

/** What one submission may use, enforced by quota and limit range in its namespace. */
export interface ClusterLimits {
  readonly pods: number
  readonly cpus: number
  readonly memoryMiB: number
  /** Objects of each allowed kind. */
  readonly objects: number
}

/**
 * What Pods may reach by our own policies. `namespace`: each other and DNS. `nothing`: only what the learner's policies allow.
 * `learner`: we set no policy, the learner's alone decide, so a lab lets learners start no program there. Other submissions are out of reach in each case where theirs is not `learner`.
 */
export type ClusterNetwork = 'namespace' | 'nothing' | 'learner'

export interface ClusterSpec {
  /** Who owns it: the submission's id, on the label that the sweep reads. */
  readonly submission: string
  /** Seconds after which a sweep may remove it, whoever holds it. */
  readonly deadlineSeconds: number
  /** Exactly the kinds that the learner may make, as `apps/v1 Deployment`. The API server refuses every other. */
  readonly allows: readonly string[]
  readonly limits?: Partial<ClusterLimits>
  readonly network?: ClusterNetwork
  /** Powers without which the lab cannot be graded here. */
  readonly needs?: readonly ClusterPower[]
}

/** What a cluster may lack: a lab that needs it is `incomplete` there. */
export type ClusterPower = 'network-policy' | 'metrics' | 'several-nodes' | 'fake-nodes'

export interface ClusterDriver {
  readonly name: 'kubernetes'
  readonly isolation: 'cluster'
  /** Whether it can work now, and if not why: no cluster, certificate expired, no right (which one), too old, no room. Never throws. */
  probe(o?: Abortable): Promise<Probed>
  /** What this cluster lacks, found by trying, not by asking. Throws `Fault`. */
  gaps(o?: Abortable): Promise<readonly ClusterPower[]>
  /** A namespace nobody has used. A failed or aborted open leaves nothing behind. Throws `Fault`. */
  open(spec: ClusterSpec, o?: Abortable): Promise<Cluster>
  /** Removes what dead owners left and what is past its deadline; the number removed. Safe beside living runners. */
  sweep(olderThan: Date, o?: Abortable): Promise<number>
}

/** Names an object of the submission's namespace. */
export interface ObjectRef {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
}
export type KindRef = Omit<ObjectRef, 'name'>

/** An object as the API server returns it. */
export interface ClusterObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly labels?: Readonly<Record<string, string>>
    readonly creationTimestamp: string
    readonly deletionTimestamp?: string
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[]
  }
  readonly [field: string]: unknown
}

/** Why an API server said no. `pod-security`: the workload is stored, but none of its Pods would be admitted. */
export type RefusalReason = 'kind' | 'namespace' | 'invalid' | 'pod-security' | 'quota' | 'conflict' | 'other'

/** The API server's no, in its own words, at the place in the learner's file that it is about. */
export interface Refusal {
  readonly reason: RefusalReason
  /** `Deployment/web`. */
  readonly object: string
  /** The API server's own message, one cause each. */
  readonly message: string
  readonly at: { readonly file: string; readonly line: number; readonly column: number }
}

export interface Applied {
  readonly objects: readonly ClusterObject[]
  readonly refusals: readonly Refusal[]
}

/** What a wait saw: the object at the end of it, whether or not it came to what was waited for. */
export interface Waited {
  readonly met: boolean
  /** Absent when there was none. */
  readonly object?: ClusterObject
  readonly afterMs: number
}

export interface ClusterEvent {
  readonly at: number
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** `Pod/web-7f9c`. */
  readonly object: string
  readonly count: number
}

/** The objects of a kind after each change, oldest first. */
export interface Seen {
  readonly at: number
  readonly objects: readonly ClusterObject[]
}

/** A node that is played: the scheduler sees what is written here, and nothing runs on it. */
export interface FleetNode {
  /** Lower case letters, digits and `-`; no two of a submission are equal. The cluster's own name for it is longer. */
  readonly name: string
  /** The groups that it belongs to, for `Fleet.place`. */
  readonly groups: readonly [string, ...string[]]
  /** As a kubelet and a cloud would set them; `kubernetes.io/hostname` is added. */
  readonly labels: Readonly<Record<string, string>>
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
  /** What its Pods may ask for together, as quantities: `cpu`, `memory`, `pods` and whatever else. */
  readonly allocatable: Readonly<Record<string, string>>
}

/** Where a RuntimeClass sends the Pods that name it. */
export interface FleetRuntimeClass {
  readonly name: string
  readonly handler: string
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[]
}

export interface FleetSpec {
  readonly nodes: readonly FleetNode[]
  readonly runtimeClasses?: readonly FleetRuntimeClass[]
}

/**
 * Played nodes of one submission. They carry a taint and a label of ours, so that nobody else's Pods come to them (but for DaemonSets
 * that tolerate everything, which are played as well) and `place` keeps Pods to them.
 */
export interface Fleet extends AsyncDisposable {
  /** The names that the spec gave, by those of the cluster: what `spec.nodeName` of a Pod says. */
  readonly nodes: ReadonlyMap<string, string>
  /**
   * The same object with its Pods kept to the nodes of a group: our label in `nodeSelector`, a toleration of our taint behind the
   * learner's own, and the name of a runtime class of this fleet as the cluster knows it. All else stays as it was written.
   */
  place(manifest: Manifest, group: string): Manifest
}

export interface Cluster extends AsyncDisposable {
  readonly id: string
  readonly namespace: string
  /** What this cluster cannot do. */
  readonly gaps: readonly ClusterPower[]
  /** Applies manifests **as the learner's account**, in an order that works, all that can be. What is refused is a value. */
  apply(manifests: readonly Manifest[], o?: Abortable): Promise<Applied>
  get(ref: ObjectRef, o?: Abortable): Promise<ClusterObject | undefined>
  list(kind: KindRef, o?: Abortable & { readonly labels?: Readonly<Record<string, string>> }): Promise<readonly ClusterObject[]>
  /** Follows one object until `until` holds for it (undefined: there is none), at most so long. Not holding in time is a value. */
  waitFor(
    ref: ObjectRef,
    until: (object: ClusterObject | undefined) => boolean,
    o: Abortable & { readonly withinSeconds: number },
  ): Promise<Waited>
  /** Follows all objects of a kind, each change a value, until the signal is aborted, which ends the iteration without an error. */
  follow(kind: KindRef, o: { readonly signal: AbortSignal; readonly labels?: Readonly<Record<string, string>> }): AsyncIterable<Seen>
  /** What a container has written so far; `previous`: the one before its last restart. */
  logs(
    pod: string,
    o?: Abortable & { readonly container?: string; readonly previous?: boolean; readonly lines?: number },
  ): Promise<readonly LogLine[]>
  events(o?: Abortable): Promise<readonly ClusterEvent[]>
  /** Asks for the object's end; false when there was none. `graceSeconds` replaces the object's own. */
  delete(ref: ObjectRef, o?: Abortable & { readonly graceSeconds?: number }): Promise<boolean>
  scale(ref: ObjectRef, replicas: number, o?: Abortable): Promise<void>
  /** Takes a node from the scheduler; dispose gives it back. One submission at a time may; needs a second node. */
  cordon(node: string, o?: Abortable): Promise<AsyncDisposable>
  /** Waits until no other submission has taken a node from the scheduler, and keeps it so: all nodes are open until this one cordons. */
  alone(o?: Abortable): Promise<AsyncDisposable>
  /** Evicts this namespace's Pods from a node as `kubectl drain` does, asking again while a budget holds one, at most so long. */
  drain(node: string, o: Abortable & { readonly withinSeconds: number }): Promise<Drained>
  /** Makes played nodes and runtime classes for this submission; the scheduler knows all of them when this resolves. Needs `fake-nodes`. */
  fleet(spec: FleetSpec, o?: Abortable): Promise<Fleet>
  exec(
    pod: string,
    command: readonly string[],
    o?: Abortable & { readonly container?: string; readonly wallSeconds?: number },
  ): Promise<ExecResult>
  /** Sends requests from a prober Pod inside the cluster; targets are Services of this namespace (or host names). */
  traffic(plan: TrafficPlan, o?: Abortable): Promise<Traffic>
  /** Idempotent; begins the removal and returns: the namespace itself ends in the background. */
  [Symbol.asyncDispose](): Promise<void>
}

export interface Drained {
  readonly drained: boolean
  readonly evictions: readonly { readonly pod: string; readonly at: number; readonly accepted: boolean; readonly message?: string }[]
}
