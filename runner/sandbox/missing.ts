import { FAULTS, Fault, type FaultCode } from '../fault.ts'
import type { Probed } from './contract.ts'

/** Why nothing can be graded in a place, and what helps. */
export type Missing = Extract<Probed, { readonly ready: false }>

/** What a fault means for whoever wanted to grade: its own words in English, in Japanese what it is about with those words behind. */
export const missingFor = (thrown: unknown, code: FaultCode): Missing => {
  const fault = Fault.from(thrown, code)
  const { what, fix } = FAULTS[fault.code].ja
  return { ready: false, because: fault.message, fix: fault.fix, ja: { because: `${what} (${fault.message})。`, fix } }
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
