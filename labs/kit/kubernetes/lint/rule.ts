import type { Complaint } from '../complaint.ts'
import type { ContainerOf, PodOf } from '../pod.ts'
import { podOf } from '../pod.ts'
import type { Fields, Manifest } from '../read/manifest.ts'
import { fieldsOf, textOf } from '../read/manifest.ts'
import type { LintId } from '../text/lint.ts'

/** A complaint and the object it is about. */
export interface About extends Complaint {
  readonly rule: LintId
  readonly manifest: Manifest
}

/** Numbers and names that a team agrees on; the defaults are those of the tools that the rules come from. */
export interface LintOptions {
  readonly minimumReplicas: number
  readonly maximumReplicas: number
  /** Below it, user and group ids are likely taken on a node. */
  readonly leastId: number
  readonly priorityClasses: readonly string[]
  readonly ndots: string
  readonly memoryLimit: readonly [least: string, most: string]
  readonly cpuLimit: readonly [least: string, most: string]
  readonly requiredAnnotations: Readonly<Record<string, RegExp>>
  readonly requiredLabels: readonly string[]
  readonly forbiddenAnnotations: Readonly<Record<string, string>>
  readonly claimAnnotations: readonly string[]
}

/** Everything that is looked at together: what one learner would apply. */
export interface World {
  readonly manifests: readonly Manifest[]
  readonly workloads: readonly Workload[]
  readonly options: LintOptions
  ofKind(...kinds: readonly string[]): readonly Manifest[]
}

export interface Workload {
  readonly manifest: Manifest
  readonly pod: PodOf
  readonly spec: Fields
}

/** One question asked of manifests that an API server would accept. */
export interface LintRule {
  readonly id: LintId
  /** The checks of other tools that ask the same, as `tool check`, or a page that argues for it. */
  readonly sources: readonly string[]
  /** Asked only by name: a matter of taste, or of a team's agreement. */
  readonly optional?: true
  run(world: World): Iterable<About>
}

export const newWorld = (manifests: readonly Manifest[], options: LintOptions): World => ({
  manifests,
  workloads: manifests.flatMap((manifest) => {
    const pod = podOf(manifest)
    return pod === undefined ? [] : [{ manifest, pod, spec: specOf(manifest) }]
  }),
  options,
  ofKind: (...kinds) => manifests.filter(({ kind }) => kinds.includes(kind)),
})

export const specOf = ({ value }: Manifest): Fields => fieldsOf(value['spec'])
export const sameNamespace = (a: Manifest, b: Manifest): boolean => (a.namespace ?? 'default') === (b.namespace ?? 'default')
export const labelsOf = ({ value }: Manifest): Fields => fieldsOf(fieldsOf(value['metadata'])['labels'])
export const annotationsOf = ({ value }: Manifest): Fields => fieldsOf(fieldsOf(value['metadata'])['annotations'])

type Say = Omit<Complaint, 'rule'>

/** A rule that looks at one Pod after the other. */
export const podRule = (head: Omit<LintRule, 'run'>, look: (pod: PodOf, workload: Workload, world: World) => Iterable<Say>): LintRule => ({
  ...head,
  *run(world) {
    for (const workload of world.workloads)
      for (const said of look(workload.pod, workload, world)) yield { ...said, rule: head.id, manifest: workload.manifest }
  },
})

/** A rule that looks at one container after the other; init containers run to their end and are left out unless asked for. */
export const containerRule = (
  head: Omit<LintRule, 'run'> & { readonly init?: true },
  look: (each: ContainerOf, workload: Workload, world: World) => Iterable<Say>,
): LintRule => {
  const { init, ...rest } = head
  return podRule(rest, function* (pod, workload, world) {
    for (const each of pod.containers)
      if (init || each.role !== 'init')
        for (const said of look(each, workload, world)) yield { ...said, values: { container: each.name || '?', ...said.values } }
  })
}

/** A rule that looks at one object after the other. */
export const objectRule = (
  head: Omit<LintRule, 'run'> & { readonly kinds?: readonly string[] },
  look: (manifest: Manifest, world: World) => Iterable<Say>,
): LintRule => {
  const { kinds, ...rest } = head
  return {
    ...rest,
    *run(world) {
      for (const manifest of kinds === undefined ? world.manifests : world.ofKind(...kinds))
        for (const said of look(manifest, world)) yield { ...said, rule: head.id, manifest }
    },
  }
}

export const securityContext = (fields: Fields): Fields => fieldsOf(fields['securityContext'])
export const nameOf = (value: unknown): string => textOf(fieldsOf(value)['name'])
