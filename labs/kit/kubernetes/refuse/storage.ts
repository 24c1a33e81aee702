import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest, textOf } from '../read/manifest.ts'
import { positive } from './amounts.ts'
import { choice, exclusive, needed } from './complaints.ts'
import { nodeSelector } from './placing.ts'

/** What is no place that a volume comes from. */
const NO_SOURCE = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
])

/**
 * A claim: how it may be mounted, and how large it is.
 *
 * Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimSpec).
 */
export const claimComplaints = (spec: Fields, at: Path): Complaint[] => {
  const requests = fieldsOf(fieldsOf(spec['resources'])['requests'])
  return [
    ...accessModes(spec, at),
    ...(requests['storage'] === undefined
      ? needed(requests, [...at, 'resources', 'requests'], 'storage', 'resources.requests')
      : positive('storage', requests['storage'], [...at, 'resources', 'requests', 'storage'])),
  ]
}

/** Source: the same file (ValidatePersistentVolumeSpec). */
export const volumeOfCluster = (spec: Fields): Complaint[] => {
  const at = ['spec']
  const capacity = fieldsOf(spec['capacity'])
  const sources = Object.keys(spec).filter((key) => !NO_SOURCE.has(key))
  const [first, second] = sources
  return [
    ...accessModes(spec, at),
    ...(capacity['storage'] === undefined
      ? needed(capacity, [...at, 'capacity'], 'storage', 'capacity')
      : positive('storage', capacity['storage'], [...at, 'capacity', 'storage'])),
    ...(first === undefined ? [{ rule: 'volume.nowhere' as const, path: at, want: 'key' as const, values: {} }] : []),
    ...(first === undefined || second === undefined ? [] : exclusive(spec, at, first, second)),
    ...(isFields(spec['local']) && !isFields(fieldsOf(spec['nodeAffinity'])['required'])
      ? [{ rule: 'field.missing' as const, path: [...at, 'nodeAffinity'], values: { field: 'nodeAffinity', parent: 'spec' } }]
      : nodeSelector(fieldsOf(spec['nodeAffinity'])['required'], [...at, 'nodeAffinity', 'required'])),
  ]
}

const ONE_POD = 'ReadWriteOncePod'

const accessModes = (spec: Fields, at: Path): Complaint[] => {
  const modes = listOf(spec['accessModes'])
  const missing = needed(spec, at, 'accessModes', 'spec')
  if (missing.length > 0 || modes.length < 2 || !modes.includes(ONE_POD)) return missing
  return [
    {
      rule: 'field.exclusive',
      path: [...at, 'accessModes', modes.indexOf(ONE_POD)],
      values: { field: ONE_POD, other: textOf(modes.find((mode) => mode !== ONE_POD)) || ONE_POD },
    },
  ]
}

/** Source: kubernetes/kubernetes, pkg/apis/storage/validation/validation.go (ValidateStorageClass). */
export const storageClass = ({ value }: Manifest): Complaint[] => [
  ...(value['provisioner'] === '' ? needed(value, [], 'provisioner', 'StorageClass') : []),
  ...choice(value, [], 'reclaimPolicy', ['Delete', 'Retain']),
]
