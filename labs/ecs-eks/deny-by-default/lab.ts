import { acceptable } from '../../kit/cluster/index.ts'
import { type Answer, fail, kubernetes, lab, pass } from '../../kit/index.ts'
import { FILES, observe, type Reach } from './observe.ts'
import { firstOf, reachTable } from './seen.ts'
import { ASKERS, type Check, PODS, SERVICES, WAYS } from './ways.ts'

/** Whether everything that this check asks for is as it is wanted. */
const answer = (seen: Reach, check: Check, as: string): Answer => {
  const evidence = [reachTable(seen, check)]
  const ways = WAYS.filter((way) => way.check === check)
  const other = firstOf(seen, check)
  if (other.length === 0) return pass({ ways: ways.length }, { evidence })
  const [first] = other
  const values = { ways: ways.length, other: other.length, from: first?.from ?? '', to: first?.to ?? '', port: first?.port ?? 0 }
  return fail(as, values, { evidence })
}

export default lab({
  id: 'deny-by-default',
  minutes: 25,
  seconds: 420,
  files: FILES,
  sandbox: kubernetes({
    allows: ['networking.k8s.io/v1 NetworkPolicy', 'v1 Pod', 'v1 Service', 'v1 ConfigMap'],
    network: 'learner',
    needs: ['network-policy'],
  }),
  observe,
  checks: {
    manifests: acceptable({
      objects: {},
      files: ['policies.yaml'],
      // Only the learner's policies wall this namespace: a Pod of the learner's own would have none.
      kinds: ['NetworkPolicy'],
      reserved: [
        ...PODS.map((name) => `Pod/${name}`),
        ...SERVICES.map((name) => `Service/${name}`),
        'ConfigMap/pier',
        'NetworkPolicy/newsletter',
      ],
    }),
    accepted: { tier: 'cluster', run: () => pass() },
    names: {
      tier: 'cluster',
      run: ({ seen }) => {
        const { unnamed } = seen.after
        const [first] = unnamed
        if (first === undefined) return pass({ askers: ASKERS.length }, { evidence: [reachTable(seen, 'allowed')] })
        const askers = new Set(unnamed.map(({ from }) => from)).size
        return fail('unnamed', { askers, of: ASKERS.length, ...first }, { evidence: [reachTable(seen, 'allowed')] })
      },
    },
    allowed: { tier: 'cluster', needs: ['names'], run: ({ seen }) => answer(seen, 'allowed', 'refused') },
    arrivals: { tier: 'cluster', needs: ['allowed'], run: ({ seen }) => answer(seen, 'arrivals', 'reached') },
    departures: { tier: 'cluster', needs: ['allowed'], run: ({ seen }) => answer(seen, 'departures', 'left') },
    'name-server': { tier: 'cluster', needs: ['allowed'], run: ({ seen }) => answer(seen, 'name-server', 'anywhere') },
  },
  mistakes: {
    'forgets-names': 'names',
    'names-over-tcp': 'names',
    'another-label': 'allowed',
    'whole-namespace': 'arrivals',
    'only-the-known': 'arrivals',
    'only-one-way': 'departures',
    'two-items': 'name-server',
  },
})
