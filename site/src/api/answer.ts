import type { RefusalBody, RequestAt } from '../../../runner/http/refusal.ts'

/** The server said no: why, where, and what to do now, in the learner's language. */
export interface Refusal {
  readonly status: number
  readonly code: RefusalBody['error']['code'] | 'unknown'
  readonly message: string
  readonly next?: string
  readonly at?: RequestAt
}

/** What comes of asking the server: an answer, a refusal with its reason, or nobody there. */
export type Answered<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'unreachable' }

/** A response whose body's type Hono's client knows. */
interface TypedResponse<T> {
  readonly ok: boolean
  readonly status: number
  json(): Promise<T>
}

export const WAIT_MS = 15_000

/** Sends one request and sorts what comes back. Never throws; a server silent for 15 s counts as unreachable. */
export const ask = async <T>(send: (init: { signal: AbortSignal }) => Promise<TypedResponse<T>>): Promise<Answered<T>> => {
  try {
    const response = await send({ signal: AbortSignal.timeout(WAIT_MS) })
    if (response.ok) return { kind: 'answer', value: await response.json() }
    // A proxy answers for a server that is down.
    if (response.status === 502 || response.status === 504) return { kind: 'unreachable' }
    return { kind: 'refused', refusal: await refusalOf(response) }
  } catch {
    return { kind: 'unreachable' }
  }
}

const refusalOf = async (response: TypedResponse<unknown>): Promise<Refusal> => {
  const body = (await response.json().catch(() => ({}))) as Partial<RefusalBody>
  return { code: 'unknown', message: `HTTP ${response.status}`, ...body.error, status: response.status }
}
