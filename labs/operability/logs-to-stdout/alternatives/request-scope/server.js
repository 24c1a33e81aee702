import http from 'node:http'
import * as log from './log.js'
import { settle } from './settle.js'

const outcomes = {
  paid: [201, log.info],
  declined: [402, log.warn],
  failed: [500, log.error],
}

const judge = (payment) => {
  try {
    return [settle(payment) > 100_000 ? 'declined' : 'paid']
  } catch (error) {
    return ['failed', error]
  }
}

const server = http.createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    if (request.url !== '/payments') return response.end()
    const { card, ...payment } = JSON.parse(Buffer.concat(parts).toString())
    log.within({ requestId: request.headers['x-request-id'], note: payment.note, card: `…${card.slice(-2)}` }, () => {
      const [event, error] = judge(payment)
      const [status, tell] = outcomes[event]
      response.writeHead(status).end('{}')
      // The customer first.
      setImmediate(tell, event, error)
    })
  })
})

server.listen(8080)
