// One of three services: ours, trusted. Tells on standard output what happens in it: log lines, spans of traces, and gauges.
// What was ordered from outside is kept on its disk, as a deployment would be, and outlives a restart.
import { appendFileSync, existsSync, readFileSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'

const { ROLE = 'web', PLAN = '{}', RELEASE } = process.env
const PORT = 8080
const plan = JSON.parse(PLAN)
const CALL_TIMEOUT_MS = 30_000
const MOST_KEPT = 1500
const MOST_WRITTEN = 2 ** 22

const say = (line) => console.log(JSON.stringify({ t: Date.now(), service: ROLE, ...line }))
const log = (level, message, more = {}) => say({ kind: 'log', level, message, ...more })
const span = (trace, name, began, more = {}) => say({ kind: 'span', trace, name, began, ms: Date.now() - began, ...more })

// Written once at the start and then in place: that needs no room on a disk that is full.
const STATE = 'state.json'
const keep = (next) => writeFileSync(STATE, JSON.stringify(next).padEnd(100), existsSync(STATE) ? { flag: 'r+' } : {})
if (!existsSync(STATE)) keep({ release: Number(RELEASE), pace: 1 })
const state = JSON.parse(readFileSync(STATE, 'utf8'))
// On a busy machine everything takes longer, by so many times.
const paced = (ms) => ms * state.pace
log('info', 'started', { release: state.release })

const agent = new Agent({ keepAlive: true })

/** Status and text of an answer; 504 when none came in time, 502 when the connection broke. */
const call = (host, path, trace) =>
  new Promise((resolve) => {
    const asked = request({ host, port: PORT, path, agent, headers: { 'x-trace': trace }, timeout: CALL_TIMEOUT_MS }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (more) => {
        text += more
      })
      answer.on('end', () => resolve({ status: answer.statusCode, text }))
      answer.on('error', () => resolve({ status: 502, text: `${host}: connection lost` }))
    })
    asked.on('timeout', () => {
      resolve({ status: 504, text: `${host}: no answer within ${CALL_TIMEOUT_MS} ms` })
      asked.destroy()
    })
    asked.on('error', (error) => resolve({ status: 502, text: `${host}: ${error.code}` }))
    asked.end()
  })

/** What each role says about itself besides its memory. */
let gauges = () => ({})

const asWeb = () => {
  const seen = []
  const baskets = []
  const refused = new Set()
  let number = 0
  return {
    '/basket': async (url, headers, answer) => {
      const began = Date.now()
      const client = headers['x-client'] ?? 'unknown'
      seen.push(client)
      if (refused.has(client)) return answer(429, 'refused')
      const trace = `${client}-${++number}`
      // Kept for the next visit.
      if (baskets.length < MOST_KEPT) baskets.push(Buffer.alloc(32 * 1024, 1))
      const calls = state.fault === 'many-calls' ? plan.items : 1
      let last = { status: 200, text: '' }
      for (let made = 0; made < calls && last.status === 200; made++) {
        const called = Date.now()
        last = await call('orders', `/stock?items=${plan.items / calls}`, trace)
        span(trace, 'call orders', called, { status: last.status })
      }
      const ms = Date.now() - began
      const status = last.status === 200 ? 200 : 502
      span(trace, 'basket', began, { status, client, calls })
      if (status !== 200) log('error', 'basket failed', { trace, client, ms, because: last.text })
      else if (ms > paced(plan.slowMs)) log('warn', 'basket slow', { trace, client, ms, calls })
      answer(status, 'basket')
    },
    '/control/refuse': (_url, _headers, answer) => {
      const counts = new Map()
      for (const client of seen) counts.set(client, (counts.get(client) ?? 0) + 1)
      const [loudest] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? ['nobody']
      refused.add(loudest)
      log('warn', 'client refused from now on', { client: loudest })
      answer(200, loudest)
    },
  }
}

