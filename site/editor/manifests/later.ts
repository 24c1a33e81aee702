import type { Language } from '../../../labs/kit/finding.ts'
import { patiently } from '../../src/lib/patiently.ts'
import type { ManifestHelp } from './help.ts'

/** Help that arrives while the learner already types. An editor to which it does not arrive is an editor still, so nothing is said. */
export const helpLater = (kinds: readonly string[], first: Language): ManifestHelp => {
  let language = first
  let help: ManifestHelp | undefined
  let disposed = false
  void patiently(() => import('./help.ts'))
    .then(({ loadHelp }) => loadHelp(kinds))
    .then(
      (start) => {
        if (!disposed) help = start(language)
      },
      () => undefined,
    )
  return {
    setLanguage: (next) => {
      language = next
      help?.setLanguage(next)
    },
    dispose: () => {
      disposed = true
      help?.dispose()
    },
  }
}
