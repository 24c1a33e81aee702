import { FAULTS, Fault, type FaultCode } from '../fault.ts'
import type { Power, Probed, SandboxDriver } from './contract.ts'

/** Why nothing can be graded in a place, and what helps. */
export type Missing = Extract<Probed, { readonly ready: false }>

/** What a fault means for whoever wanted to grade: its own words in English, in Japanese what it is about with those words behind. */
export const missingFor = (thrown: unknown, code: FaultCode): Missing => {
  const fault = Fault.from(thrown, code)
  const { what, fix } = FAULTS[fault.code].ja
  return { ready: false, because: fault.message, fix: fault.fix, ja: { because: `${what} (${fault.message})。`, fix } }
}

/** What a lab lacks in containers, by what is known before one is tried; undefined where that is nothing. */
export const lackingBefore = (driver: SandboxDriver['name'], probed: Probed, powers: readonly Power[] = []): Missing | undefined =>
  probed.ready ? lackingIn(driver, probed.gaps ?? [], powers) : probed

/** What these sandboxes cannot do of what a lab needs; undefined when that is nothing. */
export const lackingIn = (driver: SandboxDriver['name'], gaps: readonly Power[], powers: readonly Power[] = []): Missing | undefined => {
  const lacking = powers.filter((power) => gaps.includes(power)).join(', ')
  if (lacking === '') return undefined
  return {
    ready: false,
    because: `The ${driver} sandbox of this machine cannot do what this lab needs (${lacking}).`,
    fix: 'Start Hatoba where a container engine is: `./hatoba doctor` shows how to get one.',
    ja: {
      because: `このマシンの ${driver} サンドボックスでは、この演習に必要なこと (${lacking}) ができません。`,
      fix: 'コンテナーエンジンのある環境で Hatoba を起動してください。`./hatoba doctor` で入手方法がわかります。',
    },
  }
}

export const NO_CLUSTER: Missing = {
  ready: false,
  because: 'The cluster part did not run: there is no Kubernetes cluster for labs.',
  fix: '`./hatoba up --kind` starts one (about a minute); HATOBA_KUBECONFIG names another.',
  ja: {
    because: 'クラスターを使う確認は実行していません。演習用の Kubernetes クラスターがないためです。',
    fix: '`./hatoba up --kind` で起動できます (約 1 分)。ほかのクラスターは HATOBA_KUBECONFIG で指定します。',
  },
}
