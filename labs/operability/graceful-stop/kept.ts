import { z } from 'zod'
import type { LogLine } from '../../kit/index.ts'

const keptOrder = z.object({ event: z.literal('kept'), order: z.string(), whole: z.number(), half: z.number(), text: z.string() })

/** What the store holds of one order: how many whole records, how many half written, and the bytes of the last half one. */
export type KeptOrder = Omit<z.infer<typeof keptOrder>, 'event'>

/** The store's own account of what it holds, from the last lines that it logs. */
export const keptOrders = (log: readonly LogLine[]): KeptOrder[] =>
  log
    .filter(({ stream }) => stream === 'stdout')
    .map(({ text }) => keptOrder.safeParse(JSON.parse(text)))
    .flatMap(({ data }) => (data === undefined ? [] : [{ order: data.order, whole: data.whole, half: data.half, text: data.text }]))

/** Acknowledged orders against the store's account. */
export interface Comparison {
  /** How many orders were acknowledged. */
  readonly told: number
  readonly once: number
  readonly missing: readonly string[]
  readonly doubled: readonly KeptOrder[]
  readonly half: readonly KeptOrder[]
}

/** Compares the orders that were answered with 201 with what the store holds. */
export const compare = (acknowledged: readonly string[], kept: readonly KeptOrder[]): Comparison => {
  const byOrder = new Map(kept.map((record) => [record.order, record]))
  const whole = (order: string): number => byOrder.get(order)?.whole ?? 0
  return {
    told: acknowledged.length,
    once: acknowledged.filter((order) => whole(order) === 1).length,
    missing: acknowledged.filter((order) => whole(order) === 0),
    doubled: kept.filter((record) => record.whole > 1),
    half: kept.filter((record) => record.half > 0),
  }
}
