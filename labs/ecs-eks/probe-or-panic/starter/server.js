// The arrivals board. The image has Node; this file comes into the Pod by the ConfigMap `board`.
import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const PORT = 8080
const REGISTRY = 'http://registry'

/** Whether the registry of ships answers. */
async function registryAnswers() {
  try {
    return (await fetch(`${REGISTRY}/ships`, { signal: AbortSignal.timeout(500) })).ok
  } catch {
    return false
  }
}

const server = createServer(async (request, response) => {
  response.setHeader('x-served-by', hostname())
  const say = (status, text) => response.writeHead(status).end(`${text}\n`)
  // This process works, whatever others do.
  if (request.url === '/livez') return say(200, 'alive')
  // Everything works that an answer needs, the registry included.
  if (request.url === '/health') return (await registryAnswers()) ? say(200, 'healthy') : say(503, 'the registry does not answer')
  if (request.url === '/arrivals') return (await registryAnswers()) ? say(200, '09:10 Ogijima') : say(502, 'the registry does not answer')
  // For drills: this process never does anything again, and its port stays open.
  if (request.url === '/hang' && request.method === 'POST') {
    say(202, 'hanging')
    setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 100)
    return
  }
  say(404, 'no such page')
})

/** Half a minute on most mornings, a minute on some. */
async function fetchIndex() {
  for (;;) {
    try {
      const answer = await fetch(`${REGISTRY}/index`)
      if (answer.ok) return await answer.text()
    } catch (error) {
      console.log(`no index yet: ${error.cause?.code ?? error.message}`)
    }
    await sleep(500)
  }
}

console.log('fetching the index of ships')
await fetchIndex()
// The port opens only now.
server.listen(PORT, () => console.log(`listening on port ${PORT}`))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