const asOrders = () => {
  let inUse = 0
  const waiting = []
  gauges = () => ({ pool_in_use: inUse, pool_waiting: waiting.length })
  const connection = () =>
    new Promise((resolve) => {
      if (inUse < plan.connections) {
        inUse += 1
        return resolve(true)
      }
      const waiter = { resolve }
      waiting.push(waiter)
      setTimeout(() => {
        const place = waiting.indexOf(waiter)
        if (place >= 0) waiting.splice(place, 1)
        resolve(false)
      }, paced(plan.connectionMs))
    })
  const giveBack = () => {
    const next = waiting.shift()
    if (next !== undefined) next.resolve(true)
    else inUse -= 1
  }
  return {
    '/stock': async (url, headers, answer) => {
      const began = Date.now()
      const trace = headers['x-trace']
      const got = await connection()
      const waitedMs = Date.now() - began
      span(trace, 'wait for a connection', began, { status: got ? 200 : 503 })
      if (!got) {
        log('error', 'no connection', { trace, waitedMs, inUse })
        span(trace, 'stock of items', began, { status: 503 })
        return answer(503, `orders: no connection within ${paced(plan.connectionMs)} ms`)
      }
      if (waitedMs > paced(plan.slowMs)) log('warn', 'waited for a connection', { trace, waitedMs, inUse })
      const called = Date.now()
      const { status, text } = await call('stock', `/lookup?${url.searchParams}`, trace)
      const ms = Date.now() - called
      span(trace, 'call stock', called, { status })
      if (state.fault !== 'kept-connections') giveBack()
      if (status !== 200) log('error', 'stock failed', { trace, status, because: text })
      else if (ms > paced(plan.slowMs)) log('warn', 'stock slow', { trace, ms })
      span(trace, 'stock of items', began, { status })
      answer(status, text)
    },
  }
}

const asStock = () => {
  // When each hand has done all that it was given. By plan and not by timer: a timer that comes late makes no hand slower.
  const freeAt = Array.from({ length: plan.hands }, () => 0)
  let queue = 0
  let written = 0
  gauges = () => {
    const { bavail, bsize } = statfsSync('.')
    return { queue, disk_free_mib: Math.round((10 * bavail * bsize) / 2 ** 20) / 10 }
  }
  return {
    '/lookup': (_url, headers, answer) => {
      const began = Date.now()
      const trace = headers['x-trace']
      const workMs = paced(state.fault === 'slow-release' ? plan.slowLookupMs : plan.lookupMs)
      const now = performance.now()
      const hand = freeAt.indexOf(Math.min(...freeAt))
      const queuedMs = Math.max(0, freeAt[hand] - now)
      freeAt[hand] = now + queuedMs + workMs
      if (queuedMs > 0) queue += 1
      setTimeout(() => {
        if (queuedMs > 0) queue -= 1
        let status = 200
        let because = 'ok'
        try {
          // However long an incident takes, its own notes never fill the disk.
          if (written > MOST_WRITTEN) truncateSync('lookups')
          written = written > MOST_WRITTEN ? 0 : written + 4096
          appendFileSync('lookups', `${trace} ${'.'.repeat(4096)}\n`)
        } catch (error) {
          status = 507
          because = `stock: ${error.code}: cannot write`
          log('error', 'cannot write', { trace, code: error.code })
        }
        if (queuedMs > paced(plan.slowMs)) log('warn', 'lookup waited in line', { trace, queuedMs: Math.round(queuedMs), queue })
        else if (workMs > paced(plan.slowMs)) log('warn', 'lookup slow', { trace, workMs, release: state.release })
        span(trace, 'lookup', began, { status, queuedMs: Math.round(queuedMs) })
        answer(status, because)
      }, queuedMs + workMs)
    },
    '/control/clean': (_url, _headers, answer) => {
      if (existsSync('lookups')) truncateSync('lookups')
      answer(200, 'clean')
    },
  }
}

const routes = {
  ...{ web: asWeb, orders: asOrders, stock: asStock }[ROLE](),
  // A release that is put in at once, or kept for the next start.
  '/control/release': (url, _headers, answer) => {
    const { fault, release } = Object.fromEntries(url.searchParams)
    const next = { release: Number(release), pace: state.pace, ...(fault ? { fault } : {}) }
    keep(next)
    if (!url.searchParams.has('later')) {
      Object.assign(state, { fault: undefined }, next)
      log('info', 'release in service', { release: state.release })
    }
    answer(200, 'ok')
  },
  '/control/pace': (url, _headers, answer) => {
    state.pace = Number(url.searchParams.get('times'))
    keep(state)
    answer(200, 'ok')
  },
}

setInterval(() => say({ kind: 'gauge', memory_mib: Math.round((10 * process.memoryUsage().rss) / 2 ** 20) / 10, ...gauges() }), 100)

const server = createServer((incoming, response) => {
  const url = new URL(incoming.url, 'http://here')
  const answer = (status, text) => response.writeHead(status, { 'x-served-by': ROLE }).end(text)
  const route = routes[url.pathname]
  if (route === undefined) return answer(404, 'no such path')
  void route(url, incoming.headers, answer)
})

server.listen(PORT)
