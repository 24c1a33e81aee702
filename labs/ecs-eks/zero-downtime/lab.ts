import { acceptable, eventTable } from '../../kit/cluster/index.ts'
import { fail, kubernetes, lab, pass } from '../../kit/index.ts'
import { FILES, observe } from './observe.ts'
import { failed, failures, killed, readySeries, readySince, timeline } from './seen.ts'

export default lab({
  id: 'zero-downtime',
  minutes: 25,
  seconds: 360,
  files: FILES,
  sandbox: kubernetes({
    allows: ['apps/v1 Deployment', 'v1 Service', 'v1 ConfigMap'],
    limits: { pods: 16, cpus: 4, memoryMiB: 1536 },
  }),
  observe,
  checks: {
    manifests: acceptable({ objects: { 'Deployment/timetable': 'deployment.yaml', 'Service/timetable': 'service.yaml' } }),
    accepted: { tier: 'cluster', run: () => pass() },
    serves: {
      tier: 'cluster',
      run: ({ seen }) => {
        const before = seen.requests.filter(({ endedAt }) => endedAt < seen.releasedAt)
        const bad = before.filter(failed)
        if (bad.length === 0) return pass({ pods: seen.before.length, answered: before.length })
        return fail('early', { failed: bad.length, answered: before.length, status: bad[0]?.status ?? 0 }, { evidence: [timeline(seen)] })
      },
    },
    completes: {
      tier: 'cluster',
      needs: ['serves'],
      run: ({ seen }) => {
        const evidence = [readySeries(seen), eventTable(seen.events, seen.releasedAt)]
        return seen.ended ? pass({ seconds: seen.seconds }, { evidence }) : fail('stuck', { seconds: seen.seconds }, { evidence })
      },
    },
    capacity: {
      tier: 'cluster',
      needs: ['completes'],
      run: ({ seen }) => {
        const least = Math.min(...readySince(seen).map(([, ready]) => ready))
        const evidence = [readySeries(seen), timeline(seen)]
        const values = { least, wanted: seen.wanted }
        if (least >= seen.wanted) return pass(values, { evidence })
        return fail(least === 0 ? 'none' : 'dipped', values, { evidence })
      },
    },
    arrives: {
      tier: 'cluster',
      needs: ['completes'],
      run: ({ seen }) => {
        const { early } = failures(seen)
        const [first] = early
        const total = seen.requests.length
        if (first === undefined) return pass({ total }, { evidence: [timeline(seen)] })
        const pods = new Set(early.map(({ servedBy }) => servedBy)).size
        return fail(
          'unready',
          { failed: early.length, total, pods, status: first.status ?? 0, pod: first.servedBy ?? '', text: first.body?.trim() ?? '' },
          { evidence: [timeline(seen), eventTable(seen.events, seen.releasedAt)] },
        )
      },
    },
    finishes: {
      tier: 'cluster',
      needs: ['arrives'],
      run: ({ seen }) => {
        const { cut } = failures(seen)
        const [first] = cut
        const total = seen.requests.length
        if (first === undefined) return pass({ total }, { evidence: [timeline(seen)] })
        const end = killed(seen)
        const evidence = [timeline(seen), eventTable(seen.events, seen.releasedAt)]
        const values = { cut: cut.length, total, pod: first.servedBy ?? '', workedMs: Math.round(first.endedAt - first.startedAt) }
        return end === undefined
          ? fail('left', values, { evidence })
          : fail('killed', { ...values, graceSeconds: end.graceSeconds }, { evidence })
      },
    },
    leaves: {
      tier: 'cluster',
      needs: ['arrives'],
      run: ({ seen }) => {
        const { lost } = failures(seen)
        const [first] = lost
        const total = seen.requests.length
        if (first === undefined) return pass({ total }, { evidence: [timeline(seen)] })
        return fail(
          'refused',
          { lost: lost.length, total, error: first.error ?? '', seconds: Math.round((first.startedAt - seen.releasedAt) / 100) / 10 },
          { evidence: [timeline(seen), eventTable(seen.events, seen.releasedAt)] },
        )
      },
    },
  },
  mistakes: {
    'misspelt-probe': 'manifests',
    'runs-as-anybody': 'accepted',
    'one-may-be-missing': 'capacity',
    recreates: 'capacity',
    'probes-the-port': 'arrives',
    'asks-whether-alive': 'arrives',
    'short-grace': 'finishes',
    'stops-at-once': 'leaves',
  },
})
