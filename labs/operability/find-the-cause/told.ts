import { z } from 'zod'
import type { LogLine } from '../../kit/index.ts'
import type { ServiceName } from './causes.ts'

const service = z.enum(['web', 'orders', 'stock'])
const base = { t: z.number(), service }
const lineSchema = z.discriminatedUnion('kind', [
  z.looseObject({ ...base, kind: z.literal('log'), level: z.enum(['info', 'warn', 'error']), message: z.string() }),
  z.looseObject({
    ...base,
    kind: z.literal('span'),
    trace: z.string().default(''),
    name: z.string(),
    began: z.number(),
    ms: z.number(),
    status: z.number().default(200),
    queuedMs: z.number().optional(),
    calls: z.number().optional(),
  }),
  z.looseObject({ ...base, kind: z.literal('gauge') }),
])

/** A piece of work of one service within the way of a basket. Times are on the runner's clock. */
export interface Span {
  readonly service: ServiceName
  readonly trace: string
  readonly name: string
  readonly at: number
  readonly ms: number
  readonly status: number
  readonly queuedMs?: number
  readonly calls?: number
}

export interface Gauge {
  readonly service: ServiceName
  readonly at: number
  readonly values: Readonly<Record<string, number>>
}

/** All that the three services told. */
export interface Told {
  readonly spans: readonly Span[]
  readonly gauges: readonly Gauge[]
  readonly logs: readonly (LogLine & { readonly service: ServiceName })[]
}

/** Reads what a service wrote on its standard output; other lines are the runtime's own and are shown as they are. */
export const readTold = (name: ServiceName, lines: readonly LogLine[]): Told => {
  const spans: Span[] = []
  const gauges: Gauge[] = []
  const logs: Told['logs'][number][] = []
  const read = lines.map((line) => ({ line, said: lineSchema.safeParse(jsonOf(line.text)).data }))
  // The service's clock against ours: a line arrives a little after it was written, the quickest of them hardly at all.
  const ahead = Math.min(...read.flatMap(({ line, said }) => (said === undefined ? [] : [line.at - said.t])))
  for (const { line, said } of read) {
    if (said?.kind === 'span') {
      const { trace, name: what, began, ms, status, queuedMs, calls } = said
      spans.push({
        service: name,
        trace,
        name: what,
        at: began + ahead,
        ms,
        status,
        ...(queuedMs === undefined ? {} : { queuedMs }),
        ...(calls === undefined ? {} : { calls }),
      })
    } else if (said?.kind === 'gauge') {
      const values = Object.fromEntries(
        Object.entries(said).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[0] !== 't'),
      )
      gauges.push({ service: name, at: said.t + ahead, values })
    } else if (said?.kind === 'log') {
      const { kind: _kind, t: _t, service: _service, level, message, ...more } = said
      const words = Object.entries(more).map(([key, value]) => `${key}=${value}`)
      logs.push({ ...line, service: name, text: [level.toUpperCase().padEnd(5), message, ...words].join(' ') })
    } else logs.push({ ...line, service: name })
  }
  return { spans, gauges, logs }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
