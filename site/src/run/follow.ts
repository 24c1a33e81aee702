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
const TYPES = ['queued', 'preparing', 'checking', 'doing', 'started', 'finding', 'verdict'] as const satisfies readonly PresentedEvent['type'][]

/** Follows one submission until its verdict, through lost connections. Returns how to stop; `retryNow` does not wait. */
export const follow = (id: string, language: Language, follower: Follower): { stop(): void; retryNow(): void } => {
  let source: EventSource | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let seen = 0
  let broken = false
  let stopped = false

  const stop = (): void => {
    stopped = true
    clearTimeout(again)
    source?.close()
  }

  const receive = (message: MessageEvent<string>): void => {
    const number = Number(message.lastEventId)
    // A stream opened anew tells everything from the beginning.
    if (number > 0 && number <= seen) return
    if (number > 0) seen = number
    const event = JSON.parse(message.data) as PresentedEvent
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
      if (broken) follower.back()
      broken = false
    }
    source.onerror = () => {
      if (stopped) return
      if (!broken) follower.lost()
      broken = true
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
