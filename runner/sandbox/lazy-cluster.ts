import { POD_IMAGE } from '../../labs/kit/lab.ts'
import { Fault } from '../fault.ts'
import type { Abortable, Probed } from './contract.ts'
import type { ClusterDriver } from './contract-cluster.ts'
import { openKubernetes } from './kubernetes/index.ts'
import { type Missing, missingFor } from './missing.ts'

/** A cluster that may be used, or why there is none. */
export type ClusterPlace =
  | {
      readonly kubeconfig: string
      /** Puts what labs need into it, before the first of them. Throws `Fault`. */
      prepare?(): Promise<void>
    }
  | Missing

export interface LazyClusterOptions {
  readonly instance: string
  /** Asked when a lab first needs a cluster, and again after one was lost. */
  find(o: Abortable): Promise<ClusterPlace>
}

export interface LazyCluster extends ClusterDriver, AsyncDisposable {
  /** Whether there is a cluster to be asked, without asking it or loading anything. Never throws. */
  known(): Promise<Probed>
}

type Driver = Awaited<ReturnType<typeof openKubernetes>>
type None = Exclude<ClusterPlace, { readonly kubeconfig: string }>

/**
 * The driver for Kubernetes, without any of it until a lab needs it: the cluster is looked for and the client library loaded then. After
 * a cluster did not answer it is looked for again, because a new one of the same name is at another address.
 */
export const lazyCluster = ({ instance, find }: LazyClusterOptions): LazyCluster => {
  let current: { readonly kubeconfig: string; readonly driver: Driver } | undefined
  let finding: Promise<Driver | None> | undefined
  const look = async (): Promise<Driver | None> => {
    const place = await find({})
    if ('because' in place) return place
    if (place.kubeconfig === current?.kubeconfig) return current.driver
    await place.prepare?.()
    const lost = current?.driver
    const driver = await openKubernetes({ instance, proberImage: POD_IMAGE, kubeconfig: place.kubeconfig })
    current = { kubeconfig: place.kubeconfig, driver }
    // What it has open on a cluster that is gone cannot be closed in order, nor is it worth waiting for.
    if (lost !== undefined) Promise.resolve(lost[Symbol.asyncDispose]()).catch(() => {})
    // What a crash left is this instance's and nobody's: it goes before anything new comes.
    await driver.sweep(new Date()).catch(() => 0)
    return driver
  }
  const get = (): Promise<Driver | None> => {
    finding ??= look()
    return finding
  }
  const use = async (): Promise<Driver> => {
    const found = await get()
    if ('because' in found) throw new Fault('cluster.unavailable', found.because)
    return found
  }
  const ask = async (o: Abortable | undefined): Promise<Probed> => {
    try {
      const found = await get()
      return 'because' in found ? found : await found.probe(o)
    } catch (thrown) {
      return missingFor(thrown, 'cluster.unavailable')
    }
  }
  return {
    name: 'kubernetes',
    isolation: 'cluster',
    async probe(o) {
      const probed = await ask(o)
      if (!probed.ready) finding = undefined
      return probed
    },
    known: async () => {
      try {
        const place = await find({})
        return 'because' in place ? place : { ready: true, detail: 'a cluster is named' }
      } catch (thrown) {
        return missingFor(thrown, 'cluster.unavailable')
      }
    },
    gaps: async (o) => (await use()).gaps(o),
    open: async (spec, o) => (await use()).open(spec, o),
    sweep: async (olderThan, o) => (await current?.driver.sweep(olderThan, o)) ?? 0,
    [Symbol.asyncDispose]: async () => {
      await finding?.catch(() => {})
      await current?.driver[Symbol.asyncDispose]()
    },
  }
}
