import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import type { ContainerOf, PodOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../read/manifest.ts'
import { between, hasText, needed, onlyWith } from './complaints.ts'

const IDS: readonly [number, number] = [0, 2 ** 31 - 1]
const PROFILES = ['seccompProfile', 'appArmorProfile'] as const

/**
 * Security contexts that contradict themselves, and ids that no system has.
 *
 * Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (ValidatePodSecurityContext, ValidateSecurityContext).
 */
export const securityComplaints = ({ spec, path, containers }: PodOf): Complaint[] => {
  const at = [...path, 'spec', 'securityContext']
  const context = fieldsOf(spec['securityContext'])
  return [
    ...['runAsUser', 'runAsGroup', 'fsGroup'].flatMap((field) => between(context, at, field, IDS)),
    ...profiles(context, at),
    ...containers.flatMap(ofContainer),
    ...linuxOnly(spec, containers, at),
  ]
}

const ofContainer = ({ container, path }: ContainerOf): Complaint[] => {
  const context = fieldsOf(container['securityContext'])
  const at = [...path, 'securityContext']
  const complaints = [...between(context, at, 'runAsUser', IDS), ...between(context, at, 'runAsGroup', IDS), ...profiles(context, at)]
  if (context['allowPrivilegeEscalation'] !== false) return complaints
  const because =
    context['privileged'] === true
      ? 'privileged: true'
      : listOf(fieldsOf(context['capabilities'])['add']).includes('CAP_SYS_ADMIN')
        ? 'capabilities.add: [CAP_SYS_ADMIN]'
        : undefined
  if (because !== undefined)
    complaints.push({
      rule: 'field.exclusive',
      path: [...at, 'allowPrivilegeEscalation'],
      values: { field: 'allowPrivilegeEscalation: false', other: because },
    })
  return complaints
}

/** A profile of one's own has a name; the others have none. */
const profiles = (context: Fields, at: Path): Complaint[] =>
  PROFILES.flatMap((field) => {
    const profile = context[field]
    if (!isFields(profile)) return []
    if (textOf(profile['type']) === 'Localhost') return needed(profile, [...at, field], 'localhostProfile', field)
    return hasText(profile['localhostProfile']) ? onlyWith(profile, [...at, field], 'localhostProfile', '`type: Localhost`') : []
  })

/** Source: field description of `v1.PodSpec.os`: a Pod that says it is for Linux must not set what is for Windows. */
const linuxOnly = (spec: Fields, containers: readonly ContainerOf[], at: Path): Complaint[] =>
  fieldsOf(spec['os'])['name'] === 'linux'
    ? [
        ...onlyWith(fieldsOf(spec['securityContext']), at, 'windowsOptions', '`os: {name: windows}`'),
        ...containers.flatMap(({ container, path }) =>
          onlyWith(fieldsOf(container['securityContext']), [...path, 'securityContext'], 'windowsOptions', '`os: {name: windows}`'),
        ),
      ]
    : []
