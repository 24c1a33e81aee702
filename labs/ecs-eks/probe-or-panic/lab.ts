import { acceptable, eventTable } from '../../kit/cluster/index.ts'
import { fail, kubernetes, lab, pass } from '../../kit/index.ts'
import { FILES, observe, RESTART_SECONDS } from './observe.ts'
import { restartSeries, restartsBetween, setAsideAt, timeline } from './seen.ts'

/** What the task says that a start may take. */
const START_SECONDS = 60

export default lab({
  id: 'probe-or-panic',
  minutes: 20,
  seconds: 360,
  files: FILES,
  sandbox: kubernetes({ allows: ['apps/v1 Deployment', 'v1 Service', 'v1 ConfigMap'] }),
  observe,
  checks: {
    manifests: acceptable({
      objects: { 'Deployment/board': 'deployment.yaml', 'Service/board': 'service.yaml' },
      reserved: ['Deployment/registry', 'Service/registry', 'ConfigMap/registry', 'ConfigMap/board'],
    }),
    accepted: { tier: 'cluster', run: () => pass() },
    starts: {
      tier: 'cluster',
      run: ({ seen }) => pass({ seconds: Math.round((seen.awayAt - seen.startedAt) / 1000) }, { evidence: [restartSeries(seen)] }),
    },
    patience: {
      tier: 'cluster',
      needs: ['starts'],
      run: ({ seen: { probes } }) => {
        const { startSeconds } = probes
        if (startSeconds === undefined) return pass({ startSeconds: 0, needed: START_SECONDS })
        const values = { startSeconds, needed: START_SECONDS }
        return startSeconds >= START_SECONDS ? pass(values) : fail('short', values)
      },
    },
    steady: {
      tier: 'cluster',
      needs: ['starts'],
      run: ({ seen }) => {
        const evidence = [restartSeries(seen), timeline(seen), eventTable(seen.events, seen.awayAt)]
        const restarts = restartsBetween(seen, seen.awayAt, seen.hungAt)
        const asked = seen.events.filter(
          ({ at, reason, message }) =>
            at >= seen.awayAt - 1000 && at <= seen.hungAt && reason === 'Unhealthy' && /^Liveness.*statuscode: 5/.test(message),
        )
        const seconds = Math.round((seen.backAt - seen.awayAt) / 1000)
        if (restarts === 0 && asked.length === 0) return pass({ seconds }, { evidence })
        return fail(restarts > 0 ? 'restarted' : 'doubted', { restarts, seconds, message: asked[0]?.message ?? '' }, { evidence })
      },
    },
    recovers: {
      tier: 'cluster',
      needs: ['starts'],
      run: ({ seen }) =>
        seen.recoveredMs === undefined
          ? fail('dead', {}, { evidence: [timeline(seen), eventTable(seen.events, seen.backAt)] })
          : pass({ ms: Math.round(seen.recoveredMs) }, { evidence: [timeline(seen)] }),
    },
    notices: {
      tier: 'cluster',
      needs: ['steady', 'recovers'],
      run: ({ seen }) => {
        const { probes, restartedAt, hungAt, watchedUntil, hung } = seen
        const evidence = [timeline(seen), restartSeries(seen), eventTable(seen.events, hungAt)]
        const watched = Math.round((watchedUntil - hungAt) / 1000)
        if (probes.restartSeconds === undefined) return fail('nobody', { pod: hung, watched }, { evidence })
        const values = { pod: hung, watched, slowest: probes.restartSeconds, grace: probes.graceSeconds, needed: RESTART_SECONDS }
        if (probes.restartSeconds > RESTART_SECONDS) return fail('late', values, { evidence })
        return restartedAt === undefined ? fail('blind', values, { evidence }) : pass(values, { evidence })
      },
    },
    aside: {
      tier: 'cluster',
      needs: ['notices'],
      run: ({ seen }) => {
        const evidence = [timeline(seen), eventTable(seen.events, seen.hungAt)]
        const asideAt = setAsideAt(seen)
        const lost = seen.requests.filter(({ startedAt, status }) => startedAt >= seen.hungAt && status === undefined).length
        const values = { pod: seen.hung, lost }
        return asideAt === undefined
          ? fail('kept', values, { evidence })
          : pass({ ...values, seconds: Math.round((asideAt - seen.hungAt) / 100) / 10 }, { evidence })
      },
    },
  },
  mistakes: {
    'two-ways-to-ask': 'manifests',
    'kills-the-slow-start': 'starts',
    'start-of-a-calm-morning': 'patience',
    'asks-the-registry': 'steady',
    'nobody-looks': 'notices',
    'too-patient': 'notices',
    'waits-out-the-grace': 'notices',
    'only-knocks': 'notices',
    'never-set-aside': 'aside',
  },
})
