import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { hasForm, isDataKey, isLabelName, isLabelValue, isQualifiedName, isServiceName, nameFormOf } from '../names.ts'
import { podOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, type Manifest, textOf } from '../read/manifest.ts'

/** Names, labels and annotations that an API server refuses. Types are the schema's affair: what has the wrong one is passed over. */
export const metadataComplaints = (manifest: Manifest): Complaint[] => {
  const pod = podOf(manifest)
  return [
    ...nameComplaints(manifest),
    ...labelled(fieldsOf(manifest.value['metadata']), ['metadata']),
    ...(pod === undefined || pod.path.length === 0
      ? []
      : labelled({ labels: pod.labels, annotations: pod.annotations }, [...pod.path, 'metadata'])),
    ...dataKeys(manifest),
  ]
}

const nameComplaints = ({ value, kind }: Manifest): Complaint[] => {
  const metadata = fieldsOf(value['metadata'])
  const { name, generateName, namespace } = metadata
  const complaints: Complaint[] = []
  if (name === undefined || name === '') {
    // Reviews are questions to the API server; they have no name.
    if (textOf(generateName) === '' && !/Review$|^TokenRequest$/.test(kind))
      complaints.push({ rule: 'name.missing', path: ['metadata', 'name'], values: { kind } })
  } else if (typeof name === 'string') complaints.push(...wrongName(name, kind))
  if (typeof namespace === 'string' && namespace !== '' && !isLabelName(namespace))
    complaints.push({ rule: 'name.label', path: ['metadata', 'namespace'], values: { name: namespace } })
  return complaints
}

/** A CronJob's Jobs carry 11 characters more, a StatefulSet's Pods and a Job's Pods some too; only the first is checked by name. */
const LONGEST_CRON_JOB = 52

const wrongName = (name: string, kind: string): Complaint[] => {
  const form = nameFormOf(kind)
  const path = ['metadata', 'name']
  if (!hasForm(name, form)) return [{ rule: `name.${form}`, path, values: { name } }]
  return kind === 'CronJob' && name.length > LONGEST_CRON_JOB
    ? [{ rule: 'name.cron-job', path, values: { name, allowed: LONGEST_CRON_JOB } }]
    : []
}

const labelled = (metadata: Fields, path: Path): Complaint[] =>
  (['labels', 'annotations'] as const).flatMap((field) =>
    Object.entries(fieldsOf(metadata[field])).flatMap(([key, value]): Complaint[] => {
      const at = [...path, field, key]
      // The API server compares annotation keys in lower case, so capitals in the prefix pass there.
      if (!isQualifiedName(field === 'annotations' ? key.toLowerCase() : key))
        return [{ rule: 'name.label-key', path: at, want: 'key', values: { name: key } }]
      return field === 'labels' && typeof value === 'string' && !isLabelValue(value)
        ? [{ rule: 'name.label-value', path: at, values: { key, name: value } }]
        : []
    }),
  )

const dataKeys = ({ value, kind }: Manifest): Complaint[] => {
  if (kind !== 'ConfigMap' && kind !== 'Secret') return []
  return ['data', 'stringData', 'binaryData'].flatMap((field) =>
    Object.keys(isFields(value[field]) ? value[field] : {}).flatMap((key): Complaint[] =>
      isDataKey(key) ? [] : [{ rule: 'name.data-key', path: [field, key], want: 'key', values: { name: key } }],
    ),
  )
}

/** The name of a Service that another object refers to. */
export const serviceNameComplaint = (name: unknown, path: Path): Complaint[] =>
  typeof name === 'string' && name !== '' && !isServiceName(name) ? [{ rule: 'name.service', path, values: { name } }] : []
