// The shop: pages for people, an interface for programs, and two questions that the platform asks every few seconds.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const PORT = 8080
const STORE = process.env.STORE_URL

const html = (response, title) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>${title}</title><h1>${title}</h1>\n`)

const json = (response, status, value) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`)

async function stock(response) {
  const answer = await fetch(`${STORE}/stock`)
  json(response, 200, await answer.json())
}

async function order(request, response) {
  const { id } = JSON.parse(await text(request))
  const answer = await fetch(`${STORE}/orders/${id}`, { method: 'PUT' })
  if (!answer.ok) throw new Error(`the store answered ${answer.status}`)
  json(response, 201, { id })
}

/** Whether this process should be left alone. If not, the platform ends it and starts another. */
async function livez(response) {
  response.end('ok\n')
}

/** Whether customers may be sent here. If not, the platform sends them elsewhere. */
async function readyz(response) {
  const ready = await fetch(`${STORE}/ping`, { signal: AbortSignal.timeout(1000) }).then(
    ({ ok }) => ok,
    () => false,
  )
  response.writeHead(ready ? 200 : 503).end(ready ? 'ok\n' : 'no store\n')
}

async function answer(request, response) {
  const { method, url } = request
  if (url === '/livez') return livez(response)
  if (url === '/readyz') return readyz(response)
  if (method === 'GET' && url === '/api/stock') return stock(response)
  if (method === 'POST' && url === '/api/orders') return order(request, response)
  if (method === 'GET' && !url.startsWith('/api/')) return html(response, 'Shop')
  response.writeHead(404).end()
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(`${request.method} ${request.url} failed: ${error.message}`)
    json(response, 502, { error: 'the shop cannot reach its store' })
  })
})

server.listen(PORT, () => console.log(`open on port ${PORT}`)
