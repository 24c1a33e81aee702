import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Abortable } from '../contract.ts'
import type { ClusterObject, Fleet, FleetNode, FleetRuntimeClass, FleetSpec } from '../contract-cluster.ts'
import type { Api } from './api.ts'
import { unless } from './fault.ts'
import { followObjects } from './follow.ts'
import { FLEET_TAINT, HOME, LABEL } from './labels.ts'
import { waitForObject } from './observe.ts'
import { groupLabel, placed } from './placement.ts'

/** What kwok plays. */
const PLAYED = { 'kwok.x-k8s.io/node': 'fake' }
const NODES = '/api/v1/nodes'
const RUNTIME_CLASSES = '/apis/node.k8s.io/v1/runtimeclasses'
const READY_SECONDS = 90
/** Quotas give each container some of it, so a node without would take no Pod. */
const STORAGE = { 'ephemeral-storage': '100Gi' }
/** On the node that was changed last, with its name. */
const LAST = 'hatoba.dev/last'

export interface FleetOwner {
  readonly namespace: string
  /** The namespace's: what has it for an owner is removed by the cluster once the namespace is gone, whoever is left to ask for it. */
  readonly uid: string
  /** Whose it is and until when, for people and for sweeps. */
  readonly labels: Readonly<Record<string, string>>
}

type Body = Readonly<Record<string, unknown>>
const nameIn = (namespace: string, name: string): string => `${namespace}-${name}`

const metadataOf = ({ namespace, uid, labels }: FleetOwner, name: string): Body => ({
  name: nameIn(namespace, name),
  labels,
  ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: namespace, uid }],
})

/** A node as the API server takes it. */
export const toNode = (owner: FleetOwner, { name, groups, labels, taints = [], allocatable }: FleetNode): Body => {
  const hostname = nameIn(owner.namespace, name)
  const resources = { ...STORAGE, ...allocatable }
  const ours = { ...owner.labels, [FLEET_TAINT]: owner.namespace, ...Object.fromEntries(groups.map((group) => [groupLabel(group), ''])) }
  return {
    metadata: {
      ...metadataOf(owner, name),
      labels: { ...labels, 'kubernetes.io/hostname': hostname, ...ours },
      annotations: PLAYED,
    },
    spec: { taints: [...taints, { key: FLEET_TAINT, value: owner.namespace, effect: 'NoSchedule' }] },
    status: {
      capacity: resources,
      allocatable: resources,
      // It needs no address, and kwok gives those that are ready none. With one of kwok's own, the network of a kind cluster would ask
      // the real nodes for a route that they cannot have, and end over it.
      addresses: [{ type: 'Hostname', address: hostname }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'Played', message: 'made ready' }],
    },
  }
}

/** A RuntimeClass as the API server takes it. */
export const toRuntimeClass = (owner: FleetOwner, { name, handler, nodeSelector, tolerations }: FleetRuntimeClass): Body => ({
  metadata: metadataOf(owner, name),
  handler,
  scheduling: { ...(nodeSelector ? { nodeSelector } : {}), ...(tolerations ? { tolerations } : {}) },
})

/** A Pod that fits the node that was changed last, and no other. */
const toMessenger = ({ namespace, labels }: FleetOwner, node: string): Body => ({
  metadata: { name: `messenger-${namespace}`, labels },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
    nodeSelector: { [LAST]: node },
    tolerations: [{ operator: 'Exists' }],
    containers: [
      { name: 'messenger', image: 'messenger', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
    ],
  },
})

