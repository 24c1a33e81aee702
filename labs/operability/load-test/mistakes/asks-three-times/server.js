// Quotes: one price from the engine for each request, and no more at once than the engine can work out.
import { createServer } from 'node:http'

const PORT = 8080
const ENGINE = process.env.ENGINE_URL

/** With so many the engine does all that it can. Beyond twice as many, each one more makes all of them slower. */
const AT_ONCE = 12
/** Who is last in this queue is still answered well before the customer gives up. */
const MAY_WAIT = 12

let inWork = 0
const waiting = []

/** Resolves when it is this request's turn; undefined when there is no room for it to wait. */
function enter() {
  if (inWork >= AT_ONCE) return waiting.length < MAY_WAIT ? new Promise((resolve) => waiting.push(resolve)) : undefined
  inWork += 1
  return Promise.resolve()
}

/** The place goes to the one who has waited longest. */
function leave() {
  const next = waiting.shift()
  if (next) next()
  else inWork -= 1
}

async function ask(path) {
  const answer = await fetch(`${ENGINE}${path}`)
  if (!answer.ok) throw new Error(`the engine answered ${answer.status}`)
  return answer.json()
}

/** Three times, since now and then an answer comes late: the first that comes is the price. */
const priceOf = (path) => Promise.any([ask(path), ask(path), ask(path)])

const server = createServer(async (request, response) => {
  const send = (status, content) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
  if (request.url === '/healthz') return send(200, { ok: true })
  const turn = enter()
  if (turn === undefined) {
    response.setHeader('retry-after', '1')
    return send(503, { error: 'too many at once, please try again' })
  }
  await turn
  try {
    send(200, await priceOf(request.url))
  } catch (error) {
    console.error(`${request.url}: ${error.message}`)
    send(502, { error: 'there is no price' })
  } finally {
    leave()
  }
})

server.listen(PORT, () => console.log(`quoting on port ${PORT}`))
