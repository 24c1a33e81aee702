import { setTimeout as pass } from 'node:timers/promises'
import type { RequestRecord } from '../../kit/index.ts'
import type { Inside } from './observe.ts'
import { between, type Servers } from './servers.ts'
import { during, type Stretch, withPulse } from './stretch.ts'
import { readBatch, SERVICE, WRITE } from './traffic.ts'

/** What a customer saw who had written and then looked. */
export interface Look {
  readonly customer: number
  readonly review: string
  /** From the acknowledgement to the look. */
  readonly afterMs: number
  readonly request: RequestRecord
  readonly found: boolean
}

/** A time in which the replica was behind, and the time after. */
export interface Lag {
  readonly heldAt: number
  readonly releasedAt: number
  readonly caughtUpAt: number
  readonly requests: readonly RequestRecord[]
  readonly writes: readonly RequestRecord[]
  /** Looks of the writers while the replica was certainly behind. */
  readonly looks: readonly Look[]
  /** Customers who wrote nothing, meanwhile. */
  readonly others: Stretch
  /** The writers again, once the replica had caught up. */
  readonly after: Stretch['counts']
  /** When they were served by the replica again; absent: not in time. */
  readonly returnedAfterMs?: number
}

const WRITERS = 6
/** Each looks again and again, so that a rule of a fixed time is seen to end too early. */
const LOOKS = 400
const PAUSE_MS = 150
/** Far longer than a rule of thumb of a second. */
const HOLD_MS = 2000
const OTHERS = 40
/** So many looks of each before, and as many after. */
const LEAST_LOOKS = 4

/** Holds the replica back, lets customers write and look, lets it catch up, and goes on looking. Nobody is in a hurry but for the return. */
export const lagBehind = async (
  inside: Inside,
  servers: Servers,
  { limitMs, patienceMs }: { readonly limitMs: number; readonly patienceMs: number },
): Promise<Lag> => {
  const { sandbox, signal } = inside
  await servers.holdReplica()
  const heldAt = Date.now()
  const look = { path: '/products/w{visitor}/reviews', headers: { 'x-customer': 'w{visitor}' } }
  await using writers = await sandbox.traffic(
    {
      targets: [SERVICE],
      arrivals: {
        kind: 'visitors',
        visitors: WRITERS,
        steps: [{ ...WRITE, ...look, headers: { ...WRITE.headers, ...look.headers } }, ...Array.from({ length: LOOKS }, () => look)],
        rounds: 1,
        pauseMs: PAUSE_MS,
      },
      connections: 'keep-alive',
      seconds: 120,
      timeoutMs: patienceMs,
    },
    { signal },
  )
  await writers.reached({ answered: WRITERS * 2 }, { signal })
  const written = Date.now()
  const others = await during(servers, () => readBatch(inside, patienceMs, OTHERS))
  // How long the lag lasts is part of what is done here, like the grace period of a stop.
  await pass(Math.max(0, written + HOLD_MS - Date.now()), undefined, { signal })
  await writers.reached({ answered: WRITERS * (1 + LEAST_LOOKS) }, { signal })
  const releasedAt = Date.now()
  await servers.letReplicaCatchUp()
  const caughtUpAt = Date.now()

  const { after, back } = await untilBack(inside, servers, caughtUpAt + limitMs)
  const { requests } = await writers.end({ signal })
  const writes = requests.filter(({ step }) => step === 0)
  return {
    heldAt,
    releasedAt,
    caughtUpAt,
    requests,
    writes,
    looks: looksOf(requests, releasedAt),
    others,
    after,
    ...(back && { returnedAfterMs: Math.max(0, Date.now() - caughtUpAt) }),
  }
}

/** Counts again and again until a while has passed in which the replica alone was read. */
const untilBack = async (inside: Inside, servers: Servers, until: number) => {
  const aWhile = async () => {
    const before = await servers.counts()
    await pass(2 * PAUSE_MS, undefined, { signal: inside.signal })
    return between(before, await servers.counts())
  }
  let due = until
  while (true) {
    const { done: after, waitedMs } = await withPulse(inside, aWhile)
    due += waitedMs
    const back = after.replica.reads > 0 && after.primary.reads === 0
    if (back || Date.now() > due) return { after, back }
  }
}

const looksOf = (requests: readonly RequestRecord[], releasedAt: number): Look[] => {
  const writes = new Map(requests.filter(({ step, status }) => step === 0 && status === 201).map((write) => [write.visitor, write]))
  return requests
    .filter(({ step, endedAt }) => step !== 0 && endedAt < releasedAt)
    .flatMap((request) => {
      const write = writes.get(request.visitor)
      if (write === undefined || request.visitor === undefined) return []
      const found = request.status === 200 && (request.body ?? '').includes(`"${write.id}"`)
      return [{ customer: request.visitor, review: write.id, afterMs: request.startedAt - write.endedAt, request, found }]
    })
}
