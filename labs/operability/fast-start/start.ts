import { ask, type LogLine, type Process, type RequestRecord } from '../../kit/index.ts'
import { nearestTo, type Product } from './catalogue.ts'
import type { Inside } from './observe.ts'
import { becomeReady, PORT } from './ready.ts'
import type { Store } from './store.ts'

/** What kept a start from being ready when its time was over, or was too much for one that was ready. */
export type Hindrance =
  | { readonly by: 'end'; readonly code: number }
  | { readonly by: 'store'; readonly held: number }
  | { readonly by: 'work'; readonly cpuMs: number }
  | { readonly by: 'nothing'; readonly cpuMs: number }
  | { readonly by: 'readyz'; readonly status: number }

/** One start of the image, as seen from outside. */
export interface Start {
  readonly number: number
  readonly startedAt: number
  /** Absent if it was not ready in time. */
  readonly readyMs?: number
  /** Absent if it was ready in time and had not worked too much for it. */
  readonly hindrance?: Hindrance
  readonly asked: readonly RequestRecord[]
  /** The request that came right after the first yes, and what it should have got. */
  readonly first?: {
    readonly record: RequestRecord
    readonly product: string
    readonly expected: readonly string[]
    readonly got?: readonly unknown[]
  }
  readonly processes: readonly Process[]
  readonly log: readonly (LogLine & { readonly service: string })[]
  /** In time, and the first answer right. */
  readonly good: boolean
}

export interface Beginning {
  readonly number: number
  readonly image: Readonly<Record<string, string | Uint8Array>>
  readonly store: Store
  readonly products: readonly Product[]
  readonly budgetMs: number
  /** Processor time that a start may take. */
  readonly workMs: number
  readonly bareCpuMs: number
}

const NAME = 'similar'
/** Above so many times what an empty server uses, the time went into work. */
const BUSY = 3

/** Starts the image once; when it says that it is ready, takes it at its word. */
export const begin = async (inside: Inside, { number, image, store, products, budgetMs, workMs, bareCpuMs }: Beginning): Promise<Start> => {
  const { sandbox, signal, seed } = inside
  const spec = { name: NAME, command: ['sh', 'entrypoint.sh'], files: image, env: { STORE_URL: store.url } }
  const { service: started, calledAt, startedAt, readyMs, asked, exited } = await becomeReady(inside, spec, budgetMs)
  await using service = started
  const logsOf = async () => {
    const lines = [...(await store.log()).filter(({ at }) => at >= calledAt).map((line) => ({ ...line, service: 'store' }))]
    for await (const line of service.logs({ signal })) lines.push({ ...line, service: NAME })
    return lines.sort((a, b) => a.at - b.at)
  }
  const cpuMsOf = async () => (await service.stats({ signal })).cpuSeconds * 1000
  const seen = { number, startedAt, asked }
  if (readyMs === undefined) {
    const held = exited === undefined ? await store.held() : 0
    const processes = await service.processes({ signal })
    const cpuMs = exited === undefined ? await cpuMsOf() : 0
    if (exited === undefined) await service.signal('SIGKILL')
    const hindrance = hindranceOf({ code: exited?.code, held, cpuMs, busyMs: BUSY * bareCpuMs, status: asked.at(-1)?.status })
    return { ...seen, hindrance, processes, log: await logsOf(), good: false }
  }
  // Spread over the catalogue, so that a part of it is not enough.
  const product = products[(seed + number * 7919) % products.length]
  if (product === undefined) throw new Error('the catalogue is empty')
  const [record, cpuMs] = await Promise.all([
    ask(sandbox, { name: NAME, port: PORT }, { path: `/similar/${product.id}` }, { signal, timeoutMs: budgetMs }),
    // What was done since it was ready is no part of the start; with one processor it is this much at most.
    cpuMsOf().then((used) => used - (Date.now() - startedAt - readyMs)),
  ])
  const expected = nearestTo(product, products)
  const got = similarIn(record.body)
  const right = record.status === 200 && record.error === undefined && JSON.stringify(got) === JSON.stringify(expected)
  const laboured = right && cpuMs > workMs
  const processes = right && !laboured ? [] : await service.processes({ signal })
  await service.signal('SIGKILL')
  const first = { record, product: product.id, expected, ...(got && { got }) }
  const hindrance = laboured ? ({ by: 'work', cpuMs } as const) : undefined
  return { ...seen, readyMs, ...(hindrance && { hindrance }), first, processes, log: await logsOf(), good: right && !laboured }
}

/** Late, and neither ended nor seen to wait for the store or to work. */
export const isUnexplained = ({ hindrance }: Start): boolean => hindrance?.by === 'nothing' || hindrance?.by === 'readyz'

interface Signs {
  readonly code: number | undefined
  readonly held: number
  readonly cpuMs: number
  readonly busyMs: number
  readonly status: number | undefined
}

const hindranceOf = ({ code, held, cpuMs, busyMs, status }: Signs): Hindrance => {
  if (code !== undefined) return { by: 'end', code }
  if (held > 0) return { by: 'store', held }
  if (cpuMs > busyMs) return { by: 'work', cpuMs }
  return status === undefined ? { by: 'nothing', cpuMs } : { by: 'readyz', status }
}

/** The list in an answer, whatever else it holds; undefined when there is none. */
const similarIn = (body = ''): readonly unknown[] | undefined => {
  try {
    const { similar } = JSON.parse(body) as { similar?: unknown }
    return Array.isArray(similar) ? similar : undefined
  } catch {
    return undefined
  }
}
