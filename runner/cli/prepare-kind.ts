import { setTimeout as delay } from 'node:timers/promises'
import { POD_IMAGE } from '../../labs/kit/lab.ts'
import { findProgram, run } from '../engine/install.ts'
import type { Environment } from '../environment.ts'
import { recipeOf, referenceOf } from '../images/recipe.ts'
import { type Addon, type InstallingAddon, installAddon, loadArchives } from '../kind/addons.ts'
import { CLUSTER, findOurs, type KindPrograms, kubeconfigOf } from '../kind/clusters.ts'
import { createCluster, deleteCluster, memoryMiB, startNodes } from '../kind/create.ts'
import { findPrograms } from '../kind/find.ts'
import { loadImage } from '../kind/images.ts'
import { openKubernetes } from '../sandbox/kubernetes/index.ts'
import { Complaint } from './complaint.ts'
import { installPackages } from './packages.ts'
import { progress, say } from './terminal.ts'

export interface PreparingKind {
  readonly environment: Environment
  readonly data: string
  /** Of the nodes; kind's own choice, which it pulls, where absent. */
  readonly nodeImage?: string | undefined
  readonly install: boolean
  readonly signal: AbortSignal
}

const INSTALL_WITHIN_MS = 10 * 60_000
/** How long a cluster that was there before may take to answer before it is made anew. */
const WAKE_SECONDS = 60
const KIND_MODULE = 'sigs.k8s.io/kind@v0.33.0'

/**
 * A kind cluster that labs can use now: the kind command found or installed, the cluster made or woken, the lab image in its nodes, kwok
 * running. metrics-server, which no first lab needs and which takes its time, comes after it. Says what it does, how long it took and what
 * it uses.
 *
 * @throws Complaint when there is no kind command, or no cluster can be made.
 */
export const prepareKind = async (preparing: PreparingKind): Promise<void> => {
  const began = performance.now()
  const { environment, signal } = preparing
  const programs = await findOrInstallKind(preparing)
  const name = await makeOrWake(programs, preparing)
  const installing = {
    cluster: name,
    kubeconfig: await kubeconfigOf(programs, name, { signal }),
    folder: environment.HATOBA_KIND_ADDONS,
    signal,
  }
  await fillCluster(programs, installing)
  say(`the Kubernetes cluster ${name} is ready after ${Math.round((performance.now() - began) / 1000)} s`)
  addLater(programs, installing).catch((thrown: Error) => signal.aborted || say(thrown.message))
}

type Installing = InstallingAddon & { readonly signal: AbortSignal }

/** Puts the lab image into the nodes, and what some labs need beside it; says what could not be had. */
const fillCluster = async (programs: KindPrograms, installing: Installing): Promise<void> => {
  const { cluster, folder, signal } = installing
  using _shown = progress(`putting the lab image and kwok into ${cluster}`)
  if (folder !== undefined) await loadArchives(programs, { cluster, folder, signal })
  await Promise.all([loadNode(programs, cluster, signal), installOrSay(programs, 'kwok', installing)])
}

const loadNode = (programs: KindPrograms, name: string, signal: AbortSignal): Promise<void> =>
  loadImage(programs, name, referenceOf(recipeOf('node')), { signal })

const installOrSay = async (programs: KindPrograms, addon: Addon, installing: InstallingAddon): Promise<void> => {
  const lacking = await installAddon(programs, addon, installing)
  if (lacking !== undefined)
    say(`${addon} does not run, so labs that need it are incomplete: ${lacking}. HATOBA_KIND_ADDONS can name a folder with its image.`)
}

const addLater = async (programs: KindPrograms, installing: Installing): Promise<void> => {
  await installOrSay(programs, 'metrics-server', installing)
  const { cluster, signal } = installing
  say(`the Kubernetes cluster ${cluster} uses ${await memoryMiB(programs, cluster, signal)} MiB`)
}

const findOrInstallKind = async ({ environment, data, install, signal }: PreparingKind): Promise<KindPrograms> => {
  const found = findPrograms({ environment, data })
  if (!('lacks' in found)) return found
  if (found.lacks === 'docker') throw new Complaint('kind needs the docker command, and there is none.', 'Install it (Debian: docker.io).')
  if (install) await installPackages([['kind', 'kind']], { environment, says: 'installing the kind command with apt-get', signal })
  const go = install && 'lacks' in findPrograms({ environment, data }) ? findProgram('go', environment) : undefined
  if (go !== undefined) {
    using shown = progress('installing the kind command with go')
    const failed = await run([go, 'install', KIND_MODULE], {
      line: (text) => shown.update(0.5, text),
      signal,
      withinMs: INSTALL_WITHIN_MS,
      variables: { GOBIN: `${data}/bin` },
    })
    if (failed !== undefined) say(failed)
  }
  const again = findPrograms({ environment, data })
  if (!('lacks' in again)) return again
  throw new Complaint(
    'There is no kind command, and it could not be installed here.',
    'Put kind (https://kind.sigs.k8s.io) on the PATH, then run `hatoba up --kind` again.',
  )
}

/** The name of a cluster of ours whose nodes are ready. */
const makeOrWake = async (programs: KindPrograms, { environment, data, nodeImage, signal }: PreparingKind): Promise<string> => {
  const name = await findOurs(programs, { signal })
  if (name !== undefined) {
    if (await wakes(programs, name, signal)) return name
    if (name !== CLUSTER) throw new Complaint(`The cluster ${name} does not answer.`, `\`kind delete cluster --name ${name}\` removes it.`)
    say(`the cluster ${name} does not answer any more; it holds nothing of yours and is made anew`)
    await deleteCluster(programs, name, data, signal)
  }
  using shown = progress(
    'making a Kubernetes cluster of three nodes with kind (about half a minute, longer when its node image is fetched)',
  )
  await createCluster(programs, {
    data,
    nodeImage: nodeImage ?? environment.HATOBA_KIND_NODE_IMAGE,
    signal,
    onStep: (share, step) => shown.update(share, step),
    whileJoining: () => loadNode(programs, CLUSTER, signal),
  }).catch((thrown: Error) => {
    signal.throwIfAborted()
    throw new Complaint(
      thrown.message,
      'Where no image registry can be reached, name a node image that the engine has: --node-image NAME or HATOBA_KIND_NODE_IMAGE.',
    )
  })
  await startNodes(programs, CLUSTER, signal)
  return CLUSTER
}

/** Whether the cluster answers, once its nodes are started: after the engine was stopped they are too. */
const wakes = async (programs: KindPrograms, name: string, signal: AbortSignal): Promise<boolean> => {
  using shown = progress(`looking whether the cluster ${name} answers`)
  await startNodes(programs, name, signal)
  const until = Date.now() + WAKE_SECONDS * 1000
  for (;;) {
    const kubeconfig = await kubeconfigOf(programs, name, { signal }).catch(() => undefined)
    if (kubeconfig !== undefined) {
      await using driver = await openKubernetes({ instance: 'up', proberImage: POD_IMAGE, kubeconfig })
      if ((await driver.probe({ signal })).ready) return true
    }
    if (Date.now() > until) return false
    shown.update(1 - (until - Date.now()) / (WAKE_SECONDS * 1000))
    await delay(500, undefined, { signal })
  }
}
