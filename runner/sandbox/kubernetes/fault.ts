import { z } from 'zod'
import { Fault } from '../../fault.ts'

const statusSchema = z.object({
  message: z.string().default(''),
  reason: z.string().default(''),
  details: z
    .object({
      causes: z
        .array(z.object({ reason: z.string().default(''), message: z.string().default(''), field: z.string().optional() }))
        .default([]),
    })
    .default({ causes: [] }),
})
export type Status = z.infer<typeof statusSchema>

/** An API server's no: its code and its `Status`. What it means is decided where it was asked. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: number
  readonly status: Status

  constructor(code: number, body: unknown, asked: string) {
    const status = statusSchema.safeParse(body).data ?? { message: String(body).slice(0, 500), reason: '', details: { causes: [] } }
    super(`${asked} was answered with ${code}: ${status.message}`)
    this.code = code
    this.status = status
  }
}

const codeOf = (thrown: unknown): string => {
  for (let each = thrown; typeof each === 'object' && each !== null; each = (each as { cause?: unknown }).cause) {
    const { code } = each as { code?: unknown }
    if (typeof code === 'string' && code !== 'UND_ERR') return code
  }
  return ''
}
const CERTIFICATE = /^(CERT_HAS_EXPIRED|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

/** Whatever stopped us as a Fault; a Fault stays itself. `doing` says what the cluster did not do. */
export const toFault = (doing: string, thrown: unknown): Fault => {
  if (thrown instanceof Fault) return thrown
  if (thrown instanceof ApiError) {
    if (thrown.code === 401 || thrown.code === 403)
      return new Fault('cluster.forbidden', `The cluster did not ${doing}: ${thrown.status.message}`, { cause: thrown })
    if (thrown.code === 429 || thrown.code === 503 || thrown.code === 504)
      return new Fault('cluster.unavailable', `The API server is overloaded or starting and did not ${doing}: ${thrown.message}`, {
        cause: thrown,
      })
    return new Fault('cluster.failed', `The cluster did not ${doing}: ${thrown.message}`, { cause: thrown })
  }
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError')
    return new Fault('cluster.timeout', `The API server did not ${doing} in time.`, { cause: thrown })
  const code = codeOf(thrown)
  if (code === 'CERT_HAS_EXPIRED')
    return new Fault('cluster.unavailable', 'The certificate of the cluster, or ours for it, has expired.', { cause: thrown })
  if (CERTIFICATE.test(code))
    return new Fault('cluster.unavailable', `The cluster's certificate is not accepted (${code}).`, { cause: thrown })
  return new Fault('cluster.unavailable', `The API server could not be reached to ${doing} (${code || (thrown as Error).message}).`, {
    cause: thrown,
  })
}

/** Runs an `Api.call` and turns an API server's no into a Fault, but for the codes that mean something to the caller: those are undefined. */
export const unless = async <T>(codes: readonly number[], doing: string, call: Promise<T>): Promise<T | undefined> => {
  try {
    return await call
  } catch (thrown) {
    // What is no answer is a Fault already, or whatever the caller has aborted with.
    if (!(thrown instanceof ApiError)) throw thrown
    if (codes.includes(thrown.code)) return undefined
    throw toFault(doing, thrown)
  }
}
