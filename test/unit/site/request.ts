import type { RequestRecord } from '../../../runner/sandbox/contract.ts'

/** A request that was answered, for pictures of requests. */
export const request = (id: string, startedAt: number, endedAt: number, more: Partial<RequestRecord> = {}): RequestRecord => ({
  id,
  target: 'web',
  connection: 1,
  scheduledAt: startedAt,
  startedAt,
  endedAt,
  status: 200,
  ...more,
})
