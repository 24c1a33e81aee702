import { Fault } from '../../fault.ts'

/** What dockerode throws: an HTTP status with the engine's message, or a socket error with a code. */
interface EngineError {
  readonly statusCode?: number
  readonly code?: string
  readonly message?: string
  readonly json?: { readonly message?: string }
}

const UNREACHABLE = new Set(['ENOENT', 'ECONNREFUSED', 'EACCES', 'EPERM', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EHOSTUNREACH'])

export const statusOf = (thrown: unknown): number | undefined => (thrown as EngineError | undefined)?.statusCode

const messageOf = (thrown: unknown): string => {
  const error = thrown as EngineError | undefined
  return error?.json?.message ?? error?.message ?? String(thrown)
}

/** Every error of the engine's client as a Fault; aborts and Faults stay themselves. */
export const toFault = (doing: string, thrown: unknown): unknown => {
  if (thrown instanceof Fault) return thrown
  const { code, statusCode } = (thrown ?? {}) as EngineError
  if (code !== undefined && UNREACHABLE.has(code)) {
    return new Fault('engine.unavailable', `The engine could not be reached to ${doing}: ${messageOf(thrown)}.`, { cause: thrown })
  }
  if (statusCode === 404 && /no such image/i.test(messageOf(thrown))) {
    return new Fault('image.missing', `The engine lacks an image to ${doing}: ${messageOf(thrown)}.`, { cause: thrown })
  }
  return new Fault('engine.failed', `The engine did not ${doing}: ${messageOf(thrown)}.`, { cause: thrown })
}
