import { type Answer, docker, fail, lab, parseable, pass } from '../../kit/index.ts'
import { DEFAULT_MAX_ITEMS } from './environments.ts'
import { FILES, observe, PORT, READY_SECONDS, type Served, type Tour, type Tried } from './observe.ts'
import {
  asksOf,
  commandTable,
  isRight,
  leakOf,
  logOf,
  naming,
  namingTable,
  quoted,
  quoteOf,
  quotesGiven,
  quoteTable,
  startTable,
  topology,
  valueTable,
} from './seen.ts'

export default lab({
  id: 'config-from-env',
  minutes: 25,
  seconds: 90,
  files: FILES,
  // Six copies of one program, all on its port.
  sandbox: docker({ image: 'node', limits: { memoryMiB: 192 }, powers: ['own-ports'] }),
  observe,
  checks: {
    syntax: parseable('config.js', 'server.js'),
    starts: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const served = complete(seen)
        const failed = served.find(({ readyMs }) => readyMs === undefined)
        if (failed === undefined) return pass({ count: served.length, names: served.map(({ name }) => name).join(', ') })
        const evidence = [startTable(served), logOf(failed)]
        const { name, exit } = failed
        if (exit !== undefined) return fail('ended', { name, code: exit.code }, { evidence })
        return fail('silent', { name, port: PORT, seconds: READY_SECONDS }, { evidence })
      },
    },
    'same-code': {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => {
        const evidence = [topology(seen), quoteTable(seen)]
        const wrong = complete(seen).find((served) => !isRight(served))
        if (wrong === undefined) return pass({ count: complete(seen).length, full: seen.full.name, known: seen.known.name }, { evidence })
        const { name, environment, quote, variables } = wrong
        const { authorized, refused } = asksOf(seen, environment.account)
        const status = quote?.status ?? 0
        const values = { name, status, url: variables['RATES_URL'] ?? '' }
        const detail = { evidence: [...evidence, logOf(wrong)] }
        if (authorized + refused === 0) return fail('elsewhere', values, detail)
        if (refused > 0) return fail('key', { ...values, refused }, detail)
        if (status !== 200) return fail('failing', values, detail)
        const expected = quoteOf(environment)
        const got = quoted(quote) ?? { currency: '–', total: '–' }
        const words = { wanted: `${expected.total} ${expected.currency}`, got: `${got.total} ${got.currency}` }
        return fail('other', { ...values, ...words }, detail)
      },
    },
    values: {
      tier: 'sandbox',
      needs: ['same-code'],
      run: ({ seen }) => {
        const { full, known, sparse } = seen
        const evidence = [valueTable(seen)]
        const limit = wrongLimit(full, evidence) ?? wrongLimit(known, evidence)
        if (limit !== undefined) return limit
        const sent = asksOf(seen, full.environment.account).mails
        const quotes = quotesGiven(full)
        if (sent !== quotes) return fail('unsent', { name: full.name, mails: sent, quotes }, { evidence })
        const unwanted = asksOf(seen, sparse.environment.account).mails
        if (unwanted > 0) return fail('sent', { name: sparse.name, mails: unwanted }, { evidence })
        return pass({ most: full.environment.maxItems, knownMost: known.environment.maxItems, mails: sent }, { evidence })
      },
    },
    defaults: {
      tier: 'sandbox',
      needs: ['same-code'],
      run: ({ seen }) => {
        const { known, sparse } = seen
        const evidence = [valueTable(seen)]
        const limit = wrongLimit(sparse, evidence)
        if (limit !== undefined) return limit
        const mails = asksOf(seen, known.environment.account).mails
        if (mails > 0) return fail('mailed', { name: known.name, mails }, { evidence })
        return pass({ most: DEFAULT_MAX_ITEMS }, { evidence })
      },
    },
    missing: {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => refusal(seen, seen.missing),
    },
    malformed: {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => refusal(seen, seen.malformed),
    },
    named: {
      tier: 'sandbox',
      needs: ['missing', 'malformed'],
      run: ({ seen }) => {
        const refused = [seen.missing, seen.several]
        for (const start of refused) {
          const { named, unnamed, innocent } = naming(start)
          const evidence = [namingTable(start), logOf(start)]
          const values = { name: start.name, wrong: start.environment.wrong.length }
          if (named.length === 0) return fail('none', { ...values, unnamed: unnamed.join(', ') }, { evidence })
          if (unnamed.length > 0) return fail('some', { ...values, named: named.join(', '), unnamed: unnamed.join(', ') }, { evidence })
          if (innocent.length > 0) return fail('innocent', { ...values, innocent: innocent.join(', ') }, { evidence })
        }
        return pass(
          { missing: seen.missing.environment.wrong.length, several: seen.several.environment.wrong.length },
          { evidence: refused.flatMap((start) => [namingTable(start), logOf(start)]) },
        )
      },
    },
    secrets: {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => {
        const leak = leakOf(seen)
        const lines = starts(seen).reduce((sum, { log }) => sum + log.length, 0)
        if (leak === undefined) return pass({ starts: starts(seen).length, lines })
        const { from, as, line, answer, pid } = leak
        const evidence = [logOf(from, line)]
        if (as === 'log') return fail('log', { name: from.name, line: (line ?? 0) + 1 }, { evidence })
        if (as === 'answer')
          return fail('answer', { name: from.name, status: answer?.status ?? 0 }, { evidence: [quoteTable(seen), ...evidence] })
        return fail('process', { name: from.name, pid: pid ?? 0 }, { evidence: [commandTable(from)] })
      },
    },
  },
  mistakes: {
    'missing-bracket': 'syntax',
    'list-of-environments': 'starts',
    'known-name-wins': 'same-code',
    'false-is-true': 'values',
    'mail-by-name': 'defaults',
    'default-for-everything': 'missing',
    'looks-at-first-use': 'missing',
    'reads-half-a-number': 'malformed',
    'one-at-a-time': 'named',
    'prints-the-settings': 'secrets',
  },
})

