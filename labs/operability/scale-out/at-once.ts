import { ask, happensWithin, type RequestRecord, type Service } from '../../kit/index.ts'
import { isYes, itemsIn } from './account.ts'
import { BALANCER, type Inside, PATIENCE_MS } from './copies.ts'

/** Two requests of one shopper that were under way at the same time, and the basket afterwards. */
export interface Pair {
  readonly puts: readonly RequestRecord[]
  readonly look: RequestRecord
}

const PAIRS = 12
/** Added to each round trip between a copy and the store: so far apart two requests may begin and still be in each other's way. */
export const DELAY_MS = 250

/**
 * Makes the line to the store slow and sends two items for each of some shoppers. Whatever a copy reads before it writes, the other of
 * the pair has read by then as well.
 */
export const atOnce = async (
  inside: Inside,
  store: Service,
  copies: readonly Service[],
  sessions: readonly string[],
): Promise<readonly Pair[]> => {
  const { sandbox, signal } = inside
  const chosen = sessions.slice(0, PAIRS)
  if (chosen.length === 0) return []
  await using slow = new AsyncDisposableStack()
  for (const { name } of copies) slow.use(await store.degrade(name, { delayMs: DELAY_MS }, { signal }))
  const sending = await Promise.all(chosen.map((session) => sendTwo(inside, session)))
  const puts = await Promise.all(
    sending.map(async (traffic) => {
      await happensWithin(PATIENCE_MS, signal, (o) => traffic.reached({ answered: 2 }, o))
      return (await traffic.end({ signal })).requests
    }),
  )
  return Promise.all(
    puts.map(async (two, index): Promise<Pair> => {
      const authorization = `Bearer ${chosen[index]}`
      const look = await ask(sandbox, BALANCER, { path: '/basket', headers: { authorization } }, { signal, timeoutMs: PATIENCE_MS })
      return { puts: two, look }
    }),
  )
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
