import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isEnvName, isQualifiedName } from '../names.ts'
import type { ContainerOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { choice, exactlyOne, repeated } from './complaints.ts'

/** Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (ValidateEnv, ValidateEnvFrom). */
const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef']
/** A file's key joined them in 1.34, behind a feature gate: what is written with it is counted, and not judged. */
const NEWER = ['fileKeyRef']

const OF_POD = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const OF_CONTAINER = ['limits', 'requests'].flatMap((side) => ['cpu', 'memory', 'ephemeral-storage'].map((name) => `${side}.${name}`))

/**
 * Variables of a container: their names, and the one place that each takes its value from. A name stands once: what is applied on the
 * server is merged by it (kubernetes-sigs/structured-merge-diff, typed/merge.go: "duplicate entries for key").
 */
export const environmentComplaints = ({ container, path }: ContainerOf): Complaint[] => [
  ...repeated(
    'name',
    listOf(container['env']).map((variable, index) => ({ key: textOf(fieldsOf(variable)['name']), path: [...path, 'env', index, 'name'] })),
  ),
  ...listOf(container['env']).flatMap((variable, index) => (isFields(variable) ? variableOf(variable, [...path, 'env', index]) : [])),
  ...listOf(container['envFrom']).flatMap((source, index) =>
    isFields(source) ? exactlyOne(source, [...path, 'envFrom', index], ['configMapRef', 'secretRef'], `envFrom[${index}]`) : [],
  ),
]

const variableOf = (env: Fields, at: Path): Complaint[] => {
  const { name, value, valueFrom } = env
  if (name === '') return [{ rule: 'field.empty', path: [...at, 'name'], values: { field: 'name' } }]
  const complaints: Complaint[] = []
  if (typeof name === 'string' && !isEnvName(name)) complaints.push({ rule: 'name.env', path: [...at, 'name'], values: { name } })
  if (!isFields(valueFrom)) return complaints
  if (value !== undefined && value !== '')
    complaints.push({ rule: 'pod.env-twice', path: [...at, 'valueFrom'], want: 'key', values: { name: textOf(name) } })
  if (NEWER.every((source) => valueFrom[source] === undefined))
    complaints.push(...exactlyOne(valueFrom, [...at, 'valueFrom'], SOURCES, 'valueFrom'))
  return [...complaints, ...references(valueFrom, [...at, 'valueFrom'])]
}

const references = (source: Fields, at: Path): Complaint[] => {
  const field = fieldsOf(source['fieldRef'])
  const resource = fieldsOf(source['resourceFieldRef'])
  return [
    ...(isUnlisted(textOf(field['fieldPath'])) ? [] : choice(field, [...at, 'fieldRef'], 'fieldPath', OF_POD)),
    ...(/^(limits|requests)\.hugepages-/.test(textOf(resource['resource']))
      ? []
      : choice(resource, [...at, 'resourceFieldRef'], 'resource', OF_CONTAINER)),
  ]
}

/** `metadata.labels['app']`, `metadata.annotations['example.com/a']`: more than can be listed. */
const isUnlisted = (path: string): boolean => {
  const key = /^metadata\.(?<kind>labels|annotations)\['(?<key>[^']*)'\]$/.exec(path)?.groups
  // The name that `spec.nodeName` had before the API was stable is still understood.
  if (key === undefined) return path === 'spec.host'
  return isQualifiedName(key['kind'] === 'annotations' ? (key['key'] ?? '').toLowerCase() : (key['key'] ?? ''))
}
