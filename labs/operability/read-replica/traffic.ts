import type { RequestRecord, RequestTemplate, TrafficPlan } from '../../kit/index.ts'
import type { Inside } from './observe.ts'

export const SERVICE = { name: 'reviews', port: 8080 } as const
const CLIENTS = 8
/** Of one batch: each client reads several times. */
const READS = 24
const WRITES = CLIENTS

/** A customer who reads and never writes. */
const READ: RequestTemplate = { path: '/products/p7/reviews', headers: { 'x-customer': 'reader' } }
/** What a customer writes is the request's own id, so that it can be found again. */
export const WRITE: RequestTemplate = {
  method: 'POST',
  path: '/products/p{id}/reviews',
  headers: { 'x-customer': '{id}', 'content-type': 'application/json' },
  body: '{"body":"{id}"}',
}

export const isGood = ({ status, error }: RequestRecord): boolean => status !== undefined && status < 300 && error === undefined

/** Reviews read by somebody who has written none, by a few clients at once. */
export const readBatch = (inside: Inside, timeoutMs: number, requests: number = READS): Promise<readonly RequestRecord[]> =>
  batch(inside, READ, requests, timeoutMs)

/** One review each by so many customers. */
export const writeBatch = (inside: Inside, timeoutMs: number): Promise<readonly RequestRecord[]> => batch(inside, WRITE, WRITES, timeoutMs)

const batch = async ({ sandbox, signal }: Inside, request: RequestTemplate, requests: number, timeoutMs: number) => {
  const plan: TrafficPlan = {
    targets: [SERVICE],
    request,
    arrivals: { kind: 'closed', clients: CLIENTS },
    connections: 'keep-alive',
    requests,
    seconds: 60,
    timeoutMs,
  }
  await using traffic = await sandbox.traffic(plan, { signal })
  await traffic.reached({ answered: requests }, { signal })
  return (await traffic.end({ signal })).requests
}
