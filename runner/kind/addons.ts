import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifests } from '../../labs/kit/kubernetes/index.ts'
import { Fault } from '../fault.ts'
import type { Abortable } from '../sandbox/contract.ts'
import type { ClusterObject } from '../sandbox/contract-cluster.ts'
import { type KindPrograms, linesOf, workersOf } from './clusters.ts'
import { output } from './program.ts'

/** What labs need beside a bare cluster: its manifest here, and the official image where the nodes have none. */
const ADDONS = {
  'metrics-server': { deployment: 'metrics-server', image: 'registry.k8s.io/metrics-server/metrics-server:v0.9.0' },
  kwok: { deployment: 'kwok-controller', image: 'registry.k8s.io/kwok/kwok:v0.8.0' },
} as const
export type Addon = keyof typeof ADDONS
export const ADDON_NAMES = Object.keys(ADDONS) as readonly Addon[]

export interface InstallingAddon extends Abortable {
  readonly cluster: string
  readonly kubeconfig: string
  /** A folder with image archives (`*.tar`) and manifests of the person's own, `<addon>.yaml`, where there is no network. */
  readonly folder?: string | undefined
  /** Leaves out what the nodes have no image of, instead of letting them try to pull it. */
  readonly withoutPulling?: boolean
}

const READY_SECONDS = 90

/** Puts the images of a person's own folder into the nodes. Throws `Fault` `cluster.*`. */
export const loadArchives = async (
  programs: KindPrograms,
  { cluster, folder, ...o }: { readonly cluster: string; readonly folder: string } & Abortable,
): Promise<void> => {
  const nodes = await workersOf(programs, cluster, o)
  for (const archive of (await readdir(folder)).filter((name) => name.endsWith('.tar')))
    await output(programs.kind, ['load', 'image-archive', join(folder, archive), '--name', cluster, '--nodes', nodes.join(',')], o)
}

/** Installs what is missing and waits until it works; what became of it, undefined where it works. Throws `Fault` `cluster.*`. */
export const installAddon = async (
  programs: KindPrograms,
  addon: Addon,
  { cluster, kubeconfig, folder, withoutPulling = false, ...o }: InstallingAddon,
): Promise<string | undefined> => {
  const { deployment, image } = ADDONS[addon]
  const images = await imagesIn(programs, cluster, o)
  const held = images.find((name) => name.includes(`/${addon}:`))
  if (held === undefined && withoutPulling) return `the nodes do not have its image ${image}`
  const found = held ?? image
  const text = await manifestOf(addon, folder)
  const { manifests } = readManifests(`${addon}.yaml`, text.replaceAll(`image: ${addon}\n`, `image: ${found}\n`))
  // Loaded here, with the client library.
  const { connectApi } = await import('../sandbox/kubernetes/api.ts')
  const { newResources } = await import('../sandbox/kubernetes/resources.ts')
  const { applyManifests } = await import('../sandbox/kubernetes/apply.ts')
  const { waitForObject } = await import('../sandbox/kubernetes/observe.ts')
  const api = connectApi({ kubeconfig })
  try {
    const using = { learner: api, resources: newResources(api), namespace: 'kube-system', nodesApart: false }
    const { refusals } = await applyManifests(manifests, using, o)
    if (refusals[0] !== undefined) return `the API server refused ${refusals[0].object}: ${refusals[0].message}`
    const { met, object } = await waitForObject(api, '/apis/apps/v1/namespaces/kube-system/deployments', isAvailable, {
      fields: { 'metadata.name': deployment },
      withinSeconds: held === undefined ? READY_SECONDS * 2 : READY_SECONDS,
      ...o,
    })
    return met || object === undefined ? undefined : `its image ${found} could not be started in time; the nodes may have no way to it`
  } finally {
    await api.close()
  }
}

const manifestOf = async (addon: Addon, folder: string | undefined): Promise<string> => {
  const own = folder === undefined ? undefined : join(folder, `${addon}.yaml`)
  return readFile(own !== undefined && existsSync(own) ? own : join(import.meta.dirname, 'addons', `${addon}.yaml`), 'utf8')
}

/** Whether what was applied last runs: a Deployment of before may have been available already. */
const isAvailable = (object: ClusterObject | undefined): boolean => {
  const { metadata, status } = (object ?? {}) as {
    metadata?: { generation?: number }
    status?: { observedGeneration?: number; updatedReplicas?: number; availableReplicas?: number }
  }
  return (
    status !== undefined &&
    (status.observedGeneration ?? 0) >= (metadata?.generation ?? 1) &&
    (status.updatedReplicas ?? 0) > 0 &&
    (status.availableReplicas ?? 0) > 0
  )
}

/** What the first node has; all have the same. */
const imagesIn = async (programs: KindPrograms, cluster: string, o: Abortable): Promise<readonly string[]> => {
  const [node] = await workersOf(programs, cluster, o)
  if (node === undefined) throw new Fault('cluster.failed', `The cluster ${cluster} has no node.`)
  return linesOf(await output(programs.docker, ['exec', node, 'ctr', '-n', 'k8s.io', 'images', 'ls', '-q'], { ...o, withinSeconds: 60 }))
}
