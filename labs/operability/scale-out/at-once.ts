import { ask, happensWithin, type RequestRecord, type Service } from '../../kit/index.ts'
import { isYes, itemsIn } from './account.ts'
import { BALANCER, type Inside, PATIENCE_MS, PORT } from './copies.ts'

/** Two requests of one shopper that were under way at the same time, and the basket afterwards. */
export interface Pair {
  readonly puts: readonly RequestRecord[]
  readonly look: RequestRecord
}

const PAIRS = 12
/** How long the two of each pair may take to be sent. */
const HOLD_MS = 1000
const FENCE_MS = 1000

/**
 * Stops the store, sends two items for each of some shoppers, waits until all of them must have reached the store's door, and lets it
 * go on. Whatever a copy reads before it writes, both of a pair have then read the same.
 */
export const atOnce = async (
  inside: Inside,
  store: Service,
  copies: readonly Service[],
  sessions: readonly string[],
): Promise<{ readonly pairs: readonly Pair[]; readonly silentMs: number }> => {
  const { sandbox, signal } = inside
  const chosen = sessions.slice(0, PAIRS)
  if (chosen.length === 0) return { pairs: [], silentMs: 0 }
  const held = await store.pause()
  const sending = await Promise.all(chosen.map((session) => sendTwo(inside, session)))
  await Promise.all(sending.map((traffic) => happensWithin(HOLD_MS, signal, (o) => traffic.reached({ inFlight: 2 }, o))))
  // An answer to what was sent later says that what was sent before has been read. A copy that asks the store for this too does not
  // answer now, and has read it all the same.
  const fence = (target: { readonly name: string; readonly port: number }) =>
    ask(sandbox, target, { path: '/healthz' }, { signal, timeoutMs: FENCE_MS })
  await fence(BALANCER)
  await Promise.all(copies.map(({ name }) => fence({ name, port: PORT })))
  await held[Symbol.asyncDispose]()
  const silentMs = Date.now() - held.at
  const pairs = await Promise.all(
    sending.map(async (traffic, index): Promise<Pair> => {
      await happensWithin(PATIENCE_MS, signal, (o) => traffic.reached({ answered: 2 }, o))
      const { requests } = await traffic.end({ signal })
      const authorization = `Bearer ${chosen[index]}`
      const look = await ask(sandbox, BALANCER, { path: '/basket', headers: { authorization } }, { signal, timeoutMs: PATIENCE_MS })
      return { puts: requests, look }
    }),
  )
  return { pairs, silentMs }
}

const sendTwo = ({ sandbox, signal }: Inside, session: string) =>
  sandbox.traffic(
    {
      targets: [BALANCER],
      request: { method: 'PUT', path: '/basket/{id}', headers: { authorization: `Bearer ${session}`, 'x-request-id': '{id}' } },
      arrivals: { kind: 'closed', clients: 2 },
      connections: 'fresh',
      requests: 2,
      seconds: PATIENCE_MS / 1000,
      timeoutMs: PATIENCE_MS,
    },
    { signal },
  )

/** What became of the pairs. */
export const pairsLost = (pairs: readonly Pair[]) => {
  const puts = pairs.flatMap((pair) => pair.puts)
  return {
    puts,
    refused: puts.filter((put) => !isYes(put)),
    lost: pairs.flatMap(({ puts: two, look }) => two.filter((put) => isYes(put) && !itemsIn(look.body).includes(put.id))),
  }
}
