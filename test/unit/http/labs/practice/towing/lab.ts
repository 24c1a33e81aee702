import { docker, lab, pass } from '../../../../../../labs/kit/index.ts'

/** Needs a sandbox, which the server of these tests does not have. */
export default lab({
  id: 'towing',
  minutes: 2,
  files: { 'rope.txt': 'edit' },
  sandbox: docker({ image: 'node', powers: ['isolate'] }),
  checks: { strong: { tier: 'sandbox', run: () => pass() } },
  mistakes: {},
})
