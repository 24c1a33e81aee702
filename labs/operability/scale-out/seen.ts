import type { Evidence, RequestRecord } from '../../kit/index.ts'
import type { BasketLoss, Loss } from './account.ts'
import { itemsIn } from './account.ts'
import { type Pair, pairsLost } from './at-once.ts'
import { FIRST_COPIES, NEW_COPY } from './copies.ts'
import type { Shopping } from './observe.ts'

/** Rows and shoppers that are enough to see it; the sentences carry the numbers. */
const MOST_ROWS = 12
/** Files that came with the service. */
const GIVEN = /^\/work\/(?:server\.js|redis\.js|entrypoint\.sh)$/
const BIN_MS = 250

/** How many requests a copy answered. */
export interface Share {
  readonly name: string
  readonly count: number
}

const countBy = (requests: readonly RequestRecord[], names: readonly string[]): readonly Share[] =>
  names.map((name) => ({ name, count: requests.filter(({ servedBy }) => servedBy === name).length }))

const copiesAfter = ({ victim }: Shopping): readonly string[] => [...FIRST_COPIES.filter((name) => name !== victim), NEW_COPY]

/** Who answered how much before the kill, and since there was the new copy. */
export const sharesOf = (seen: Shopping): { readonly before: readonly Share[]; readonly after: readonly Share[] } => ({
  before: countBy(
    seen.requests.filter(({ startedAt }) => startedAt < seen.killedAt),
    FIRST_COPIES,
  ),
  after: countBy(
    seen.requests.filter(({ startedAt }) => startedAt >= seen.addedAt),
    copiesAfter(seen),
  ),
})

/** Requests that were open while the copy was killed: what becomes of them is nobody's to promise. */
export const isStruck = ({ startedAt, endedAt }: RequestRecord, { killedAt, goneAt }: Shopping): boolean =>
  startedAt <= goneAt && endedAt >= killedAt

/** The requests of some shoppers, in the lanes of the copies that answered them. */
export const timeline = (seen: Shopping, shoppers: readonly number[]): Evidence => {
  const some = shoppers.slice(0, 6)
  return {
    kind: 'timeline',
    title: 'shoppers',
    requests: seen.requests.filter(({ visitor }) => visitor !== undefined && some.includes(visitor)),
    marks: seen.marks,
    lanes: [...FIRST_COPIES, NEW_COPY],
  }
}

/** Requests per second of each copy. */
export const rates = (seen: Shopping): Evidence => {
  const times = seen.requests.map(({ startedAt }) => startedAt)
  const from = Math.min(...times)
  const bins = Math.ceil((Math.max(...times) - from + 1) / BIN_MS)
  return {
    kind: 'series',
    title: 'rates',
    unit: '/s',
    series: [...FIRST_COPIES, NEW_COPY].map((name) => {
      const counts = Array.from({ length: bins }, () => 0)
      for (const { servedBy, startedAt } of seen.requests) {
        const bin = Math.floor((startedAt - from) / BIN_MS)
        if (servedBy === name) counts[bin] = (counts[bin] ?? 0) + 1
      }
      return { name, points: counts.map((count, bin) => [from + (bin + 0.5) * BIN_MS, (count * 1000) / BIN_MS] as const) }
    }),
    marks: seen.marks,
  }
}

/** The balancer and the copies before, between and after. */
export const topology = (seen: Shopping): Evidence => {
  const { before, after } = sharesOf(seen)
  const stage = (name: 'before' | 'during' | 'after', there: readonly string[], busy: readonly Share[]) => ({
    name,
    services: ['balancer', ...FIRST_COPIES, ...(name === 'after' ? [NEW_COPY] : [])].map((service) => ({
      name: service,
      up: service === 'balancer' || there.includes(service),
    })),
    edges: there.map((to) => ({ from: 'balancer', to, up: busy.some((share) => share.name === to && share.count > 0) })),
  })
  const left = FIRST_COPIES.filter((name) => name !== seen.victim)
  const between = countBy(
    seen.requests.filter(({ startedAt }) => startedAt >= seen.goneAt && startedAt < seen.addedAt),
    left,
  )
  return {
    kind: 'topology',
    stages: [stage('before', FIRST_COPIES, before), stage('during', left, between), stage('after', copiesAfter(seen), after)],
  }
}

const by = (request: RequestRecord | undefined): string => request?.servedBy ?? '–'

/** For each shopper who was denied something: the copy that last said yes, and the one that did not. */
export const lossTable = (losses: readonly Loss[]): Evidence => {
  const rows = losses.slice(0, MOST_ROWS)
  return {
    kind: 'table',
    title: 'losses',
    columns: ['shopper', 'first', 'by', 'then', 'then by'],
    rows: rows.map(({ shopper, before, request }) => [
      shopper,
      before?.status ?? '–',
      by(before),
      request.status ?? request.error ?? '–',
      by(request),
    ]),
    differing: rows.map((_, row) => [row, 3] as const),
  }
}

/** What baskets lacked, and what was in them that belongs to others. */
export const basketTable = (losses: readonly BasketLoss[]): Evidence => {
  const rows = losses.slice(0, MOST_ROWS)
  const some = (items: readonly string[]) => (items.length > 3 ? `${items.slice(0, 3).join(', ')}, …` : items.join(', ')) || '–'
  return {
    kind: 'table',
    title: 'baskets',
    columns: ['shopper', 'PUT', 'GET /basket', 'by', '−', '+'],
    rows: rows.map(({ shopper, told, request, missing, foreign }) => [
      shopper,
      told,
      itemsIn(request.body).length,
      by(request),
      some(missing),
      some(foreign),
    ]),
    differing: rows.flatMap(({ missing, foreign }, row) => [
      ...(missing.length > 0 ? [[row, 4] as const] : []),
      ...(foreign.length > 0 ? [[row, 5] as const] : []),
    ]),
  }
}

/** What each copy that was left has on a disk of its own. */
export const filesTable = ({ files }: Shopping): Evidence => {
  const written = files.filter(({ path }) => !GIVEN.test(path))
  return {
    kind: 'table',
    title: 'files',
    columns: ['copy', 'file', 'B'],
    rows: written.slice(0, MOST_ROWS * 2).map(({ copy, path, bytes }) => [copy, path, bytes]),
  }
}

/** Files that the copies wrote for themselves. */
export const writtenFiles = ({ files }: Shopping): number => files.filter(({ path }) => !GIVEN.test(path)).length

/** Two at once: what each was told, and whether it is in the basket afterwards. */
export const pairTable = (pairs: readonly Pair[]): Evidence => {
  const rows = pairs.map(({ puts, look }) => ({ puts, items: itemsIn(look.body) }))
  const cell = (put: RequestRecord | undefined, items: readonly string[]) =>
    put === undefined ? '–' : `${put.status ?? put.error ?? '–'} ${items.includes(put.id) ? '✓' : '✗'}`
  return {
    kind: 'table',
    title: 'pairs',
    columns: ['#', 'PUT 1', 'PUT 2', 'GET /basket'],
    rows: rows.map(({ puts, items }, row) => [row + 1, cell(puts[0], items), cell(puts[1], items), items.length]),
    differing: rows.flatMap(({ puts, items }, row) =>
      puts.flatMap((put, index) =>
        pairsLost([pairs[row] as Pair]).lost.includes(put) && !items.includes(put.id) ? [[row, index + 1] as const] : [],
      ),
    ),
  }
}

/** The copies' logs, with a point at the first line after the kill. */
export const logEvidence = ({ log }: Shopping): Evidence => ({ kind: 'log', lines: log.slice(0, 200) })
