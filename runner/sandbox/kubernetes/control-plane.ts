import type { Abortable } from '../contract.ts'
import type { Api } from './api.ts'
import { listObjects } from './follow.ts'
import { FLEET_TAINT } from './labels.ts'
import { isOpenToPods } from './nodes.ts'

/** On the nodes that have the API server and its store. Clusters that are somebody's service show none. */
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'

/**
 * Keeps a Pod off these nodes, whatever it tolerates or names: the kubelet asks as well. A NetworkPolicy does not hold a Pod back from its
 * own node (https://kubernetes.io/docs/concepts/services-networking/network-policies/), so there it would reach the API server.
 */
export const OFF_CONTROL_PLANE = { key: CONTROL_PLANE, operator: 'DoesNotExist' } as const

/** With one, nothing could be drained, and whoever drained it would leave the Pods of everybody else nowhere to go. */
const ENOUGH = 2

/** Whether a cluster has nodes enough beside those of its control plane for all Pods of learners. Throws `Fault`. */
export const hasNodesApart = async (api: Api, { signal }: Abortable = {}): Promise<boolean> => {
  const { objects } = await listObjects(api, '/api/v1/nodes', { lacking: [CONTROL_PLANE, FLEET_TAINT] }, signal)
  return objects.filter(isOpenToPods).length >= ENOUGH
}
