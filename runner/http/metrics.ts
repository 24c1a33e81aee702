import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Outcome } from '../../labs/kit/finding.ts'

/** How often the event loop's delay is looked at; the delays shown (`nodejs_eventloop_lag_*`) have this in them. */
const LOOK_MS = 200

/** The numbers an operator watches, in Prometheus' text form at `/metrics`. */
export const createMetrics = () => {
  const registry = new Registry()
  const registers = [registry]
  // By default it looks at the event loop a hundred times a second, which is most of what an idle server does.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOK_MS })
  const verdicts = new Counter({ name: 'hatoba_verdicts_total', help: 'Verdicts stored.', labelNames: ['lab', 'outcome'], registers })
  const seconds = new Histogram({
    name: 'hatoba_grading_seconds',
    help: 'Time from the begin of the attempt that got the verdict to the verdict.',
    labelNames: ['lab'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160],
    registers,
  })
  const requests = new Histogram({
    name: 'hatoba_http_request_seconds',
    help: 'Time to the first byte of an answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  const waiting = new Gauge({ name: 'hatoba_submissions_waiting', help: 'Submissions in line.', registers })
  const grading = new Gauge({ name: 'hatoba_submissions_grading', help: 'Submissions being graded, on all workers.', registers })
  const followers = new Gauge({ name: 'hatoba_followers', help: 'Open event streams of this server.', registers })
  return {
    registry,
    verdict(lab: string, outcome: Outcome, ms: number): void {
      verdicts.inc({ lab, outcome })
      seconds.observe({ lab }, ms / 1000)
    },
    request(method: string, route: string, status: number, ms: number): void {
      requests.observe({ method, route, status: String(status) }, ms / 1000)
    },
    now(state: { readonly waiting: number; readonly running: number; readonly followers: number }): void {
      waiting.set(state.waiting)
      grading.set(state.running)
      followers.set(state.followers)
    },
  }
}

export type Metrics = ReturnType<typeof createMetrics>