/** Makes a fleet; what fails or is aborted half way is removed. Throws `Fault`. */
export const makeFleet = async (
  api: Api,
  owner: FleetOwner,
  { nodes, runtimeClasses = [] }: FleetSpec,
  { signal }: Abortable = {},
): Promise<Fleet> => {
  const abortable: Abortable = signal ? { signal } : {}
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => [nameIn(owner.namespace, name), name] as const)
  const paths = [
    ...names(nodes).map(([name]) => `${NODES}/${name}`),
    ...names(runtimeClasses).map(([name]) => `${RUNTIME_CLASSES}/${name}`),
  ]
  const remove = async (): Promise<void> => {
    await Promise.all(paths.map((path) => unless([404], `remove ${path}`, api.call({ method: 'DELETE', path }))))
  }
  const make = (path: string, body: Body): Promise<unknown> =>
    unless([], `make a part of the fleet of ${owner.namespace}`, api.call({ method: 'POST', path, body, ...abortable }))
  try {
    await Promise.all([
      ...nodes.map((node) => make(NODES, toNode(owner, node))),
      ...runtimeClasses.map((runtimeClass) => make(RUNTIME_CLASSES, toRuntimeClass(owner, runtimeClass))),
    ])
    const [first] = names(nodes)
    if (first !== undefined) {
      await untilOpen(api, owner.namespace, nodes.length, signal)
      await untilKnown(api, owner, first[0], abortable)
    }
  } catch (thrown) {
    await remove().catch(() => {})
    throw thrown
  }
  const clusterNames = new Map(names(runtimeClasses).map(([inCluster, name]) => [name, inCluster]))
  return {
    nodes: new Map(names(nodes)),
    place: (manifest, group) => placed(manifest, { namespace: owner.namespace, group, runtimeClasses: clusterNames }),
    [Symbol.asyncDispose]: remove,
  }
}

interface NodeFields {
  readonly spec?: { readonly taints?: readonly { readonly key: string }[] }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

/** Ready, and no longer closed by the cluster for not having been so. */
const isOpen = (node: ClusterObject): boolean => {
  const { spec, status } = node as unknown as NodeFields
  return (
    (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True') &&
    !(spec?.taints ?? []).some(({ key }) => key.startsWith('node.kubernetes.io/'))
  )
}

const untilOpen = async (api: Api, namespace: string, count: number, signal: AbortSignal | undefined): Promise<void> => {
  const following = new AbortController()
  const either = AbortSignal.any([following.signal, AbortSignal.timeout(READY_SECONDS * 1000), ...(signal ? [signal] : [])])
  let open = 0
  for await (const { objects } of followObjects(api, NODES, { labels: { [LABEL.sandbox]: namespace }, signal: either })) {
    open = objects.filter(isOpen).length
    if (open >= count) break
  }
  following.abort()
  signal?.throwIfAborted()
  if (open < count) throw new Fault('cluster.timeout', `kwok made ${open} of ${count} played nodes ready within ${READY_SECONDS} s.`)
}

/**
 * The scheduler hears of nodes in the order in which they changed. A last change that a Pod of ours waits for tells that it has heard of
 * all others: from then on "no node fits" is about the nodes that there are.
 */
const untilKnown = async (api: Api, owner: FleetOwner, node: string, o: Abortable): Promise<void> => {
  const body = { metadata: { labels: { [LAST]: node } } }
  const path = `/api/v1/namespaces/${HOME}/pods`
  const messenger = toMessenger(owner, node)
  const { name } = messenger['metadata'] as { name: string }
  await unless(
    [],
    `change ${node}`,
    api.call({ method: 'PATCH', path: `${NODES}/${node}`, contentType: 'application/merge-patch+json', body, ...o }),
  )
  try {
    await unless([], 'ask the scheduler', api.call({ method: 'POST', path, body: messenger, ...o }))
    const { met } = await waitForObject(api, path, isBound, { fields: { 'metadata.name': name }, withinSeconds: READY_SECONDS, ...o })
    if (!met) throw new Fault('cluster.timeout', `The scheduler did not use a played node within ${READY_SECONDS} s.`)
  } finally {
    await unless([404], 'remove the messenger', api.call({ method: 'DELETE', path: `${path}/${name}`, body: { gracePeriodSeconds: 0 } }))
  }
}

const isBound = (pod: ClusterObject | undefined): boolean =>
  ((pod as { spec?: { nodeName?: string } } | undefined)?.spec?.nodeName ?? '') !== ''

const namespaceSchema = z.object({ metadata: z.object({ uid: z.string(), labels: z.record(z.string(), z.string()) }) })

/** Who owns what is made for a namespace: the labels are the namespace's own. Throws `Fault`. */
export const ownerOf = async (api: Api, namespace: string, o: Abortable = {}): Promise<FleetOwner> => {
  const answer = await unless([], `show ${namespace}`, api.call({ path: `/api/v1/namespaces/${namespace}`, ...o }))
  const { uid, labels } = namespaceSchema.parse(answer?.body).metadata
  const ours = Object.values(LABEL).flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]] as const]))
  return { namespace, uid, labels: Object.fromEntries(ours) }
}
