import type { Verdict } from '../../labs/kit/finding.ts'
import { Fault } from '../fault.ts'

export interface Submitter {
  /** Milliseconds from the first byte of the POST until the verdict has arrived, and the verdict. */
  submit(lab: string, files: Readonly<Record<string, string>>): Promise<{ readonly ms: number; readonly verdict: Verdict }>
}

/** So many learners who take turns: one alone may not send as many a minute as a bench does. */
export const benchClass = (url: string, learners: number): Submitter => {
  const all = Array.from({ length: learners }, () => benchLearner(url))
  let turn = 0
  return { submit: (lab, files) => (all[turn++ % learners] as Submitter).submit(lab, files) }
}

/** A learner as seen from outside: one cookie, submissions over HTTP, verdicts by server-sent events. */
export const benchLearner = (url: string): Submitter => {
  let cookie = ''
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(`${url}${path}`, { ...init, headers: { ...init.headers, cookie, origin: url } })
    const set = response.headers.getSetCookie()
    if (set.length > 0) cookie = set.map((each) => each.split(';')[0]).join('; ')
    return response
  }
  return {
    submit: async (lab, files) => {
      const began = performance.now()
      const posted = await call('/api/submissions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ lab, files, language: 'en' }),
      })
      if (posted.status !== 202) throw new Fault('internal', `the server answered ${posted.status} to a submission: ${await posted.text()}`)
      const { id } = (await posted.json()) as { id: string }
      const stream = await call(`/api/submissions/${id}/events`, { headers: { accept: 'text/event-stream' } })
      const verdict = await verdictIn(stream)
      return { ms: performance.now() - began, verdict }
    },
  }
}

const verdictIn = async (stream: Response): Promise<Verdict> => {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    const messages = text.split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) {
      const data = message
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trim())
        .join('\n')
      if (data === '') continue
      const event = JSON.parse(data) as { type: string; verdict?: Verdict }
      if (event.type === 'verdict' && event.verdict !== undefined) return event.verdict
    }
  }
  throw new Fault('internal', 'the event stream ended without a verdict')
}
