import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import type { Verdict } from '../../labs/kit/finding.ts'
import { Fault } from '../fault.ts'

/** Less than the server says of itself is what Node keeps to, once an agent has a time of its own. */
const IDLE_MS = 60_000

export interface Submitter {
  /** Milliseconds from the first byte of the POST until the verdict has arrived, and the verdict. */
  submit(lab: string, files: Readonly<Record<string, string>>): Promise<{ readonly ms: number; readonly verdict: Verdict }>
}

/** So many learners who take turns, each from an address of their own: one alone may not send as many a minute as a bench does. */
export const benchClass = (url: string, learners: number): Submitter => {
  const all = Array.from({ length: learners }, (_, number) => benchLearner(url, `127.1.${number >> 7}.${(number & 127) + 1}`))
  let turn = 0
  return { submit: (lab, files) => (all[turn++ % learners] as Submitter).submit(lab, files) }
}

/** A learner as seen from outside: one cookie, submissions over HTTP on kept-alive connections, verdicts by server-sent events. */
const benchLearner = (url: string, localAddress: string): Submitter => {
  const agent = new Agent({ keepAlive: true, localAddress, timeout: IDLE_MS })
  let cookie = ''
  const call = async (method: 'GET' | 'POST', path: string, body?: string): Promise<IncomingMessage> => {
    const headers = { cookie, origin: url, ...(body !== undefined && { 'content-type': 'application/json' }) }
    const sent = request(`${url}${path}`, { method, agent, headers })
    sent.end(body)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    const set = response.headers['set-cookie']
    if (set !== undefined) cookie = set.map((each) => each.split(';')[0]).join('; ')
    return response
  }
  return {
    submit: async (lab, files) => {
      const began = performance.now()
      const posted = await call('POST', '/api/submissions', JSON.stringify({ lab, files, language: 'en' }))
      const answer = await json(posted)
      if (posted.statusCode !== 202)
        throw new Fault('internal', `the server answered ${posted.statusCode} to a submission: ${JSON.stringify(answer)}`)
      const stream = await call('GET', `/api/submissions/${(answer as { id: string }).id}/events`)
      const verdict = await verdictIn(stream)
      return { ms: performance.now() - began, verdict }
    },
  }
}

const verdictIn = async (stream: IncomingMessage): Promise<Verdict> => {
  const found = Promise.withResolvers<Verdict>()
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const messages = (text + chunk).split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) {
      if (!/^event: verdict$/m.test(message)) continue
      const data = /^data: ?(.*)$/m.exec(message)?.[1] ?? 'null'
      found.resolve((JSON.parse(data) as { verdict: Verdict }).verdict)
    }
  })
  stream.on('end', () => found.reject(new Fault('internal', 'the event stream ended without a verdict')))
  stream.on('error', found.reject)
  return found.promise
}
