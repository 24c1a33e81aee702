import type { Complaint } from '../complaint.ts'
import type { PodOf } from '../pod.ts'
import { type Fields, isFields, listOf, textOf } from '../read/manifest.ts'
import { repeated } from './complaints.ts'

/**
 * A port of the node can be had once; on the node's own network a container's port is the node's.
 *
 * Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (checkHostPortConflicts, validateHostNetwork).
 */
export const hostPorts = ({ spec, containers }: PodOf): Complaint[] => {
  const ports = containers.flatMap(({ container, path, role }) =>
    listOf(container['ports']).flatMap((port, index) => (isFields(port) ? [{ port, role, at: [...path, 'ports', index] }] : [])),
  )
  const onHost = ports.filter(({ port }) => typeof port['hostPort'] === 'number' && port['hostPort'] !== 0)
  const key = ({ hostIP, hostPort, protocol }: Fields): string => `${textOf(hostIP)}:${String(hostPort)}/${textOf(protocol) || 'TCP'}`
  const mismatched = onHost.filter(({ port }) => spec['hostNetwork'] === true && port['hostPort'] !== port['containerPort'])
  return [
    ...mismatched.map(({ port, at }) => ({
      rule: 'pod.host-port' as const,
      path: [...at, 'hostPort'],
      values: { containerPort: String(port['containerPort']), hostPort: String(port['hostPort']) },
    })),
    ...repeated(
      'hostPort',
      onHost.filter(({ role }) => role === 'main').map(({ port, at }) => ({ key: key(port).replace(/^:/, ''), path: [...at, 'hostPort'] })),
    ),
  ]
}
