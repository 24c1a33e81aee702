import type { Evidence, LogLine, RequestRecord } from '../../kit/index.ts'
import { type Attack, printed, type Tool, type Try } from './observe.ts'

/** Tries that came to what they were after: a key counts when it is the key. */
export const successes = ({ tries, break: plan }: Attack, ...tools: readonly Tool[]): readonly Try[] =>
  tries.filter(({ tool, got, said }) => {
    if (!got || !tools.includes(tool)) return false
    if (tool === 'environ' || tool === 'rummage') return said === plan.key
    return tool !== 'vault' || said === plan.customers.trim()
  })

const MOST_ROWS = 24

/** What each of these tools tried, and what the kernel answered. */
export const triesTable = (attack: Attack, ...tools: readonly Tool[]): Evidence => {
  const got = new Set(successes(attack, ...tools))
  const mine = attack.tries.filter(({ tool }) => tools.includes(tool))
  // Those that succeeded first: a table is cut at its end.
  const rows = [...mine.filter((each) => got.has(each)), ...mine.filter((each) => !got.has(each))].slice(0, MOST_ROWS)
  return {
    kind: 'table',
    title: 'tries',
    columns: ['tool', 'at', 'errno', 'got'],
    rows: rows.map((each) => [each.tool, each.at, each.error ?? '–', got.has(each) ? masked(each) : '–']),
    differing: rows.flatMap((each, row) => (got.has(each) ? [[row, 3] as const] : [])),
  }
}

/** A key is named by its beginning; a finding is no better place for it than a log. */
const masked = ({ tool, said }: Try): string => {
  if (said === null) return 'OK'
  return tool === 'environ' || tool === 'rummage' || tool === 'vault' ? `${said.slice(0, 5)}…` : said
}

/** Who the service's first process is, as the kernel tells it. */
export const firstTable = ({ first }: Attack): Evidence => {
  const [real = '', effective = ''] = first.Uid.split('\t')
  const rows = [
    ['Uid', `${real} ${effective}`, effective === '0'],
    ['CapEff', first.CapEff, !isZero(first.CapEff)],
    ['CapBnd', first.CapBnd, !isZero(first.CapBnd)],
    ['NoNewPrivs', first.NoNewPrivs, first.NoNewPrivs !== '1'],
  ] as const
  return {
    kind: 'table',
    title: 'first',
    columns: ['/proc/1/status', ''],
    rows: rows.map(([name, value]) => [name, value]),
    differing: rows.flatMap(([, , open], row) => (open ? [[row, 1] as const] : [])),
  }
}

const isZero = (mask: string): boolean => /^0+$/.test(mask)

/** How many capabilities a mask holds. */
export const capabilitiesIn = (mask: string): number => [...BigInt(`0x${mask}`).toString(2)].filter((bit) => bit === '1').length

/** The first place outside the container where the key can be read. */
export const leakOf = ({
  log,
  before,
  after,
  break: plan,
}: Attack): { readonly line: number } | { readonly answer: RequestRecord } | undefined => {
  const shapes = [plan.key, Buffer.from(plan.key).toString('base64').replace(/=+$/, ''), Buffer.from(plan.key).toString('hex')]
  const tells = (text = ''): boolean => shapes.some((shape) => text.includes(shape))
  const line = log.findIndex(({ text }) => tells(text))
  if (line >= 0) return { line }
  const answer = [...before, ...after].find(({ body }) => tells(body))
  return answer && { answer }
}

/** The log with the key covered; points at one line, where one is meant. */
export const logOf = ({ log, break: plan }: Attack, point?: number): Evidence => ({
  kind: 'log',
  lines: log.map((line): LogLine => ({ ...line, text: line.text.replaceAll(plan.key, `${plan.key.slice(0, 5)}…`) })),
  ...(point === undefined ? {} : { points: [point] }),
})

/** All labels asked for, before the attack and after it. */
export const timeline = ({ before, after }: Attack): Evidence => ({
  kind: 'timeline',
  title: 'labels',
  requests: [...before, ...after],
  marks: [],
})

export const unprinted = (requests: readonly RequestRecord[]): readonly RequestRecord[] => requests.filter((each) => !printed(each))
