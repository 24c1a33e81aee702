import type { Path } from '../finding.ts'
import { fieldsOf, isFields, listOf, type Manifest } from '../read/manifest.ts'
import { annotationsOf, type LintRule, labelsOf, nameOf, objectRule, specOf } from './rule.ts'

/** Paths below which the order of keys differs from the alphabet's. */
function* unsorted(value: unknown, path: Path): Generator<{ path: Path; expected: string; actual: string }> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* unsorted(item, [...path, index])
    return
  }
  if (!isFields(value)) return
  const keys = Object.keys(value)
  const sorted = keys.toSorted()
  if (keys.some((key, index) => key !== sorted[index])) yield { path, expected: sorted.join(', '), actual: keys.join(', ') }
  for (const key of keys) yield* unsorted(value[key], [...path, key])
}

/** What makes or is meant to be deployed: the objects that teams put their notes on. */
const isWorkload = ({ kind }: Manifest): boolean => WORKLOADS.has(kind)
const WORKLOADS = new Set([
  'Deployment',
  'DeploymentConfig',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Pod',
  'Job',
  'CronJob',
])

/** A label that repeats the object's name, so that what belongs together is found by either. */
const nameRule = (id: 'lint.name-label' | 'lint.instance-label', key: string, sources: readonly string[]): LintRule =>
  objectRule({ id, sources, optional: true }, function* (manifest) {
    const label = labelsOf(manifest)[key]
    if (isWorkload(manifest) && label !== manifest.name)
      yield { path: ['metadata', 'labels', key], values: { actual: String(label ?? '-'), name: manifest.name } }
  })

/** A team's own agreements. Nothing here is wrong in itself, so none is asked without being named. */
export const HOUSE_RULES: readonly LintRule[] = [
  objectRule({ id: 'lint.no-namespace', sources: ['kube-linter use-namespace'], optional: true }, function* (manifest) {
    if (manifest.namespace === undefined || manifest.namespace === 'default') yield { path: ['metadata', 'namespace'], values: {} }
  }),
  objectRule(
    { id: 'lint.required-annotation', sources: ['kube-linter required-annotation-email'], optional: true },
    function* (manifest, { options }) {
      if (!isWorkload(manifest)) return
      for (const [key, form] of Object.entries(options.requiredAnnotations)) {
        const value = annotationsOf(manifest)[key]
        if (typeof value !== 'string' || !form.test(value)) yield { path: ['metadata', 'annotations', key], values: { key } }
      }
    },
  ),
  objectRule(
    { id: 'lint.required-label', sources: ['kube-linter required-label-owner'], optional: true },
    function* (manifest, { options }) {
      if (!isWorkload(manifest)) return
      for (const key of options.requiredLabels)
        if (labelsOf(manifest)[key] === undefined) yield { path: ['metadata', 'labels', key], values: { key } }
    },
  ),
  nameRule('lint.name-label', 'app.kubernetes.io/name', ['polaris nakedPod', 'polaris metadataAndNameMismatched']),
  nameRule('lint.instance-label', 'app.kubernetes.io/instance', ['polaris metadataAndInstanceMismatched']),
  objectRule(
    { id: 'lint.forbidden-annotation', sources: ['kube-linter template-forbidden-annotation'], optional: true },
    function* (manifest, { options }) {
      for (const [key, value] of Object.entries(options.forbiddenAnnotations))
        if (annotationsOf(manifest)[key] === value) yield { path: ['metadata', 'annotations', key], values: { key, value } }
    },
  ),
  objectRule(
    {
      id: 'lint.claim-annotation',
      sources: ['kube-linter statefulset-volumeclaimtemplate-annotation'],
      kinds: ['StatefulSet'],
      optional: true,
    },
    function* (set, { options }) {
      for (const [index, claim] of listOf(specOf(set)['volumeClaimTemplates']).entries()) {
        const metadata = fieldsOf(fieldsOf(claim)['metadata'])
        for (const key of options.claimAnnotations)
          if (fieldsOf(metadata['annotations'])[key] === undefined)
            yield { path: ['spec', 'volumeClaimTemplates', index, 'metadata', 'annotations'], values: { claim: nameOf(metadata), key } }
      }
    },
  ),
  objectRule({ id: 'lint.sorted-keys', sources: ['kube-linter sorted-keys'], optional: true }, function* ({ value }) {
    for (const { path, expected, actual } of unsorted(value, [])) yield { path, values: { expected, actual } }
  }),
]
