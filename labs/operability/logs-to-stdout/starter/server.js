// Takes payments: settles them in yen and declines what is too much.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { log } from './log.js'
import { settle } from './settle.js'

const LIMIT = 100_000

const send = (response, status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

async function pay(request, response) {
  const body = await text(request)
  log('DEBUG', `${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`)
  const requestId = request.headers['x-request-id']
  const payment = JSON.parse(body)
  try {
    const yen = settle(payment)
    if (yen > LIMIT) {
      log('INFO', `${requestId} declined (${payment.note})`)
      return send(response, 402, { error: 'declined' })
    }
    log('INFO', `${requestId} paid ${yen} with ${payment.card} (${payment.note})`)
    send(response, 201, { yen })
  } catch (error) {
    log('INFO', `${requestId} failed: ${error.stack}`)
    send(response, 500, { error: 'failed' })
  }
}

const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/payments') return pay(request, response)
  send(response, request.url === '/healthz' ? 200 : 404, {})
})

server.listen(8080, () => console.log('taking payments on port 8080'))
