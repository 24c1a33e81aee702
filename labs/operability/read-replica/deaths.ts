import { betweenLooks, type RequestRecord, type Service } from '../../kit/index.ts'
import type { Inside } from './observe.ts'
import type { Servers } from './servers.ts'
import { withPulse } from './stretch.ts'
import { isGood, readBatch, writeBatch } from './traffic.ts'

/** What came of requests after one of the servers was killed. */
export interface Outage {
  readonly at: number
  readonly reads: readonly RequestRecord[]
  readonly writes: readonly RequestRecord[]
  /** When the last request had ended that did not get what it should; absent if that never ceased in time. */
  readonly overMs?: number
}

/** So many rounds in a row in which everything is as it should be count as the end of an outage. */
const STEADY = 2

/** Kills the replica: from soon after, all reads and writes must succeed. */
export const replicaDies = async (inside: Inside, servers: Servers, limitMs: number): Promise<Outage> => {
  await kill(servers.replica, inside)
  return outage(inside, limitMs, (write) => isGood(write))
}

/** Kills the primary: from soon after, all reads must succeed and all writes be refused. */
export const primaryDies = async (inside: Inside, servers: Servers, limitMs: number): Promise<Outage> => {
  await kill(servers.primary, inside)
  return outage(inside, limitMs, isRefused)
}

/**
 * Kills every process of a server, and leaves its container. Without it an engine under load may take the address away before the name:
 * then a new connection is met by silence where it is refused at other times, and how a service fares is a matter of luck.
 */
const kill = async (server: Service, { signal }: Inside): Promise<void> => {
  const done = await server.inside(['sh', '-c', 'kill -KILL -1'], { signal })
  if (done?.code !== 0) throw new Error(`${server.name} could not be killed`)
}

/** Told clearly that it was not done and that trying again later makes sense. */
export const isRefused = ({ status, error }: RequestRecord): boolean => status === 503 && error === undefined

const outage = async (inside: Inside, limitMs: number, isWriteRight: (write: RequestRecord) => boolean): Promise<Outage> => {
  const at = Date.now()
  const [reads, writes]: [RequestRecord[], RequestRecord[]] = [[], []]
  let lastWrongAt = at
  let steady = 0
  /** When everything has to be as it should be. */
  let due = at + limitMs
  while (steady < STEADY) {
    const round = () => Promise.all([readBatch(inside, limitMs), writeBatch(inside, limitMs)])
    const { done, waitedMs } = await withPulse(inside, round)
    const [read, written] = done
    due += waitedMs
    reads.push(...read)
    writes.push(...written)
    const wrong = [...read.filter((request) => !isGood(request)), ...written.filter((request) => !isWriteRight(request))]
    steady = wrong.length === 0 ? steady + 1 : 0
    lastWrongAt = Math.max(lastWrongAt, ...wrong.map(({ endedAt }) => endedAt))
    if (lastWrongAt > due) return { at, reads, writes }
    if (wrong.length > 0) await betweenLooks(inside)
  }
  return { at, reads, writes, overMs: lastWrongAt - at }
}
