import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isLabelName } from '../names.ts'
import type { PodOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest, textOf } from '../read/manifest.ts'
import { between, exclusive, needed } from './complaints.ts'
import { claimComplaints } from './storage.ts'

const MODES: readonly [number, number] = [0, 0o777]
/** The part of a volume that says where it comes from; its name is all the rest. */
const sourcesOf = (volume: Fields): string[] => Object.keys(volume).filter((key) => key !== 'name')

/**
 * Volumes of a Pod, and where its containers mount them.
 *
 * Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (ValidateVolumes, ValidateVolumeMounts).
 */
export const volumeComplaints = ({ value, kind }: Manifest, { spec, path, containers }: PodOf): Complaint[] => {
  const complaints: Complaint[] = []
  const known = new Set<string>()
  for (const [index, volume] of listOf(spec['volumes']).entries()) {
    if (!isFields(volume)) continue
    const name = textOf(volume['name'])
    const at = [...path, 'spec', 'volumes', index]
    complaints.push(...source(volume, at))
    if (name === '') {
      if (volume['name'] === '') complaints.push(...needed(volume, at, 'name', 'volumes'))
      continue
    }
    if (!isLabelName(name)) complaints.push({ rule: 'name.label', path: [...at, 'name'], values: { name } })
    if (known.has(name)) complaints.push({ rule: 'pod.volume-twice', path: [...at, 'name'], values: { name } })
    known.add(name)
  }
  if (kind === 'StatefulSet')
    for (const claim of listOf(fieldsOf(value['spec'])['volumeClaimTemplates']))
      known.add(textOf(fieldsOf(fieldsOf(claim)['metadata'])['name']))
  for (const { container, name, path: at } of containers) complaints.push(...mounts(container, name, at, known))
  return complaints
}

/** A volume comes from one place; from none, it is an empty directory. */
const source = (volume: Fields, at: Path): Complaint[] => {
  const [first, second] = sourcesOf(volume)
  if (first === undefined) return []
  if (second !== undefined) return exclusive(volume, at, first, second)
  const given = fieldsOf(volume[first])
  const inside = [...at, first]
  const claim = fieldsOf(given['volumeClaimTemplate'])['spec']
  return [
    ...modes(given, inside),
    ...listOf(given['sources']).flatMap((part, index) =>
      Object.entries(fieldsOf(part)).flatMap(([key, from]) => modes(fieldsOf(from), [...inside, 'sources', index, key])),
    ),
    ...(isFields(claim) ? claimComplaints(claim, [...inside, 'volumeClaimTemplate', 'spec']) : []),
    ...(first === 'hostPath' ? hostPath(given, inside) : []),
  ]
}

const modes = (given: Fields, at: Path): Complaint[] => [
  ...between(given, at, 'defaultMode', MODES),
  ...listOf(given['items']).flatMap((item, index) => between(fieldsOf(item), [...at, 'items', index], 'mode', MODES)),
]

export const hostPath = (given: Fields, at: Path): Complaint[] =>
  given['path'] === '' ? needed(given, at, 'path', 'hostPath') : upwards(given, at, 'path')

/** A path that leaves the place that it begins in. */
const upwards = (fields: Fields, at: Path, field: string): Complaint[] => {
  const actual = textOf(fields[field])
  return actual.split('/').includes('..') ? [{ rule: 'volume.upwards', path: [...at, field], values: { field, actual } }] : []
}

const mounts = (container: Fields, name: string, path: Path, known: ReadonlySet<string>): Complaint[] => {
  const complaints: Complaint[] = []
  const taken = new Set<string>()
  for (const list of ['volumeMounts', 'volumeDevices'] as const)
    for (const [index, mount] of listOf(container[list]).entries()) {
      const fields = fieldsOf(mount)
      const at = [...path, list, index]
      const volume = textOf(fields['name'])
      if (volume !== '' && !known.has(volume))
        complaints.push({ rule: 'pod.volume-missing', path: [...at, 'name'], values: { name: volume, container: name } })
      const mountPath = textOf(fields[list === 'volumeMounts' ? 'mountPath' : 'devicePath'])
      if (mountPath !== '' && taken.has(mountPath))
        complaints.push({
          rule: 'pod.mount-path-twice',
          path: [...at, list === 'volumeMounts' ? 'mountPath' : 'devicePath'],
          values: { mountPath },
        })
      taken.add(mountPath)
      if (fields['mountPath'] === '') complaints.push(...needed(fields, at, 'mountPath', list))
      complaints.push(...exclusive(fields, at, 'subPath', 'subPathExpr'), ...inVolume(fields, at))
    }
  return complaints
}

const inVolume = (fields: Fields, at: Path): Complaint[] =>
  ['subPath', 'subPathExpr'].flatMap((field): Complaint[] => {
    const actual = textOf(fields[field])
    return actual.startsWith('/')
      ? [{ rule: 'volume.upwards', path: [...at, field], values: { field, actual } }]
      : upwards(fields, at, field)
  })
