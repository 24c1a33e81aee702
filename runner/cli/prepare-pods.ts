import { type FoundEngine, toAddress } from '../engine/endpoint.ts'
import type { Environment } from '../environment.ts'
import { preparePodImage } from '../images/pod-image.ts'
import { recipeOf, referenceOf } from '../images/recipe.ts'
import { findOurs } from '../kind/clusters.ts'
import { findCluster, findPrograms } from '../kind/find.ts'
import { putImage } from '../kind/images.ts'
import type { ImageName } from '../sandbox/contract.ts'
import { connectEngine } from '../sandbox/docker/engine.ts'
import { instanceOf } from '../sandbox/instance.ts'
import type { PodsDriver } from '../sandbox/kubernetes/pods/driver.ts'
import { openPods } from '../sandbox/kubernetes/pods/index.ts'
import { Complaint } from './complaint.ts'
import { progress, say } from './terminal.ts'

export interface PreparingPods {
  readonly environment: Environment
  readonly data: string
  /** Instead of the environment's. */
  readonly kubeconfig?: string | undefined
  readonly besideServer: boolean
  readonly images: readonly ImageName[]
  readonly signal: AbortSignal
  /** Finds the engine that the images are made in, with the images in it; asked only where the cluster is on this machine. */
  findEngine(): Promise<FoundEngine>
}

/**
 * The driver that runs sandboxes as Pods, on the cluster that labs on Kubernetes use too. The images are put into a kind cluster; any other
 * has to be able to pull them under their names. Throws `Complaint` where no cluster can be used.
 */
export const preparePods = async (preparing: PreparingPods): Promise<PodsDriver> => {
  const { environment, data, besideServer, signal } = preparing
  const named = preparing.kubeconfig ?? environment.HATOBA_KUBECONFIG
  const place = await findCluster({ kubeconfig: named, environment, data }, { signal })
  if ('because' in place) throw new Complaint(place.because, place.fix)
  if (named === undefined) {
    await place.prepare?.()
    await deliver(preparing)
  }
  // A driver of clusters in the same process has the plain name, and each sweeps what is its own.
  const driver = await openPods({ instance: `${instanceOf(data, { besideServer })}-pods`, kubeconfig: place.kubeconfig })
  const probed = await driver.probe({ signal })
  if (probed.ready) {
    say(`sandboxes are Pods of ${probed.detail}`)
    return driver
  }
  await driver[Symbol.asyncDispose]()
  throw new Complaint(probed.because, probed.fix)
}

const deliver = async ({ environment, data, images, signal, findEngine }: PreparingPods): Promise<void> => {
  const engine = connectEngine(toAddress((await findEngine()).endpoint))
  const programs = findPrograms({ environment, data })
  if ('lacks' in programs) throw new Complaint(`There is no ${programs.lacks} command.`, 'Install it, then try again.')
  const cluster = await findOurs(programs, { signal })
  if (cluster === undefined) throw new Complaint('The cluster is not there any more.', 'Try again.')
  using shown = progress(`putting the lab images into the nodes of ${cluster}`)
  for (const [index, image] of images.entries()) {
    const reference = await preparePodImage(engine, referenceOf(recipeOf(image)), { data, signal })
    shown.update(index / images.length, reference)
    await putImage(programs, cluster, reference, { signal })
  }
}
