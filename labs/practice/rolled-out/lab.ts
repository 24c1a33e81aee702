import { acceptable, applyWork, DEPLOYMENT, deploymentState, isRolledOut, manifestsIn, refusedAnswer } from '../../kit/cluster/index.ts'
import { fail, halt, kubernetes, lab, pass } from '../../kit/index.ts'

const NAME = 'hello'
const ROLLOUT_SECONDS = 30

/** Not listed to learners: what `hatoba bench kubernetes` submits to. */
export default lab({
  id: 'rolled-out',
  minutes: 1,
  seconds: 120,
  listed: false,
  files: { 'deployment.yaml': 'edit' },
  sandbox: kubernetes({ allows: ['apps/v1 Deployment'], limits: { pods: 4, cpus: 1, memoryMiB: 256 } }),
  observe: async ({ files, cluster, signal }) => {
    const { refusals } = await applyWork(cluster, { work: manifestsIn(files, ['deployment.yaml']) }, { signal })
    const refused = refusedAnswer(refusals)
    if (refused !== undefined) return halt('accepted', refused)
    return cluster.waitFor({ ...DEPLOYMENT, name: NAME }, isRolledOut, { withinSeconds: ROLLOUT_SECONDS, signal })
  },
  checks: {
    manifests: acceptable({ objects: { [`Deployment/${NAME}`]: 'deployment.yaml' } }),
    accepted: { tier: 'cluster', run: () => pass() },
    ready: {
      tier: 'cluster',
      run: ({ seen: { met, object } }) => {
        const { wanted, ready } = object === undefined ? { wanted: 0, ready: 0 } : deploymentState(object)
        return met ? pass({ wanted }) : fail('unready', { ready, wanted, seconds: ROLLOUT_SECONDS })
      },
    },
  },
  mistakes: { misspelt: 'manifests', 'as-root': 'accepted', 'never-ready': 'ready' },
})
