import { acceptable, eventTable, podTable } from '../../kit/cluster/index.ts'
import { fail, kubernetes, lab, pass } from '../../kit/index.ts'
import { FILES, LEAST_LEFT, observe } from './observe.ts'
import { budgetTable, evictionTable, failed, servingSeries, servingSince, timeline } from './seen.ts'

/** So many of the Pods may be missing at a time while something is done on purpose. */
const MAY_BE_MISSING = 1

export default lab({
  id: 'drain-safely',
  minutes: 25,
  seconds: 600,
  files: FILES,
  sandbox: kubernetes({
    allows: ['apps/v1 Deployment', 'policy/v1 PodDisruptionBudget', 'v1 Service', 'v1 ConfigMap'],
    limits: { pods: 16, cpus: 4, memoryMiB: 1536 },
    needs: ['several-nodes'],
  }),
  observe,
  checks: {
    manifests: acceptable({
      objects: { 'Deployment/gate': 'deployment.yaml' },
      files: ['pdb.yaml'],
      reserved: ['Service/gate', 'ConfigMap/gate'],
    }),
    accepted: { tier: 'cluster', run: () => pass() },
    serves: { tier: 'cluster', run: ({ seen }) => pass({ pods: seen.wanted }) },
    spread: {
      tier: 'cluster',
      run: ({ seen }) => {
        const counts = [...seen.spread.values()]
        const left = counts.reduce((sum, count) => sum + count, 0) - Math.max(...counts)
        return pass({ nodes: counts.length, left, least: LEAST_LEFT }, { evidence: [podTable(seen.pods.at(-1)?.objects ?? [])] })
      },
    },
    drains: {
      tier: 'cluster',
      run: ({ seen }) => {
        const evidence = [budgetTable(seen), evictionTable(seen), podTable(seen.pods.at(-1)?.objects ?? [])]
        if (seen.drained) return pass({ node: seen.node, seconds: seen.seconds }, { evidence })
        const evicted = seen.evictions.filter(({ accepted }) => accepted).length
        const refused = seen.evictions.length - evicted
        const values = { node: seen.node, evicted, refused, seconds: seen.seconds }
        return fail(evicted === 0 ? 'held' : 'halfway', values, { evidence: [...evidence, eventTable(seen.events, seen.cordonedAt)] })
      },
    },
    keeps: {
      tier: 'cluster',
      needs: ['drains'],
      run: ({ seen }) => {
        const least = Math.min(...servingSince(seen).map(([, serving]) => serving))
        const evidence = [servingSeries(seen), budgetTable(seen)]
        const guarded = Math.max(0, ...seen.budgets.map(({ expected }) => expected))
        const values = { least, wanted: seen.wanted, allowed: seen.wanted - MAY_BE_MISSING, budgets: seen.budgets.length, guarded }
        if (least >= values.allowed) return pass(values, { evidence })
        return fail(guarded === 0 ? 'unguarded' : 'dipped', values, { evidence })
      },
    },
    answered: {
      tier: 'cluster',
      needs: ['drains'],
      run: ({ seen }) => {
        const bad = seen.requests.filter(failed)
        const [first] = bad
        const evidence = [timeline(seen)]
        const total = seen.requests.length
        if (first === undefined) return pass({ total }, { evidence })
        const early = bad.filter(({ status }) => status !== undefined).length
        const values = { failed: bad.length, total, early, lost: bad.length - early, pod: first.servedBy ?? '', error: first.error ?? '' }
        return fail(early > 0 ? 'unready' : 'lost', values, { evidence })
      },
    },
  },
  mistakes: {
    'one-node': 'spread',
    'all-must-stay': 'drains',
    'two-domains': 'drains',
    'other-label': 'keeps',
    'nobody-asks': 'answered',
  },
})
