import type { Evidence } from '../../kit/index.ts'
import type { Maintenance } from './observe.ts'
import type { Told } from './parts.ts'

const first = (text = ''): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 48 ? `${line.slice(0, 47)}…` : line || '–'
}

/** Who was answered what, headers included. `wrong` are those that differ from what they should be. */
export const toldTable = (all: readonly Told[], wrong: readonly Told[]): Evidence => ({
  kind: 'table',
  title: 'told',
  columns: ['', 'request', 'HTTP', 'Retry-After', 'Content-Type', 'Location', 'body'],
  rows: all.map(({ wish, status, error, retryAfter, type, location, body }) => [
    wish.who,
    `${wish.method ?? 'GET'} ${wish.path}`,
    status ?? error ?? '–',
    retryAfter || '–',
    type || '–',
    location || '–',
    first(body),
  ]),
  differing: all.flatMap((told, row) => (wrong.includes(told) ? [[row, 2] as const] : [])),
})

/** What the platform and the monitoring were told, with the store there, away and back. */
export const healthTable = ({ health, during, after }: Maintenance): Evidence => {
  const monitor = (all: readonly Told[]) => all.find(({ wish }) => wish.who === 'monitor')
  const cell = (told: Told | undefined) => told?.status ?? told?.error ?? '–'
  const rows = [
    ['GET shop/livez', cell(health.before.livez), cell(health.during.livez), cell(health.after.livez)],
    ['GET shop/readyz', cell(health.before.readyz), cell(health.during.readyz), cell(health.after.readyz)],
    ['GET balancer/readyz', 200, cell(monitor(during)), cell(monitor(after))],
  ] as const
  const lies = [health.during.livez.status !== 200, health.during.readyz.status === 200, monitor(during)?.status === 200]
  return {
    kind: 'table',
    title: 'health',
    columns: ['', 'store: up', 'store: down', 'store: up again'],
    rows,
    differing: lies.flatMap((lie, row) => (lie ? [[row, 2] as const] : [])),
  }
}

/** The orders that were open when maintenance began. */
export const timeline = ({ orders, marks }: Maintenance): Evidence => ({
  kind: 'timeline',
  title: 'orders',
  requests: orders,
  marks: marks.filter(({ what }) => what === 'withdrawn' || what === 'killed'),
})

/** The logs of the shop and of the balancer, with what `maintenance.sh` said. */
export const logEvidence = ({ log }: Maintenance): Evidence => {
  const told = log.findIndex(({ text }) => text.startsWith('{"event":"told"'))
  return { kind: 'log', lines: log, ...(told < 0 ? {} : { points: [told] }) }
}
