import { setTimeout as delay } from 'node:timers/promises'
import { exhausted, fail, lab, pass, reject } from '../../../../../../labs/kit/index.ts'

/** Answers whatever a test asks for: each outcome has its word, and `wait N` takes N milliseconds. */
export default lab({
  id: 'mooring',
  minutes: 1,
  files: { 'knot.txt': 'edit', 'pier.txt': 'read' },
  checks: {
    tied: {
      tier: 'static',
      async run({ files, signal }) {
        const knot = files['knot.txt']
        await delay(Number(/wait (\d+)/.exec(knot)?.[1] ?? 0), undefined, { signal })
        if (knot.includes('break')) throw new Error('the rope of the lab itself broke')
        if (knot.includes('tangle')) return reject('tangled', {}, { at: { file: 'knot.txt', line: 1 } })
        if (knot.includes('heavy')) return exhausted({ by: 'limit', limit: 'memory', allowed: 64, unit: 'MiB' }, 'knot.txt')
        return knot.includes('cleat')
          ? pass()
          : fail('loose', { turns: 2 }, { evidence: [{ kind: 'diff', title: 'knots', of: 'knot.txt', expected: 'cleat', actual: knot }] })
      },
    },
  },
  mistakes: {},
})