/** Where the service must serve: names that no file can know first. */
const complete = ({ full, sparse, known }: Tour): readonly Served[] => [full, sparse, known]

const starts = ({ full, sparse, known, missing, malformed, several }: Tour) => [full, sparse, known, missing, malformed, several] as const

/** The limit on items of one environment, tried from both sides. */
const wrongLimit = (
  { name, environment, most, tooMany }: Served,
  evidence: readonly ReturnType<typeof valueTable>[],
): Answer | undefined => {
  const { maxItems } = environment
  if (most?.status !== 200) return fail('tight', { name, most: maxItems, status: most?.status ?? 0 }, { evidence })
  if (tooMany?.status !== 422)
    return fail('loose', { name, most: maxItems, sent: maxItems + 1, status: tooMany?.status ?? 0 }, { evidence })
  return undefined
}

/** Whether a start that must not happen ended by itself, saying that something is wrong. */
const refusal = (seen: Tour, start: Tried): Answer => {
  const { name, exit, readyMs, quote, environment, variables } = start
  const evidence = [startTable([seen.full, start]), logOf(start)]
  const [first = ''] = environment.wrong
  const values = { name, variables: environment.wrong.join(', '), value: variables[first] ?? '' }
  // It found out, but only when somebody needed the value.
  const late = naming(start).named
  if (readyMs !== undefined && late.length > 0)
    return fail('late', { ...values, named: late.join(', '), status: quote?.status ?? 0 }, { evidence })
  if (readyMs !== undefined) return fail('served', { ...values, status: quote?.status ?? 0 }, { evidence })
  if (exit === undefined) return fail('hangs', { ...values, seconds: READY_SECONDS }, { evidence })
  if (exit.code === 0) return fail('zero', values, { evidence })
  return pass({ ...values, code: exit.code }, { evidence })
}
