import type { RequestRecord } from '../../../runner/sandbox/contract.ts'

/** How a request ended, for shape, colour and word. */
export type RequestFate = 'answered' | 'turnedAway' | NonNullable<RequestRecord['error']>

export const fateOf = ({ error, status }: RequestRecord): RequestFate =>
  error ?? (status !== undefined && status >= 400 ? 'turnedAway' : 'answered')

export const isFailure = (request: RequestRecord): boolean => fateOf(request) !== 'answered'

/** Fates of requests that no program ever took up. */
export const nobodyAnswered = (request: RequestRecord): boolean => request.error === 'refused' || request.error === 'unreachable'
