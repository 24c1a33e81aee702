import type { Language } from '../../../labs/kit/finding.ts'
import type { PresentedEvent } from '../../../runner/http/present.ts'
import { eventsAddress, submission } from '../api/client.ts'

export interface Follower {
  event(event: PresentedEvent): void
  /** The stream broke; it is being taken up again. */
  lost(): void
  /** It goes on where it broke. */
  back(): void
  /** The server does not know this submission. */
  unknown(): void
}

const AGAIN_MS = 2_000
/** A stream that is taken up again within this was never lost, as far as anybody needs to know. */
const LOST_AFTER_MS = 3_000
const TYPES = [
  'queued',
  'preparing',
  'checking',
  'doing',
  'started',
  'finding',
  'verdict',
] as const satisfies readonly PresentedEvent['type'][]

/** Follows one submission until its verdict, through lost connections. Returns how to stop; `retryNow` does not wait. */
export const follow = (id: string, language: Language, follower: Follower): { stop(): void; retryNow(): void } => {
  let source: EventSource | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let seen = 0
  let lost: ReturnType<typeof setTimeout> | undefined
  let told = false
  let stopped = false

  const stop = (): void => {
    stopped = true
    clearTimeout(again)
    clearTimeout(lost)
    source?.close()
  }

  const receive = (message: MessageEvent<string>): void => {
    const number = Number(message.lastEventId)
    const event = JSON.parse(message.data) as PresentedEvent
    // A stream opened anew tells everything from the beginning. A place in line has no number of its own, but that of the event before.
    if (number < seen || (number === seen && event.type !== 'queued')) return
    seen = number
    follower.event(event)
    if (event.type === 'verdict') stop()
  }

  const open = (): void => {
    clearTimeout(again)
    source?.close()
    source = new EventSource(eventsAddress(id, language))
    for (const type of TYPES) source.addEventListener(type, receive)
    source.onmessage = receive
    source.onopen = () => {
      clearTimeout(lost)
      lost = undefined
      if (told) follower.back()
      told = false
    }
    source.onerror = () => {
      if (stopped) return
      lost ??= setTimeout(() => {
        told = true
        follower.lost()
      }, LOST_AFTER_MS)
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(reopen, AGAIN_MS)
    }
  }

  const reopen = async (): Promise<void> => {
    const answer = await submission(id, language)
    if (stopped) return
    if (answer.kind === 'refused' && answer.refusal.status === 404) {
      stop()
      follower.unknown()
    } else open()
  }

  open()
  return { stop, retryNow: () => void (stopped || reopen()) }
}
