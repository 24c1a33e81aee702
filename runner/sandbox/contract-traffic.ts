/** What a plan of requests asks for, and what is recorded of each. Part of `contract.ts`. */
import type { Abortable } from './contract-program.ts'

/** One request pattern. `{id}` in path, headers or body becomes an id unique in the sandbox. */
export interface RequestTemplate {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One step of a visitor, who has cookies of their own and remembers what earlier answers told. */
export interface Step extends RequestTemplate {
  /** Kept for later steps of the same visitor, where `{name}` stands: a header of the answer, or a value in its JSON (`order.items.0.id`). */
  readonly capture?: Readonly<Record<string, { readonly header: string } | { readonly json: string }>>
}

/** So many arrivals per second at this second of the plan. */
export interface RatePoint {
  readonly second: number
  readonly perSecond: number
}

/** Sends requests only to targets that are ready, and answers 503 itself when none is (target `balancer` in the records). */
export interface Balancer {
  /** Ready is an answer below 400 in time. A target is in after so many of them in a row, out after so many others in a row; at first it is out. */
  readonly health: {
    readonly path: string
    readonly everyMs: number
    readonly timeoutMs: number
    readonly healthyAfter: number
    readonly unhealthyAfter: number
  }
  /** So long after a target went out its connections are closed, whatever they are waiting for. Absent: never. */
  readonly drainSeconds?: number
}

/** A target began or ceased to get requests. */
export interface RotationChange {
  readonly at: number
  readonly target: string
  readonly now: 'in' | 'out'
  readonly because: 'health' | 'withdrawn' | 'restored'
}

export interface TrafficPlan {
  /** Who receives requests, in turn: `{ name: 'web', port: 8080 }`. */
  readonly targets: readonly { readonly name: string; readonly port: number }[]
  readonly balancer?: Balancer
  /** Needed by all arrivals but `visitors`, which have steps. */
  readonly request?: RequestTemplate
  /**
   * `open`: arrival times are fixed in advance, so a slow service cannot hide its queue. `ramp`: the same at a rate that goes in a
   * straight line from point to point and stays at the last. `closed`: each client waits for its answer. `visitors`: each goes
   * through the steps, so many rounds or until the plan is over, with cookies; `{visitor}` is their number from 0.
   */
  readonly arrivals:
    | { readonly kind: 'open'; readonly perSecond: number }
    | { readonly kind: 'ramp'; readonly points: readonly RatePoint[] }
    | { readonly kind: 'closed'; readonly clients: number; readonly pauseMs?: number }
    | {
        readonly kind: 'visitors'
        readonly visitors: number
        readonly steps: readonly Step[]
        readonly rounds?: number
        readonly pauseMs?: number
      }
  readonly connections: 'keep-alive' | 'fresh'
  /** Ends by itself after so many requests or seconds, whichever comes first. */
  readonly requests?: number
  readonly seconds: number
  readonly timeoutMs: number
}

export interface Traffic extends AsyncDisposable {
  /**
   * Resolves as soon as at least so many requests were answered (`answered`) or are waiting for their answer at once (`inFlight`),
   * or so many targets get requests (`inRotation`); also when the plan is over, since nothing more can come then.
   */
  reached(condition: { readonly answered?: number; readonly inFlight?: number; readonly inRotation?: number }, o?: Abortable): Promise<void>
  /** What a balancer does: no new request goes to this target; kept-alive connections stay open. */
  withdraw(target: string): Promise<{ readonly at: number }>
  restore(target: string): Promise<{ readonly at: number }>
  /** Sends no more, waits for the answers outstanding (each has its timeout) and returns everything recorded. */
  end(o?: Abortable): Promise<Timeline>
}

export interface Timeline {
  readonly startedAt: number
  readonly endedAt: number
  readonly requests: readonly RequestRecord[]
  /** When targets began and ceased to get requests; empty where neither a balancer nor `withdraw` was. */
  readonly changes: readonly RotationChange[]
}

/** One request as the prober saw it. */
export interface RequestRecord {
  readonly id: string
  readonly target: string
  /** Which of the prober's connections carried it. */
  readonly connection: number
  readonly scheduledAt: number
  readonly startedAt: number
  readonly firstByteAt?: number
  readonly endedAt: number
  readonly status?: number
  /** `cut`: the answer began and the connection closed before it was whole. */
  readonly error?: 'refused' | 'reset' | 'cut' | 'timeout' | 'unreachable'
  /** The first KiB of the answer. */
  readonly body?: string
  /** The answer's `x-served-by` header, where a service sends one. */
  readonly servedBy?: string
  /** Of plans with visitors: who sent it, and which of their steps it was, both from 0. */
  readonly visitor?: number
  readonly step?: number
}
