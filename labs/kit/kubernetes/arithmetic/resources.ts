import type { ContainerOf, PodOf } from '../pod.ts'
import { podOf } from '../pod.ts'
import { type Fields, fieldsOf, isFields, type Manifest } from '../read/manifest.ts'
import { addQuantities, compareQuantities, maxQuantity, NONE, parseQuantity, type Quantity } from './quantity.ts'

export type Part = 'requests' | 'limits'

/**
 * What one container asks for or is limited to; undefined where nothing is written.
 *
 * Source: Kubernetes API reference, `v1.ResourceRequirements.requests`: a request that is left out defaults to the limit.
 */
export const containerAmount = (container: Fields, part: Part, resource: string): Quantity | undefined => {
  const resources = fieldsOf(container['resources'])
  const written = fieldsOf(resources[part])[resource] ?? (part === 'requests' ? fieldsOf(resources['limits'])[resource] : undefined)
  return parseQuantity(written)
}

/**
 * What the scheduler reserves for a Pod: the larger of what runs at once later (main containers and sidecars) and what runs at once
 * while starting (one init container beside the sidecars started before it), and the Pod's overhead on top.
 *
 * Source: Kubernetes documentation, "Sidecar Containers", section on resource sharing within containers (kubernetes/website,
 * content/en/docs/concepts/workloads/pods/sidecar-containers.md).
 */
export const podAmount = ({ spec, containers }: PodOf, part: Part, resource: string): Quantity => {
  const ofPod = parseQuantity(fieldsOf(fieldsOf(spec['resources'])[part])[resource])
  const overhead = parseQuantity(fieldsOf(spec['overhead'])[resource]) ?? NONE
  if (ofPod !== undefined) return addQuantities(ofPod, overhead)
  const amount = ({ container }: ContainerOf): Quantity => containerAmount(container, part, resource) ?? NONE
  let sidecars = NONE
  let starting = NONE
  for (const each of containers) {
    if (each.role === 'sidecar') sidecars = addQuantities(sidecars, amount(each))
    if (each.role !== 'main') starting = maxQuantity(starting, each.role === 'init' ? addQuantities(sidecars, amount(each)) : sidecars)
  }
  const running = addQuantities(sidecars, ...containers.filter(({ role }) => role === 'main').map(amount))
  return addQuantities(maxQuantity(running, starting), overhead)
}

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'
/** Who goes first when a node runs out. Source: Kubernetes documentation, "Pod Quality of Service Classes". */
export const EVICTION_ORDER = ['BestEffort', 'Burstable', 'Guaranteed'] as const satisfies readonly QosClass[]

/**
 * A Pod's class: Guaranteed when every container has cpu and memory limits and equal requests, BestEffort when none has any of the
 * four, Burstable otherwise. Init containers count like the others; where the Pod itself has resources, those alone decide.
 *
 * Source: Kubernetes documentation, "Pod Quality of Service Classes" (kubernetes/website,
 * content/en/docs/concepts/workloads/pods/pod-qos.md).
 */
export const qosClass = ({ spec, containers }: PodOf): QosClass => {
  const holders = isFields(spec['resources']) ? [spec] : containers.map(({ container }) => container)
  const each = (resource: string): { request: Quantity | undefined; limit: Quantity | undefined }[] =>
    holders.map((holder) => ({
      request: containerAmount(holder, 'requests', resource),
      limit: containerAmount(holder, 'limits', resource),
    }))
  const all = ['cpu', 'memory'].flatMap(each)
  const some = (quantity: Quantity | undefined): quantity is Quantity => quantity !== undefined && quantity.billionths > 0n
  if (!all.some(({ request, limit }) => some(request) || some(limit))) return 'BestEffort'
  return all.every(({ request, limit }) => some(limit) && request !== undefined && compareQuantities(request, limit) === 0)
    ? 'Guaranteed'
    : 'Burstable'
}

/** What all of a workload's Pods together reserve: `times` of them. */
export const totalAmount = (manifest: Manifest, part: Part, resource: string, times: number): Quantity => {
  const pod = podOf(manifest)
  return pod === undefined ? NONE : { billionths: podAmount(pod, part, resource).billionths * BigInt(times) }
}
