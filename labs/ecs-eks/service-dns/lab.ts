import { acceptable } from '../../kit/cluster/index.ts'
import { fail, kubernetes, lab, parseable, pass } from '../../kit/index.ts'
import { FILES, MORE_COPIES, observe } from './observe.ts'
import { accountTable, left, timeline, totalOf } from './seen.ts'

/** So many questions each connection must have carried on average. */
const QUESTIONS_EACH = 4

export default lab({
  id: 'service-dns',
  minutes: 25,
  seconds: 360,
  files: FILES,
  sandbox: kubernetes({ allows: ['apps/v1 Deployment', 'v1 Service', 'v1 ConfigMap'] }),
  observe,
  checks: {
    syntax: parseable('office.js'),
    manifests: acceptable({
      objects: { 'Service/catalog': 'service.yaml' },
      reserved: ['Deployment/catalog', 'ConfigMap/catalog', 'Deployment/office', 'ConfigMap/office', 'Service/office'],
    }),
    accepted: { tier: 'cluster', run: () => pass() },
    serves: { tier: 'cluster', run: ({ seen }) => pass({ total: seen.asked }) },
    spread: {
      tier: 'cluster',
      needs: ['serves'],
      run: ({ seen }) => {
        const evidence = [accountTable(seen.first), timeline(seen)]
        const without = left(seen.first)
        const values = {
          total: totalOf(seen.first, 'requests'),
          pods: seen.first.size,
          without: without.length,
          most: Math.max(...[...seen.first.values()].map(({ requests }) => requests)),
          connections: totalOf(seen.first, 'connections'),
        }
        return without.length === 0 ? pass(values, { evidence }) : fail('pinned', values, { evidence })
      },
    },
    reuse: {
      tier: 'cluster',
      needs: ['serves'],
      run: ({ seen }) => {
        const evidence = [accountTable(seen.first)]
        const [total, connections] = [totalOf(seen.first, 'requests'), totalOf(seen.first, 'connections')]
        const values = { total, connections, each: QUESTIONS_EACH }
        return connections * QUESTIONS_EACH <= total ? pass(values, { evidence }) : fail('fresh', values, { evidence })
      },
    },
    grows: {
      tier: 'cluster',
      needs: ['spread'],
      run: ({ seen }) => {
        const evidence = [accountTable(seen.grown), timeline(seen)]
        const without = left(seen.grown).filter((name) => seen.added.includes(name))
        const values = { pods: MORE_COPIES, added: seen.added.length, without: without.length, seconds: seen.grownSeconds }
        return without.length === 0 ? pass(values, { evidence }) : fail('unknown', values, { evidence })
      },
    },
    survives: {
      tier: 'cluster',
      needs: ['spread'],
      run: ({ seen }) => {
        const failed = seen.during.filter(({ status }) => status !== 200)
        const evidence = [timeline({ requests: seen.during, marks: seen.marks.filter(({ what }) => what === 'withdrawn') })]
        const values = { total: seen.during.length, failed: failed.length, pod: seen.removed, status: failed[0]?.status ?? 0 }
        return failed.length === 0 ? pass(values, { evidence }) : fail('lost', values, { evidence })
      },
    },
  },
  mistakes: {
    'selects-nobody': 'serves',
    'first-address-only': 'spread',
    'connection-for-each': 'reuse',
    'bigger-pool': 'grows',
    'asks-once': 'grows',
    'gives-up-at-once': 'survives',
  },
})
