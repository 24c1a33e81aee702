import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { hasForm, isLabelName, isQualifiedName, nameFormOf } from '../names.ts'
import { podOf } from '../pod.ts'
import { type Fields, fieldsOf, type Manifest, textOf } from '../read/manifest.ts'
import { dataKeys } from './secrets.ts'
import { pairComplaints } from './selectors.ts'

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
  // What is put behind a generated name makes its last `-` a character like any other.
  if (typeof generateName === 'string' && generateName !== '' && !hasForm(generateName.replace(/-$/, 'a'), nameFormOf(kind)))
    complaints.push({ rule: `name.${nameFormOf(kind)}`, path: ['metadata', 'generateName'], values: { name: generateName } })
  if (name === undefined || name === '') {
    // Reviews are questions to the API server; they have no name.
    if (textOf(generateName) === '' && !/Review$|^TokenRequest$/.test(kind))
      complaints.push({ rule: 'name.missing', path: ['metadata', 'name'], values: { kind } })
  } else if (typeof name === 'string') complaints.push(...wrongName(name, kind))
  if (typeof namespace === 'string' && namespace !== '' && !isLabelName(namespace))
    complaints.push({ rule: 'name.label', path: ['metadata', 'namespace'], values: { name: namespace } })
  return complaints
}

/** A CronJob's Jobs carry 11 characters more in their names; a Job's name becomes the value of a label of its Pods. */
const LONGEST: Readonly<Record<string, number>> = { CronJob: 52, Job: 63 }

const wrongName = (name: string, kind: string): Complaint[] => {
  const form = nameFormOf(kind)
  const path = ['metadata', 'name']
  if (!hasForm(name, form)) return [{ rule: `name.${form}`, path, values: { name } }]
  const allowed = LONGEST[kind]
  return allowed !== undefined && name.length > allowed ? [{ rule: 'name.job', path, values: { kind, name, allowed } }] : []
}

const labelled = (metadata: Fields, path: Path): Complaint[] => [
  ...pairComplaints(metadata['labels'], [...path, 'labels']),
  // The API server compares annotation keys in lower case, so capitals in the prefix pass there.
  ...Object.keys(fieldsOf(metadata['annotations'])).flatMap((key): Complaint[] =>
    isQualifiedName(key.toLowerCase())
      ? []
      : [{ rule: 'name.label-key', path: [...path, 'annotations', key], want: 'key', values: { name: key } }],
  ),
]
