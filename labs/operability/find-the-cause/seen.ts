import type { Evidence, Mark, RequestRecord } from '../../kit/index.ts'
import { SERVICES, type ServiceName } from './causes.ts'
import type { Look, Metric, TraceName } from './looks.ts'
import type { Incident } from './observe.ts'
import { isWell } from './observe.ts'
import { PLAN } from './plan.ts'
import type { Span } from './told.ts'

const WINDOW_MS = 250
const MOST_LINES = 60

/** The span of each service that is one request to it. */
const SERVED: Readonly<Record<ServiceName, string>> = { web: 'basket', orders: 'stock of items', stock: 'lookup' }

const marksOf = ({ sickAt, during, limitMs, actedAt }: Incident): readonly Mark[] => {
  const fifth = during
    .filter((basket) => !isWell(basket, limitMs))
    .map(({ endedAt }) => endedAt)
    .sort((a, b) => a - b)[4]
  return [{ at: fifth ?? sickAt, what: 'alarm' }, ...(actedAt === undefined ? [] : [{ at: actedAt, what: 'acted' } as const])]
}

/** What a look shows. */
export const resultOf = (incident: Incident, { kind, of }: Look): readonly Evidence[] => {
  if (kind === 'metric') return [metricSeries(incident, of)]
  if (kind === 'log') return [serviceLog(incident, of)]
  return traceOf(incident, of)
}

const metricSeries = (incident: Incident, metric: Metric): Evidence => {
  const points = pointsOf(incident, metric)
  const [, name = ''] = metric.split('.')
  const unit = name.endsWith('_ms') ? 'ms' : name.endsWith('_mib') ? 'MiB' : name.startsWith('pool') || name === 'queue' ? '' : '1/s'
  return {
    kind: 'series',
    title: 'metric',
    of: metric,
    unit,
    series: [{ name: metric, points }],
    marks: marksOf(incident).filter(({ what }) => what === 'alarm'),
    ...(metric === 'orders.pool_in_use' ? { limits: [{ name: 'pool', value: PLAN.connections }] } : {}),
  }
}

/** A value for every quarter of a second at pace 1, from the first basket until the looking ended. */
export const pointsOf = ({ told, before, lookedAt, pace }: Incident, metric: Metric): readonly (readonly [number, number])[] => {
  const windowMs = WINDOW_MS * pace
  const [service, name = ''] = metric.split('.') as [ServiceName, string]
  const from = firstOf(before)
  const windows = Array.from({ length: Math.max(1, Math.floor((lookedAt - from) / windowMs)) }, (_, index) => from + index * windowMs)
  if (['requests', 'errors', 'duration_ms', 'stock_call_ms'].includes(name)) {
    const spans = told.spans.filter(
      (span) => span.service === service && span.name === (name === 'stock_call_ms' ? 'call stock' : SERVED[service]),
    )
    const per = 1000 / windowMs
    return windows.flatMap((at): (readonly [number, number])[] => {
      if (name === 'requests') return [[at, per * spans.filter((span) => span.at >= at && span.at < at + windowMs).length]]
      const ended = spans.filter((span) => span.at + span.ms >= at && span.at + span.ms < at + windowMs)
      if (name === 'errors') return [[at, per * ended.filter(({ status }) => status >= 400).length]]
      return ended.length === 0 ? [] : [[at, Math.round(slowestTenth(ended.map(({ ms }) => ms)))]]
    })
  }
  const gauges = told.gauges.filter((gauge) => gauge.service === service && gauge.values[name] !== undefined)
  return windows.flatMap((at): (readonly [number, number])[] => {
    const within = gauges.filter((gauge) => gauge.at >= at && gauge.at < at + windowMs).map(({ values }) => values[name] ?? 0)
    return within.length === 0 ? [] : [[at, name === 'disk_free_mib' ? Math.min(...within) : Math.max(...within)]]
  })
}

/** What was before that was another pace. */
const firstOf = (before: Incident['before']): number => Math.min(...before.map(({ startedAt }) => startedAt))

const slowestTenth = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.9)] ?? 0

const serviceLog = ({ told, lookedAt }: Incident, service: ServiceName): Evidence => ({
  kind: 'log',
  of: service,
  lines: told.logs.filter((line) => line.service === service && line.at <= lookedAt).slice(-MOST_LINES),
})

/** The spans of the basket that is asked for; empty where there is no such basket. */
export const spansOf = ({ told, sickAt, lookedAt, before }: Incident, which: TraceName): readonly Span[] => {
  const from = firstOf(before)
  const roots = told.spans.filter(
    ({ service, name, trace, at }) => service === 'web' && name === 'basket' && trace.startsWith('shop-') && at >= from && at <= lookedAt,
  )
  const sick = roots.filter(({ at }) => at >= sickAt)
  const bySlowest = (spans: readonly Span[]) => [...spans].sort((a, b) => b.ms - a.ms)
  const root =
    which === 'failed'
      ? sick.find(({ status }) => status >= 400)
      : which === 'slowest'
        ? bySlowest(sick)[0]
        : bySlowest(roots.filter(({ at }) => at < sickAt))[Math.floor(before.length / 2)]
  return root === undefined ? [] : told.spans.filter(({ trace }) => trace === root.trace).sort((a, b) => a.at - b.at || b.ms - a.ms)
}

