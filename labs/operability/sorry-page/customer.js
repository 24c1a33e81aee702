// Asks on somebody's behalf and tells what came back, headers included: ours, trusted, outside the learner's reach. Each time on a
// connection of its own, since nginx closes those that are idle when it reads its files again.
import { createServer, request as ask } from 'node:http'
import { text } from 'node:stream/consumers'

const MOST = 300

const tell = ({ to, method, accept, preview, body }) =>
  new Promise((resolve) => {
    const headers = { accept, ...(preview && { 'x-preview': preview }), ...(body && { 'content-type': 'application/json' }) }
    const asked = ask(to, { method, headers, agent: false, signal: AbortSignal.timeout(10_000) }, async (answer) => {
      const header = (name) => answer.headers[name]?.slice(0, 100)
      const told = await text(answer).catch(() => '')
      resolve({
        status: answer.statusCode,
        retryAfter: header('retry-after'),
        type: header('content-type'),
        location: header('location'),
        body: told.slice(0, MOST),
      })
    })
    asked.on('error', (error) => resolve({ error: error.code ?? error.name }))
    asked.end(body)
  })

createServer(async (request, response) => {
  const order = await text(request)
  response.end(order === '' ? '' : JSON.stringify(await tell(JSON.parse(order))))
}).listen(9100)
