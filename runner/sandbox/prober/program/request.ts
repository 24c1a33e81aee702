import { Resolver } from 'node:dns'
import http from 'node:http'
import { isIP, type Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import type { RequestRecord, RequestTemplate } from '../../contract.ts'
import type { Target } from '../protocol.ts'
import { now } from './clock.ts'
import type { Visitor } from './visitors.ts'

const KEPT_BYTES = 1024
/** Of an answer to a visitor, who may be told something in it. */
const KEPT_FOR_VISITOR = 64 * 1024
const KEPT_NAME = 256

type Failure = NonNullable<RequestRecord['error']>

const FAILURES: Readonly<Record<string, Failure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
}

/**
 * For how long a connection may be idle where the server says nothing of it. With a time of our own Node takes the server's, `Keep-Alive:
 * timeout`, less a second; without one it takes none, and a request may meet a connection that is just being closed.
 */
const IDLE_MS = 3_600_000

/** How requests reach one target. Idle connections stay open as a good balancer keeps them: for as long as the server says that it does. */
export interface Line {
  readonly target: Target
  readonly agent: http.Agent
  close(): void
}

export const openLine = (target: Target, connections: 'keep-alive' | 'fresh'): Line => {
  const keepAlive = connections === 'keep-alive'
  const agent = new http.Agent({ keepAlive, maxFreeSockets: 1024, scheduling: 'fifo', timeout: IDLE_MS })
  return { target, agent, close: () => agent.destroy() }
}

/** Asks the network's own name server each time a connection is made: a container that went away is known at once. */
const resolver = new Resolver({ timeout: 1000, tries: 2 })
const lookup: NonNullable<http.RequestOptions['lookup']> = (host, _options, found) => {
  resolver.resolve4(host, (error, addresses) => {
    const address = addresses?.[0]
    if (address === undefined) found(error ?? Object.assign(new Error(`no address of ${host}`), { code: 'ENOTFOUND' }), '', 4)
    else if (_options.all) found(null, [{ address, family: 4 }])
    else found(null, address, 4)
  })
}

/** How to find a host: plain addresses and the loopback name need no name server. */
export const lookupOf = (host: string) => (isIP(host) !== 0 || host === 'localhost' ? {} : { lookup })

const numbers = new WeakMap<Socket, number>()
let lastNumber = 0
const numberOf = (socket: Socket): number => {
  const known = numbers.get(socket)
  if (known !== undefined) return known
  lastNumber += 1
  numbers.set(socket, lastNumber)
  return lastNumber
}

const filled = (template: RequestTemplate, values: ReadonlyMap<string, string>) => {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole)
  return {
    method: template.method ?? 'GET',
    path: fill(template.path),
    headers: Object.fromEntries(Object.entries(template.headers ?? {}).map(([name, value]) => [name, fill(value)])),
    body: template.body === undefined ? undefined : fill(template.body),
  }
}

/** An answer that arrived whole, as far as it was kept. */
export interface Answer {
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

export interface Sending {
  readonly line: Line
  readonly template: RequestTemplate
  readonly id: string
  readonly scheduledAt: number
  readonly timeoutMs: number
  readonly visitor?: Visitor
  readonly step?: number
}

export interface Sent {
  readonly record: RequestRecord
  readonly answer?: Answer
}

/** Sends one request and records what came of it. Never rejects: a failure is a record. */
export const send = ({ line, template, id, scheduledAt, timeoutMs, visitor, step }: Sending): Promise<Sent> =>
  new Promise((resolve) => {
    const { target, agent } = line
    const { method, path, headers, body } = filled(template, new Map([...(visitor?.values ?? []), ['id', id]]))
    const cookie = visitor?.jar.header(path)
    const keptBytes = visitor ? KEPT_FOR_VISITOR : KEPT_BYTES
    const startedAt = now()
    let connection = 0
    let socket: Socket | undefined
    let bytesBefore = 0
    let seen: { status: number; firstByteAt: number; servedBy?: string } | undefined
    let kept = Buffer.alloc(0)
    let answered: http.IncomingHttpHeaders | undefined
    let timedOut = false
    let done = false

    const finish = (error?: Failure) => {
      if (done) return
      done = true
      clearTimeout(timer)
      const record: RequestRecord = {
        id,
        target: target.name,
        connection,
        scheduledAt,
        startedAt,
        ...seen,
        endedAt: now(),
        ...(error !== undefined && { error }),
        ...(kept.length > 0 && { body: new StringDecoder('utf8').write(kept.subarray(0, KEPT_BYTES)) }),
        ...(visitor && { visitor: visitor.number, step: step ?? 0 }),
      }
      resolve(answered && error === undefined ? { record, answer: { headers: answered, body: kept.toString('utf8') } } : { record })
    }
    const failed = (thrown: NodeJS.ErrnoException) => {
      const began = seen !== undefined || (socket !== undefined && socket.bytesRead > bytesBefore)
      if (timedOut) finish('timeout')
      else if (began) finish('cut')
      else finish(FAILURES[thrown.code ?? ''] ?? 'unreachable')
    }

    const request = http.request({
      agent,
      host: target.host,
      port: target.port,
      method,
      path,
      headers: {
        ...headers,
        ...(cookie !== undefined && { cookie }),
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
      ...lookupOf(target.host),
    })
    const timer = setTimeout(() => {
      timedOut = true
      request.destroy()
      finish('timeout')
    }, timeoutMs)
    request.on('socket', (given) => {
      socket = given
      connection = numberOf(given)
      bytesBefore = given.bytesRead
      given.setNoDelay(true)
    })
    request.on('error', failed)
    request.on('response', (response) => {
      // The parser lets `000` through, which no server may answer.
      if ((response.statusCode ?? 0) < 100) {
        request.destroy()
        return finish('cut')
      }
      const servedBy = response.headers['x-served-by']
      answered = response.headers
      visitor?.jar.take(response.headers['set-cookie'] ?? [], Date.now())
      seen = {
        status: response.statusCode ?? 0,
        firstByteAt: now(),
        ...(typeof servedBy === 'string' && { servedBy: servedBy.slice(0, KEPT_NAME) }),
      }
      response.on('data', (chunk: Buffer) => {
        if (kept.length < keptBytes) kept = Buffer.concat([kept, chunk.subarray(0, keptBytes - kept.length)])
      })
      response.on('error', failed)
      response.on('end', () => finish())
      response.on('close', () => finish(response.complete ? undefined : 'cut'))
    })
    request.end(body)
  })