const traceOf = (incident: Incident, which: TraceName): readonly Evidence[] => {
  const spans = spansOf(incident, which)
  const began = spans[0]?.at ?? 0
  const table: Evidence = {
    kind: 'table',
    title: 'spans',
    of: which,
    columns: ['service', 'span', 'from (ms)', 'ms', 'status'],
    rows: spans.map(({ service, name, at, ms, status, queuedMs = 0 }) => [
      service,
      queuedMs > 0 ? `${name} (${queuedMs} ms in line)` : name,
      Math.max(0, Math.round(at - began)),
      ms,
      status,
    ]),
  }
  return spans.length === 0 ? [table] : [waterfall(spans, which), table]
}

/** The spans of one basket as pieces of work on a lane for each service. */
const waterfall = (spans: readonly Span[], which: TraceName): Evidence => ({
  kind: 'timeline',
  title: 'trace',
  of: which,
  requests: spans.map(
    ({ service, name, at, ms, status, trace }, index): RequestRecord => ({
      id: `${trace} ${name}`,
      target: service,
      connection: index,
      scheduledAt: at,
      startedAt: at,
      endedAt: at + ms,
      status,
    }),
  ),
  marks: [],
  lanes: SERVICES,
})

/** The baskets of customers over the whole incident. */
export const basketTimeline = (incident: Incident): Evidence => ({
  kind: 'timeline',
  title: 'baskets',
  requests: [...incident.before, ...incident.during, ...incident.after],
  marks: marksOf(incident),
})

/** What each look costs. */
export const billTable = (looks: readonly Look[], minutes: Readonly<Record<Look['kind'], number>>, budget: number): Evidence => {
  let spent = 0
  const rows = looks.map(({ kind, of }) => {
    spent += minutes[kind]
    return [`${kind}: ${of}`, minutes[kind], spent] as const
  })
  return {
    kind: 'table',
    title: 'bill',
    columns: ['look', 'minutes', 'sum'],
    rows,
    differing: rows.flatMap(([, , sum], row) => (sum > budget ? [[row, 2] as const] : [])),
  }
}

/** What speaks for or against each cause, as measured. */
export const measuresOf = (incident: Incident) => {
  const { told, sickAt, lookedAt, before } = incident
  const from = firstOf(before)
  const within = ({ at }: { readonly at: number }, sick: boolean) => (sick ? at >= sickAt && at <= lookedAt : at >= from && at < sickAt)
  const average = (values: readonly number[]) =>
    values.length === 0 ? 0 : Math.round(values.reduce((sum, each) => sum + each, 0) / values.length)
  const spansNamed = (service: ServiceName, name: string, sick: boolean) =>
    told.spans.filter((span) => span.service === service && span.name === name && within(span, sick))
  const lookups = spansNamed('stock', 'lookup', true)
  const calls = (sick: boolean) => average(spansNamed('web', 'basket', sick).map((span) => span.calls ?? 0))
  const clients = new Map<string, number>()
  for (const { trace } of spansNamed('web', 'basket', true)) {
    const client = trace.replace(/-\d+$/, '')
    clients.set(client, (clients.get(client) ?? 0) + 1)
  }
  const [loudest = 0] = [...clients.values()].sort((a, b) => b - a)
  const gauge = (service: ServiceName, name: string, sick: boolean): readonly number[] =>
    told.gauges.filter((each) => each.service === service && within(each, sick)).map(({ values }) => values[name] ?? 0)
  return {
    callMs: average(spansNamed('orders', 'call stock', true).map(({ ms }) => ms)),
    lookupMs: average(lookups.map(({ ms }) => ms)),
    workMs: average(lookups.map(({ ms, queuedMs = 0 }) => ms - queuedMs)),
    workBeforeMs: average(spansNamed('stock', 'lookup', false).map(({ ms }) => ms)),
    inUse: gauge('orders', 'pool_in_use', true).at(-1) ?? 0,
    freeMiB: Math.round(gauge('stock', 'disk_free_mib', true).at(-1) ?? 0),
    clients: clients.size,
    loudest,
    total: [...clients.values()].reduce((sum, each) => sum + each, 0),
    calls: calls(true),
    callsBefore: calls(false),
    memoryMiB: Math.round(Math.max(0, ...gauge('web', 'memory_mib', true))),
    memoryBeforeMiB: Math.round(Math.max(0, ...gauge('web', 'memory_mib', false))),
  }
}
