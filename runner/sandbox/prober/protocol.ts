import { z } from 'zod'
import type { TrafficPlan } from '../contract.ts'

/** A target as the prober sees it: the name in the records, and the host it connects to. */
export interface Target {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** A plan whose targets are places. */
export interface PlacedPlan extends Omit<TrafficPlan, 'targets'> {
  readonly targets: readonly Target[]
}

/** One line from the runner to the prober. `call` comes back in the answers. */
export type Order = { readonly call: number } & (
  | { readonly do: 'ping' }
  | { readonly do: 'port'; readonly host: string; readonly port: number; readonly withinMs: number }
  | { readonly do: 'cancel'; readonly of: number }
  | { readonly do: 'traffic'; readonly traffic: number; readonly plan: PlacedPlan }
  | {
      readonly do: 'reached'
      readonly traffic: number
      readonly answered?: number
      readonly inFlight?: number
      readonly inRotation?: number
    }
  | { readonly do: 'withdraw' | 'restore'; readonly traffic: number; readonly target: string }
  | { readonly do: 'end'; readonly traffic: number }
)

const Time = z.number().finite()

const Record = z.strictObject({
  id: z.string().max(64),
  target: z.string().max(256),
  connection: z.int().nonnegative(),
  scheduledAt: Time,
  startedAt: Time,
  firstByteAt: Time.optional(),
  endedAt: Time,
  status: z.int().min(100).max(999).optional(),
  error: z.enum(['refused', 'reset', 'cut', 'timeout', 'unreachable']).optional(),
  body: z.string().max(1024).optional(),
  servedBy: z.string().max(256).optional(),
  visitor: z.int().nonnegative().optional(),
  step: z.int().nonnegative().optional(),
})

const Change = z.strictObject({
  at: Time,
  target: z.string().max(256),
  now: z.enum(['in', 'out']),
  because: z.enum(['health', 'withdrawn', 'restored']),
})

/** One line from the prober to the runner. Checked, although the prober is ours: a line cut in half must not become a record. */
export const Answer = z.union([
  z.strictObject({ call: z.int(), at: Time, open: z.boolean().optional() }),
  z.strictObject({ call: z.int(), records: z.array(Record) }),
  z.strictObject({ call: z.int(), startedAt: Time, endedAt: Time, changes: z.array(Change) }),
  z.strictObject({ call: z.int(), failed: z.string() }),
])
export type Answer = z.infer<typeof Answer>
