import { seeded } from '../../kit/index.ts'

/** What can really be the matter. */
export const CAUSES = ['slow-line', 'slow-release', 'kept-connections', 'full-disk', 'loud-client', 'many-calls'] as const
export type Cause = (typeof CAUSES)[number]

/** What can be named: one of them is never so. */
export const NAMED = [...CAUSES, 'leaking-memory'] as const
export type Named = (typeof NAMED)[number]

export const ACTIONS = [
  'restart-web',
  'restart-orders',
  'restart-stock',
  'roll-back-web',
  'roll-back-orders',
  'roll-back-stock',
  'use-the-second-line',
  'free-the-disk',
  'refuse-the-loudest',
] as const
export type Action = (typeof ACTIONS)[number]

export const SERVICES = ['web', 'orders', 'stock'] as const
export type ServiceName = (typeof SERVICES)[number]

/** What is the matter for a learner, and what only looks like it. */
export interface Case {
  readonly cause: Cause
  /** A service that got a new release at the same moment, which changes nothing. */
  readonly innocent: ServiceName
  /** The clients by name; the second one is loud where that is the matter. */
  readonly clients: readonly [string, string]
}

/** The release that each cause comes with. */
const RELEASED: Partial<Record<Cause, ServiceName>> = { 'slow-release': 'stock', 'kept-connections': 'orders', 'many-calls': 'web' }

export const caseFor = (seed: number): Case => {
  const choose = seeded(seed)
  const cause = choose.pick(CAUSES)
  const others = SERVICES.filter((service) => service !== RELEASED[cause])
  return {
    cause,
    innocent: others[choose.number(0, others.length - 1)] ?? 'web',
    clients: [`shop-${choose.token(3)}`, `feed-${choose.token(3)}`],
  }
}

/** The service whose release is the matter. */
export const guiltyRelease = (cause: Cause): ServiceName | undefined => RELEASED[cause]
