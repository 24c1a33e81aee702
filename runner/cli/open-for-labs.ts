import { resolve } from 'node:path'
import type { CatalogueLab } from '../../labs/kit/catalogue.ts'
import { readEnvironment } from '../environment.ts'
import type { Drivers } from '../grading/place.ts'
import { imagesOf } from '../images/needed.ts'
import { clusterFor } from './cluster-for.ts'
import { Complaint } from './complaint.ts'
import { interruption } from './interruption.ts'
import { prepareDriver } from './prepare.ts'

/**
 * A driver for one command, with its engine and images made sure of; nothing is installed. Ctrl+C aborts `signal`; disposing
 * sweeps what this command left.
 */
export const openForLabs = async ({
  driver: only,
  kubeconfig,
  labs,
}: {
  readonly labs: readonly CatalogueLab[]
  readonly driver?: string | undefined
  readonly kubeconfig?: string | undefined
}): Promise<AsyncDisposable & Required<Drivers> & { readonly signal: AbortSignal }> => {
  if (only !== undefined && only !== 'docker' && only !== 'local')
    throw new Complaint(`There is no driver ${only}.`, 'Use --driver docker or --driver local.')
  const environment = readEnvironment()
  const stop = interruption({ ending: 'ending the grading under way' })
  const { driver } = await prepareDriver({
    environment,
    data: environment.HATOBA_DATA,
    installing: 'no',
    signal: stop.signal,
    besideServer: true,
    images: imagesOf(labs.map(({ lab }) => lab)),
    ...(only === undefined ? {} : { only }),
  })
  const cluster = clusterFor({
    environment,
    data: environment.HATOBA_DATA,
    besideServer: true,
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(kubeconfig) }),
  })
  return {
    driver,
    cluster,
    signal: stop.signal,
    [Symbol.asyncDispose]: async () => {
      stop[Symbol.dispose]()
      await Promise.all([driver.sweep(new Date()), cluster[Symbol.asyncDispose]()])
    },
  }
}
