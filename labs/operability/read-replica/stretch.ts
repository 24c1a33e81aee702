import { type RequestRecord, takePulse } from '../../kit/index.ts'
import type { Inside } from './observe.ts'
import { between, type Counts, DESK, type Servers } from './servers.ts'

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

/** Does something; also for how long the machine let all of us wait meanwhile, in milliseconds, which is no fault of the service's. */
export const withPulse = async <T>(
  { sandbox, signal }: Inside,
  act: () => Promise<T>,
): Promise<{ readonly done: T; readonly waitedMs: number }> => {
  await using pulse = await takePulse(sandbox, DESK, { path: '/pulse', signal })
  const done = await act()
  return { done, waitedMs: await pulse.latestMs() }
}
