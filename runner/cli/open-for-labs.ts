import { resolve } from 'node:path'
import type { CatalogueLab } from '../../labs/kit/catalogue.ts'
import { readEnvironment } from '../environment.ts'
import { Fault } from '../fault.ts'
import type { Drivers } from '../grading/place.ts'
import { imagesOf } from '../images/needed.ts'
import { clusterFor } from './cluster-for.ts'
import { driverOf } from './driver-name.ts'
import { interruption } from './interruption.ts'
import { prepareDriver } from './prepare.ts'
import { say } from './terminal.ts'

/**
 * A driver for one command, with its engine and images made sure of; nothing is installed. Ctrl+C aborts `signal`; disposing
 * sweeps what this command left.
 */
export const openForLabs = async ({
  driver: only,
  kubeconfig,
  warm,
  labs,
}: {
  readonly labs: readonly CatalogueLab[]
  readonly driver?: string | undefined
  readonly kubeconfig?: string | undefined
  /** For many gradings: containers in hand, as a learner's server has them. */
  readonly warm?: boolean
}): Promise<AsyncDisposable & Required<Drivers> & { readonly signal: AbortSignal }> => {
  const chosen = only === undefined ? undefined : driverOf(only)
  const environment = readEnvironment()
  const stop = interruption({ ending: 'ending the grading under way' })
  const { driver } = await prepareDriver({
    environment,
    data: environment.HATOBA_DATA,
    installing: 'no',
    signal: stop.signal,
    besideServer: true,
    warm,
    images: imagesOf(labs.map(({ lab }) => lab)),
    ...(chosen === undefined ? {} : { only: chosen }),
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(kubeconfig) }),
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
      const end = async () => {
        if (labs.some(({ lab }) => lab.sandbox?.kind === 'docker'))
          await driver.sweep(new Date()).catch((thrown: unknown) => say(`something was left behind: ${Fault.from(thrown).message}`))
        await driver[Symbol.asyncDispose]?.()
      }
      await Promise.all([end(), cluster[Symbol.asyncDispose]()])
    },
  }
}
