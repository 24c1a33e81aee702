import type { Localized } from '../../labs/kit/finding.ts'
import { discoverEngine } from '../engine/discover.ts'
import { addressOf, type FoundEngine, nameOf } from '../engine/endpoint.ts'
import { install, thisMachine } from '../engine/install.ts'
import { planInstall } from '../engine/install-plan.ts'
import type { Environment } from '../environment.ts'
import { type Choice, chooseDriver } from '../sandbox/choose.ts'
import type { ImageName, SandboxDriver } from '../sandbox/contract.ts'
import { Complaint } from './complaint.ts'
import type { DriverName } from './driver-name.ts'
import { prepareImages } from './prepare-images.ts'
import { confirm, isTerminal, progress, say } from './terminal.ts'

/** `ask`: on a terminal, else yes. */
export type Installing = 'ask' | 'yes' | 'no'

export interface Preparing {
  readonly environment: Environment
  readonly data: string
  readonly installing: Installing
  readonly signal: AbortSignal
  /** Use this kind of sandbox and no other. */
  readonly only?: DriverName
  /** For sandboxes as Pods: another cluster than the environment's. */
  readonly kubeconfig?: string | undefined
  /** For sandboxes as Pods: makes a cluster before one is looked for. */
  readonly makeCluster?: (() => Promise<void>) | undefined
  readonly besideServer?: boolean
  /** As `chooseDriver` has it. */
  readonly warm?: boolean | undefined
  /** The lab images that must be there. */
  readonly images: readonly ImageName[]
}

/**
 * A driver that can open sandboxes now: an engine found or installed and its images there, or the local driver. Says what it
 * does as it goes.
 *
 * @throws Complaint when the engine that the person named does not answer, or `only` asks for what cannot be had.
 */
export const prepareDriver = async (preparing: Preparing): Promise<Choice & { readonly engine?: FoundEngine }> => {
  const { environment, data, only, signal, besideServer = false, warm } = preparing
  if (only === 'kubernetes') return { driver: await preparePodsWith(preparing) }
  const found = only === 'local' ? { because: ASKED_FOR } : await findOrInstall(preparing)
  if ('because' in found) {
    if (only === 'docker')
      throw new Complaint(`There is no container engine: ${found.because.en}.`, '`hatoba doctor` shows how to get one.')
    const choice = await chooseDriver({ environment, data, besideServer, because: found.because })
    const probed = await choice.driver.probe({ signal })
    if (!probed.ready) throw new Complaint(`No sandbox can run here: ${found.because.en}, and ${probed.because}.`, probed.fix)
    return choice
  }
  say(`using ${nameOf(found.engine)} at ${addressOf(found.engine.endpoint)}`)
  await prepareImages(found.engine, preparing.images, preparing)
  return { ...(await chooseDriver({ environment, data, besideServer, warm, engine: found.engine })), engine: found.engine }
}

const preparePodsWith = async (preparing: Preparing): Promise<SandboxDriver> => {
  const findEngine = async (): Promise<FoundEngine> => {
    const found = await findOrInstall(preparing)
    if ('because' in found)
      throw new Complaint(`There is no container engine: ${found.because.en}.`, '`hatoba doctor` shows how to get one.')
    await prepareImages(found.engine, preparing.images, preparing)
    return found.engine
  }
  if (preparing.makeCluster !== undefined) {
    await findEngine()
    await preparing.makeCluster()
  }
  const { preparePods } = await import('./prepare-pods.ts')
  return preparePods({ besideServer: false, ...preparing, findEngine })
}

const ASKED_FOR: Localized = { en: 'as asked for', ja: '指定による' }

type Found = { readonly engine: FoundEngine } | { readonly because: Localized }

const findOrInstall = async ({ environment, data, installing, signal }: Preparing): Promise<Found> => {
  const { engine, refused } = await discoverEngine(environment, { signal })
  if (engine !== undefined) return { engine }
  signal.throwIfAborted()
  const named = refused.find((candidate) => candidate.named)
  if (named) {
    throw new Complaint(
      `The container engine of ${named.source} cannot be used: ${named.because}.`,
      'Start it, or unset that choice so that Hatoba looks elsewhere.',
    )
  }
  for (const { source, because } of refused) say(`no engine at ${source}: ${because}`)
  const plan = planInstall(thisMachine(environment))
  if (!plan.possible) return { because: { en: plan.because, ja: 'このマシンでは自動で導入できません' } }
  if (installing === 'no') return { because: { en: 'installing one was not wanted', ja: '導入しない指定です' } }
  if (installing === 'ask' && isTerminal() && !(await confirm(`There is no container engine. Go on with ${plan.says}?`, signal))) {
    return { because: { en: 'installing one was declined', ja: '導入しないことが選ばれました' } }
  }
  using shown = progress(plan.says)
  let lines = 0
  const answer = await install(plan, { data, signal, line: (text) => shown.update(1 - 1 / (1 + ++lines / 60), text) })
  if (!('because' in answer)) return { engine: answer }
  return { because: { en: answer.because.replace(/\.$/, ''), ja: '導入または起動に失敗しました' } }
}
