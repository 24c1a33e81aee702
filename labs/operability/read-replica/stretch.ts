import type { RequestRecord } from '../../kit/index.ts'
import { between, type Counts, type Servers } from './servers.ts'

/** A stretch of the run in which one thing was asked, and which of the servers was used for it. */
export interface Stretch {
  readonly requests: readonly RequestRecord[]
  readonly counts: Counts
}

/** Does something and counts what the servers did for it. */
export const during = async (servers: Servers, act: () => Promise<readonly RequestRecord[]>): Promise<Stretch> => {
  const before = await servers.counts()
  const requests = await act()
  return { requests, counts: between(before, await servers.counts()) }
}
