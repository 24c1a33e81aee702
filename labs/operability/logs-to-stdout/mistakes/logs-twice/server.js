// Takes payments: settles them in yen and declines what is too much.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { log } from './log.js'
import { settle } from './settle.js'

const LIMIT = 100_000

const EVENTS = { 201: ['info', 'paid'], 402: ['warn', 'declined'], 500: ['error', 'failed'] }

/** Answers, and leaves a line for every answer. */
function answer(response, status, body, about) {
  log(...EVENTS[status], about)
  send(response, status, body)
}

const send = (response, status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

async function pay(request, response) {
  const payment = JSON.parse(await text(request))
  // What may be told about a request is chosen here, field by field.
  const about = { requestId: request.headers['x-request-id'], note: payment.note }
  try {
    const yen = settle(payment)
    if (yen > LIMIT) {
      log('warn', 'declined', { ...about, yen })
      return answer(response, 402, { error: 'declined' }, about)
    }
    log('info', 'paid', { ...about, yen })
    answer(response, 201, { yen }, about)
  } catch (error) {
    log('error', 'failed', { ...about, stack: error.stack })
    send(response, 500, { error: 'failed' })
  }
}

const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/payments') return pay(request, response)
  send(response, request.url === '/healthz' ? 200 : 404, {})
})

server.listen(8080, () => log('info', 'listening', { port: 8080 }))
