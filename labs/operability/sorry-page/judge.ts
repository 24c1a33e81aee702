import type { Told } from './parts.ts'

/** Seconds that a date may be off: it counts from when it was written, and clocks tick whole seconds. */
const NEAR_SECONDS = 120

/** Whether `Retry-After` says when the operator said it would be over: in seconds, or as a date. */
export const saysWhen = ({ retryAfter }: Pick<Told, 'retryAfter'>, seconds: number, now = Date.now()): boolean => {
  if (!retryAfter) return false
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) === seconds
  const date = Date.parse(retryAfter)
  return Number.isFinite(date) && Math.abs(date - now - seconds * 1000) <= NEAR_SECONDS * 1000
}

/** Whether it is JSON that calls itself so. */
export const isJson = ({ type, body = '' }: Pick<Told, 'type' | 'body'>): boolean => {
  if (!type?.includes('json')) return false
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}

/** Whether it is the page, as far as it was kept; who wrote its line ends does not matter. */
export const isPage = ({ body = '' }: Pick<Told, 'body'>, page: string): boolean => {
  const plain = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
  const kept = plain(body)
  return kept.length > 40 && plain(page).startsWith(kept)
}

export type PageFault = 'status' | 'redirect' | 'when' | 'words'

/** What is wrong with what a person was shown during maintenance. */
export const pageFault = (told: Told, page: string, seconds: number): PageFault | undefined => {
  const { status = 0 } = told
  if (status >= 300 && status < 400) return 'redirect'
  if (status !== 503) return 'status'
  if (!isPage(told, page)) return 'words'
  return saysWhen(told, seconds) ? undefined : 'when'
}

/** What is wrong with what a program was answered during maintenance. */
export const programFault = (told: Told, seconds: number): 'status' | 'when' | 'html' | undefined => {
  if (told.status !== 503) return 'status'
  if (!isJson(told)) return 'html'
  return saysWhen(told, seconds) ? undefined : 'when'
}
