import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { Language } from '../../labs/kit/finding.ts'
import { Fault } from '../fault.ts'
import { placeOf } from '../queue/line.ts'
import type { StoredEvent } from '../store/events.ts'
import type { Submission } from '../store/submissions.ts'
import type { Deps } from './deps.ts'
import { presentEvent } from './present.ts'

/** Shorter than the idle time after which common proxies close a connection. */
const HEARTBEAT_SECONDS = 15
/** How often somebody in line is told their place, where it has changed. */
const PLACE_SECONDS = 1
const RETRY_MS = 1500

/**
 * The events of one submission, from after `Last-Event-ID` to its verdict. What was stored is read from the store, so that a
 * follower who comes back, to whichever server, misses nothing and sees nothing twice.
 */
export const streamEvents = async (
  c: Context,
  deps: Deps,
  { submission, language, open }: { readonly submission: Submission; readonly language: Language; readonly open: () => () => void },
): Promise<Response> => {
  const after = lastEventId(c.req.header('last-event-id'))
  // A browser that has the verdict already would otherwise reconnect for ever; 204 tells it to stop.
  if (submission.state === 'done' && (await deps.followers.read(submission.id, after)).length === 0) return c.body(null, 204)
  const end = open()
  // For proxies that would collect a stream before passing it on.
  c.header('X-Accel-Buffering', 'no')
  const response = streamSSE(
    c,
    async (stream) => {
      const ended = new AbortController()
      stream.onAbort(() => ended.abort())
      await follow(deps, stream, submission.id, language, after, AbortSignal.any([ended.signal, deps.followers.ended])).finally(end)
    },
    async (error) => {
      deps.log.warn({ submission: submission.id, err: Fault.from(error) }, 'an event stream ended early')
    },
  )
  // With a `Connection` of ours, Node does not say for how long it keeps one that is idle, and who uses it again may meet its end.
  response.headers.delete('connection')
  return response
}

const follow = async (
  deps: Deps,
  stream: SSEStreamingApi,
  id: string,
  language: Language,
  after: number,
  signal: AbortSignal,
): Promise<void> => {
  let changed = Promise.withResolvers<void>()
  using _ = deps.followers.follow(id, () => changed.resolve())
  signal.addEventListener('abort', () => changed.resolve(), { once: true })
  let text = `retry: ${RETRY_MS}\n\n`
  let seq = after
  let waiting = false
  let told = ''
  let silentSince = Date.now()
  while (!signal.aborted) {
    changed = Promise.withResolvers<void>()
    const events = await deps.followers.read(id, seq)
    // In one piece: each piece costs server and browser as much as all of it.
    text += events.map((stored) => toText(stored, language)).join('')
    if (text !== '') await stream.write(text)
    text = ''
    const last = events.at(-1)
    if (last !== undefined) {
      if (last.event.type === 'verdict') return
      seq = last.seq
      waiting = last.event.type === 'queued'
      told = JSON.stringify(last.event)
      silentSince = Date.now()
    }
    // The place was worked out for the event itself; it may move from now on.
    if (waiting && last === undefined) told = await tellPlace(deps, stream, id, told)
    if (Date.now() - silentSince >= HEARTBEAT_SECONDS * 1000) {
      await stream.write(': still here\n\n')
      silentSince = Date.now()
    }
    const timer = setTimeout(changed.resolve, (waiting ? PLACE_SECONDS : HEARTBEAT_SECONDS) * 1000)
    await changed.promise
    clearTimeout(timer)
  }
}

const toText = ({ seq, event }: StoredEvent, language: Language): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(presentEvent(event, language))}\nid: ${seq}\n\n`

/** Sends the place in line if it is another than the one told last. It has no id: it is not stored, and not to be resumed from. */
const tellPlace = async (deps: Deps, stream: SSEStreamingApi, id: string, told: string): Promise<string> => {
  const place = await placeOf(deps.store.db, id)
  if (place === undefined) return told
  const data = JSON.stringify({ type: 'queued', ...place })
  if (data !== told) await stream.writeSSE({ event: 'queued', data })
  return data
}

const lastEventId = (header: string | undefined): number => (header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : 0)
