import type { Evidence, RequestRecord } from '../../kit/index.ts'
import { type Account, type Complete, type Incomplete, NAMES, SECRET } from './environments.ts'
import { QUOTED, type Served, type Start, type Tour, type Tried } from './observe.ts'

/** The quote that the customer of an environment must get for the two items asked for. */
export const quoteOf = ({ account, variables }: Complete) => ({
  currency: variables['CURRENCY'] ?? '',
  total: QUOTED.reduce((sum, item) => sum + (account.prices[item] ?? 0), 0),
})

/** The quote in an answer; undefined when it is none. */
export const quoted = (answer: RequestRecord | undefined): { readonly currency: unknown; readonly total: unknown } | undefined => {
  try {
    const { currency, total } = JSON.parse(answer?.body ?? '') as Record<string, unknown>
    return { currency, total }
  } catch {
    return undefined
  }
}

/** Whether an answer is the quote that it must be. */
export const isRight = ({ quote, environment }: Served): boolean => {
  const wanted = quoteOf(environment)
  const got = quoted(quote)
  return quote?.status === 200 && got?.currency === wanted.currency && got.total === wanted.total
}

/** What the rates service of an environment was asked, with its key and without. */
export const asksOf = ({ asked }: Pick<Tour, 'asked'>, { environment }: Account) => {
  const own = asked.filter((request) => request.environment === environment)
  const authorized = own.filter((request) => request.authorized)
  return {
    authorized: authorized.length,
    refused: own.length - authorized.length,
    mails: authorized.filter(({ what }) => what === 'mails').length,
  }
}

/** How many quotes an environment gave: each is to be mailed where mail is wanted. */
export const quotesGiven = ({ quote, most, tooMany }: Served): number =>
  [quote, most, tooMany].filter((answer) => answer?.status === 200).length

/** Variables that a start's output names, as whole words. */
export const namedIn = ({ log }: Pick<Start, 'log'>): readonly string[] =>
  NAMES.filter((name) => log.some(({ text }) => new RegExp(`(?<![A-Z0-9_])${name}(?![A-Z0-9_])`).test(text)))

/** Wrong variables that the output does not name, and right ones that it does. */
export const naming = (start: Tried) => {
  const named = namedIn(start)
  const { wrong } = start.environment
  return {
    named: named.filter((name) => wrong.includes(name)),
    unnamed: wrong.filter((name) => !named.includes(name)),
    innocent: named.filter((name) => !wrong.includes(name)),
  }
}

/** Where a key came out: a line of a log, an answer, or the command of a process. */
export interface Leak {
  readonly from: Served | Tried
  readonly as: 'log' | 'answer' | 'process'
  readonly line?: number
  readonly answer?: RequestRecord
  readonly pid?: number
}

/** The first place where a key can be read by somebody who should not. */
export const leakOf = ({ full, known, sparse, missing, malformed, several }: Tour): Leak | undefined => {
  const starts = [full, known, sparse, missing, malformed, several]
  const keys = [...new Set(starts.map(({ variables }) => variables[SECRET] ?? '').filter((key) => key !== ''))]
  const shapes = keys.flatMap((key) => [key, Buffer.from(key).toString('base64').replace(/=+$/, ''), Buffer.from(key).toString('hex')])
  const tells = (text = ''): boolean => shapes.some((shape) => text.includes(shape))
  for (const from of starts) {
    const line = from.log.findIndex(({ text }) => tells(text))
    if (line >= 0) return { from, as: 'log', line }
  }
  for (const from of [full, known, sparse]) {
    const answer = [from.quote, from.most, from.tooMany, from.failing].find((seen) => tells(seen?.body))
    if (answer) return { from, as: 'answer', answer }
    const process = from.processes.find(({ command }) => tells(command))
    if (process) return { from, as: 'process', pid: process.pid }
  }
  return undefined
}

export const logOf = ({ log, name }: Start, point?: number): Evidence => ({
  kind: 'log',
  of: name,
  lines: log,
  ...(point === undefined ? {} : { points: [point] }),
})

const statusOf = (answer: RequestRecord | undefined): string | number => answer?.status ?? answer?.error ?? '–'

/** The environments side by side: where each was told to ask, and what its customer got. */
export const quoteTable = (tour: Tour): Evidence => {
  const all = [tour.full, tour.sparse, tour.known]
  return {
    kind: 'table',
    title: 'quotes',
    columns: ['APP_ENV', 'RATES_URL', 'rates: 200', 'rates: 401', 'HTTP', 'quote'],
    rows: all.map(({ name, variables, environment, quote }) => {
      const { authorized, refused } = asksOf(tour, environment.account)
      return [name, variables['RATES_URL'] ?? '', authorized, refused, statusOf(quote), quote?.body ?? '']
    }),
    differing: all.flatMap((served, row) => {
      const { authorized, refused } = asksOf(tour, served.environment.account)
      return [
        ...(authorized > 0 ? [] : [[row, 2] as const]),
        ...(refused === 0 ? [] : [[row, 3] as const]),
        ...(served.quote?.status === 200 ? [] : [[row, 4] as const]),
        ...(isRight(served) ? [] : [[row, 5] as const]),
      ]
    }),
  }
}

