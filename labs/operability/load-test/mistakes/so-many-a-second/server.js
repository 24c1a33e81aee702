// Quotes: one price from the engine for each request, and no more at once than the engine can work out.
import { createServer } from 'node:http'

const PORT = 8080
const ENGINE = process.env.ENGINE_URL

/** The contract with the engine's maker says so. */
const PER_SECOND = 3

let second = 0
let taken = 0

/** Resolves at once, or is undefined when this second's share is used up. */
function enter() {
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) [second, taken] = [now, 0]
  taken += 1
  return taken > PER_SECOND ? undefined : Promise.resolve()
}

async function priceOf(path) {
  const answer = await fetch(`${ENGINE}${path}`)
  if (!answer.ok) throw new Error(`the engine answered ${answer.status}`)
  return answer.json()
}

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
  }
})

server.listen(PORT, () => console.log(`quoting on port ${PORT}`))
