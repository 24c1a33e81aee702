// Quotes: one price from the engine for each request.
import { createServer } from 'node:http'

const PORT = 8080
const ENGINE = process.env.ENGINE_URL

async function priceOf(path) {
  const answer = await fetch(`${ENGINE}${path}`)
  if (!answer.ok) throw new Error(`the engine answered ${answer.status}`)
  return answer.json()
}

const server = createServer(async (request, response) => {
  const send = (status, content) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
  if (request.url === '/healthz') return send(200, { ok: true })
  try {
    send(200, await priceOf(request.url))
  } catch (error) {
    console.error(`${request.url}: ${error.message}`)
    send(502, { error: 'there is no price' })
  }
})

server.listen(PORT, () => console.log(`quoting on port ${PORT}`))
