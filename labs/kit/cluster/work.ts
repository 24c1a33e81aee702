import type { Abortable } from '../../../runner/sandbox/contract.ts'
import type { Applied, Cluster, ClusterObject, Refusal } from '../../../runner/sandbox/contract-cluster.ts'
import { type Answer, fail, pass } from '../finding.ts'
import { acceptedManifests, answerOf } from '../kubernetes/answer.ts'
import { lintManifests } from '../kubernetes/lint/lint.ts'
import { podOf } from '../kubernetes/pod.ts'
import type { Fields, Manifest } from '../kubernetes/read/manifest.ts'
import { readManifests } from '../kubernetes/read/read.ts'
import type { LintId } from '../kubernetes/text/lint.ts'

type Files = Readonly<Record<string, string>>

export interface Acceptable {
  /** Objects that the lab asks about, as `Deployment/web`, each with the file that it belongs in. */
  readonly objects: Readonly<Record<string, string>>
  /** Files that are applied as well, whatever objects are in them. */
  readonly files?: readonly string[]
  /** Objects that the lab makes itself, as `Service/store`: the work may not take their place. */
  readonly reserved?: readonly string[]
  /** Kinds that the work may be made of, where it must not be all that `allows` has for the lab's own objects. */
  readonly kinds?: readonly string[]
  /** Lint rules that must hold, beside what an API server refuses. */
  readonly lint?: readonly LintId[]
}

/** The static check of a lab on Kubernetes: these files hold these objects, and an API server of today would take all that is in them. */
export const acceptable = ({ objects, files: others = [], reserved = [], kinds, lint = [] }: Acceptable) => ({
  tier: 'static' as const,
  run: ({ files }: { readonly files: Files }): Answer => {
    const paths = [...new Set([...Object.values(objects), ...others])]
    const read = acceptedManifests(Object.fromEntries(paths.map((path) => [path, files[path] ?? ''])))
    if ('answer' in read) return read.answer
    const { manifests } = read.reading
    const absent = Object.entries(objects).find(([title]) => !manifests.some((manifest) => manifest.title === title))
    if (absent !== undefined) return fail('kubernetes.absent', { object: absent[0], file: absent[1] }, { at: { file: absent[1] } })
    const other = kinds === undefined ? undefined : manifests.find(({ kind }) => !kinds.includes(kind))
    if (other !== undefined)
      return fail('kubernetes.other-kind', { object: other.title, kinds: kinds?.join(', ') ?? '' }, { at: other.at(['kind']) })
    const taken = manifests.find(({ title }) => reserved.includes(title))
    if (taken !== undefined) return fail('kubernetes.reserved', { object: taken.title }, { at: taken.at(['metadata', 'name']) })
    const [first] = lint.length === 0 ? [] : lintManifests(manifests, { rules: lint })
    return first === undefined ? pass({ objects: manifests.length }) : answerOf(first)
  },
})

/** The first container of the Pods that a workload makes; empty where it has none. */
export const containerOf = (manifest: Manifest): Fields => podOf(manifest)?.containers.find(({ role }) => role === 'main')?.container ?? {}

/** Every object of these files. */
export const manifestsIn = (files: Files, paths: readonly string[]): readonly Manifest[] =>
  paths.flatMap((path) => readManifests(path, files[path] ?? '').manifests)

/** A ConfigMap with these files, as the lab makes it for the learner's Pods to mount. */
export const configMapOf = (name: string, data: Files): Manifest => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
  const [manifest] = readManifests('ConfigMap', JSON.stringify(object)).manifests
  if (manifest === undefined) throw new Error('a ConfigMap is an object')
  return manifest
}

/** The same object with a new mark on its Pod template: what `kubectl rollout restart` writes, and so a new release of it. */
export const releaseOf = (manifest: Manifest, release: string): Manifest => {
  const spec = objectOf(manifest.value['spec'])
  const template = objectOf(spec['template'])
  const metadata = objectOf(template['metadata'])
  const annotations = { ...objectOf(metadata['annotations']), 'hatoba.dev/release': release }
  return {
    ...manifest,
    value: { ...manifest.value, spec: { ...spec, template: { ...template, metadata: { ...metadata, annotations } } } },
  }
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** Applies the lab's own objects and the learner's. A refusal of ours throws; the learner's are in the result. */
export const applyWork = async (
  cluster: Cluster,
  { own = [], work }: { readonly own?: readonly Manifest[]; readonly work: readonly Manifest[] },
  o: Abortable,
): Promise<Applied> => {
  const ours = await cluster.apply(own, o)
  if (ours.refusals[0] !== undefined) throw new Error(`the lab's own ${ours.refusals[0].object} was refused: ${ours.refusals[0].message}`)
  return cluster.apply(work, o)
}

/** The address of a Service, for traffic that is not about finding it by name. */
export const serviceAddress = async (cluster: Cluster, name: string, o: Required<Abortable>): Promise<string> => {
  const { object } = await cluster.waitFor({ apiVersion: 'v1', kind: 'Service', name }, (service) => addressOf(service) !== undefined, {
    withinSeconds: 20,
    ...o,
  })
  const address = addressOf(object)
  if (address === undefined) throw new Error(`the Service ${name} has no address`)
  return address
}

const addressOf = (service: ClusterObject | undefined): string | undefined => {
  const { clusterIP } = objectOf(service?.['spec'])
  return typeof clusterIP === 'string' && clusterIP.includes('.') ? clusterIP : undefined
}

/** The API server's no as an answer, at its place: the first of them, with all of them below. */
export const refusedAnswer = (refusals: readonly Refusal[]): Answer | undefined => {
  const [first] = refusals
  if (first === undefined) return undefined
  const { reason, object, message, at } = first
  return fail(
    `kubernetes.api.${reason}`,
    { object, message, file: at.file, line: at.line },
    {
      at,
      evidence: [
        {
          kind: 'table',
          title: 'kubernetes.refusals',
          columns: ['FILE', 'LINE', 'OBJECT', 'MESSAGE'],
          rows: refusals.map((each) => [each.at.file, each.at.line, each.object, each.message]),
        },
      ],
    },
  )
}