/** Who reached its own rates service. */
export const topology = (tour: Tour): Evidence => {
  const all = [tour.full, tour.sparse, tour.known]
  const rates = ({ account }: Complete) => `rates:${account.port}`
  return {
    kind: 'topology',
    stages: [
      {
        name: 'during',
        services: all.flatMap(({ name, environment, readyMs }) => [
          { name, up: readyMs !== undefined },
          { name: rates(environment), up: true },
        ]),
        edges: all.map(({ name, environment }) => ({
          from: name,
          to: rates(environment),
          up: asksOf(tour, environment.account).authorized > 0,
        })),
      },
    ],
  }
}

/** What limit and mail were set to, and what came of it. */
export const valueTable = (tour: Tour): Evidence => {
  const all = [tour.full, tour.sparse, tour.known]
  const mailsWanted = (served: Served) => (served.variables['SEND_MAIL'] === 'true' ? quotesGiven(served) : 0)
  return {
    kind: 'table',
    title: 'values',
    columns: ['APP_ENV', 'MAX_ITEMS', 'most → HTTP', '+ 1 → HTTP', 'SEND_MAIL', 'POST /mails'],
    rows: all.map((served) => {
      const { name, variables, environment, most, tooMany } = served
      return [
        name,
        variables['MAX_ITEMS'] ?? '–',
        `${environment.maxItems} → ${statusOf(most)}`,
        `${environment.maxItems + 1} → ${statusOf(tooMany)}`,
        variables['SEND_MAIL'] ?? '–',
        asksOf(tour, environment.account).mails,
      ]
    }),
    differing: all.flatMap((served, row) => [
      ...(served.most?.status === 200 ? [] : [[row, 2] as const]),
      ...(served.tooMany?.status === 422 ? [] : [[row, 3] as const]),
      ...(asksOf(tour, served.environment.account).mails === mailsWanted(served) ? [] : [[row, 5] as const]),
    ]),
  }
}

/** What a refused start was given, and the lines of its output that name each variable. */
export const namingTable = (start: Tried): Evidence => {
  const rows = NAMES.map((name) => {
    const value = start.variables[name]
    const lines = start.log.flatMap(({ text }, line) =>
      namedIn({ log: [{ at: 0, stream: 'stderr', text }] }).includes(name) ? [line + 1] : [],
    )
    return { name, value: name === SECRET && value ? `(${value.length})` : (value ?? '–'), lines }
  })
  const isWrong = (name: string) => start.environment.wrong.includes(name)
  return {
    kind: 'table',
    title: 'naming',
    of: start.name,
    columns: ['env', 'value', 'log #'],
    rows: rows.map(({ name, value, lines }) => [name, value === '' ? '""' : value, lines.join(', ') || '–']),
    differing: rows.flatMap(({ name, lines }, row) => (isWrong(name) === lines.length > 0 ? [] : [[row, 2] as const])),
  }
}

/** Starts side by side: what each was given, and how it went. */
export const startTable = (starts: readonly (Served | Tried)[]): Evidence => {
  const mustServe = (environment: Complete | Incomplete) => 'account' in environment
  return {
    kind: 'table',
    title: 'starts',
    columns: ['APP_ENV', ...NAMES, 'port 8080', 'exit code'],
    rows: starts.map(({ name: own, variables, readyMs, exit }) => [
      own,
      ...NAMES.map((name) => (name === SECRET && variables[name] ? '•••' : (variables[name] ?? '–') || '""')),
      readyMs === undefined ? '–' : `${Math.round(readyMs)} ms`,
      exit?.code ?? '–',
    ]),
    differing: starts.flatMap(({ environment, readyMs, exit }, row) => [
      ...(mustServe(environment) === (readyMs !== undefined) ? [] : [[row, 1 + NAMES.length] as const]),
      ...(mustServe(environment) !== (exit !== undefined && exit.code !== 0) ? [] : [[row, 2 + NAMES.length] as const]),
    ]),
  }
}

/** The processes of an environment as a list of processes shows them. */
export const commandTable = (start: Served | Tried): Evidence => ({
  kind: 'table',
  title: 'commands',
  columns: ['PID', 'COMMAND'],
  rows: 'processes' in start ? start.processes.map(({ pid, command }) => [pid, command]) : [],
})
