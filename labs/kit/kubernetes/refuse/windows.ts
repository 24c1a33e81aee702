import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { type PodOf, podOf } from '../pod.ts'
import { type Fields, fieldsOf, type Manifest } from '../read/manifest.ts'

/**
 * Fields that mean nothing on Windows; a Pod that says it is for Windows must not set them.
 *
 * Source: field description of `v1.PodSpec.os` in the Kubernetes API.
 */
const POD = ['hostPID', 'hostIPC', 'hostUsers', 'resources', 'shareProcessNamespace'] as const
const POD_SECURITY = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
] as const
const CONTAINER_SECURITY = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const

/** What an API server refuses because the Pod is for the other operating system. */
export const windowsComplaints = (manifest: Manifest): Complaint[] => {
  const pod = podOf(manifest)
  if (pod === undefined) return []
  if (fieldsOf(pod.spec['os'])['name'] !== 'windows') return hostProcess(pod)
  const set = (fields: Fields, names: readonly string[], path: Path): Complaint[] =>
    names.flatMap((field): Complaint[] =>
      fields[field] === undefined ? [] : [{ rule: 'windows.unset', path: [...path, field], want: 'key', values: { field } }],
    )
  const spec = [...pod.path, 'spec']
  return [
    ...hostProcess(pod),
    ...set(pod.spec, POD, spec),
    ...set(fieldsOf(pod.spec['securityContext']), POD_SECURITY, [...spec, 'securityContext']),
    ...pod.containers.flatMap(({ container, path }) =>
      set(fieldsOf(container['securityContext']), CONTAINER_SECURITY, [...path, 'securityContext']),
    ),
  ]
}

/** A HostProcess container is on its node's network and nowhere else. Source: field description of `v1.WindowsSecurityContextOptions`. */
const hostProcess = ({ spec, path, containers }: PodOf): Complaint[] => {
  const asks = (fields: Fields): boolean => fieldsOf(fieldsOf(fields['securityContext'])['windowsOptions'])['hostProcess'] === true
  const any = asks(spec) || containers.some(({ container }) => asks(container))
  return any && spec['hostNetwork'] !== true ? [{ rule: 'windows.host-network', path: [...path, 'spec', 'hostNetwork'], values: {} }] : []
}
