import type { Path } from './finding.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest, textOf } from './read/manifest.ts'

/** The Pod that an object is, or that it makes. */
export interface PodOf {
  readonly labels: Fields
  readonly annotations: Fields
  readonly spec: Fields
  /** Where `metadata` and `spec` of the Pod stand in the object. */
  readonly path: Path
  readonly containers: readonly ContainerOf[]
}

export interface ContainerOf {
  readonly container: Fields
  readonly name: string
  readonly path: Path
  /** `sidecar`: an init container that is restarted and runs beside the main ones. */
  readonly role: 'main' | 'init' | 'sidecar'
}

/** The Pod of a workload of any kind, ours or a stranger's with a `spec.template`; undefined for what makes no Pods. */
export const podOf = ({ value, kind }: Manifest): PodOf | undefined => {
  for (const path of pathsOf(kind)) {
    const template = path.reduce<unknown>((inside, step) => fieldsOf(inside)[String(step)], value)
    if (!isFields(template) || !isFields(template['spec'])) continue
    const metadata = fieldsOf(template['metadata'])
    return {
      labels: fieldsOf(metadata['labels']),
      annotations: fieldsOf(metadata['annotations']),
      spec: template['spec'],
      path,
      containers: containersOf(template['spec'], [...path, 'spec']),
    }
  }
  return undefined
}

const pathsOf = (kind: string): readonly Path[] => {
  if (kind === 'Pod') return [[]]
  if (kind === 'CronJob') return [['spec', 'jobTemplate', 'spec', 'template']]
  return kind === 'PodTemplate' ? [['template']] : [['spec', 'template']]
}

const containersOf = (spec: Fields, path: Path): ContainerOf[] =>
  (['initContainers', 'containers'] as const).flatMap((list) =>
    listOf(spec[list]).flatMap((container, index): ContainerOf[] => {
      if (!isFields(container)) return []
      const role = list === 'containers' ? 'main' : container['restartPolicy'] === 'Always' ? 'sidecar' : 'init'
      return [{ container, name: textOf(container['name']), path: [...path, list, index], role }]
    }),
  )

/** Kinds whose Pods are to run for ever. */
export const RUNS_FOR_EVER: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController'])
