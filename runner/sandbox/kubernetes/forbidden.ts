import { fieldsOf, listOf, type Manifest } from '../../../labs/kit/kubernetes/read/manifest.ts'
import type { Refusal } from '../contract-cluster.ts'

/**
 * What whoever may make a kind may write into it and an API server takes, unless it was started otherwise: so it is refused before it is
 * sent. A Service with external addresses is given all traffic of the cluster to them, that to the API server as well (CVE-2020-8554).
 */
export const forbiddenIn = (manifest: Manifest): readonly Refusal[] => {
  const taken = manifest.kind === 'Service' && listOf(fieldsOf(manifest.value['spec'])['externalIPs']).length > 0
  if (!taken) return []
  const message = 'spec.externalIPs: Forbidden: such a Service would be given the traffic of others to these addresses'
  return [{ reason: 'other', object: manifest.title, message, at: manifest.at(['spec', 'externalIPs'], 'key') }]
}
