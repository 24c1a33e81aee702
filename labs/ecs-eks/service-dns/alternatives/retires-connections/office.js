// The booking office: asks the catalogue over connections that stay open for a few questions, so that each new one may reach another Pod.
import { lookup } from 'node:dns/promises'
import { Agent, createServer, request as send } from 'node:http'

// The Service's one address stays what it is as long as there is the Service: it is asked for once, and not for each new connection.
const CATALOG = { host: (await lookup('catalog', { family: 4 })).address, port: 8080 }
const QUESTIONS_EACH = 6
const PATIENCE_MS = 2000
const agent = new Agent({ keepAlive: true })
const asked = new WeakMap()

function askOnce() {
  return new Promise((resolve, reject) => {
    const question = send({ ...CATALOG, path: '/sailings', agent, timeout: PATIENCE_MS }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => resolve({ text: Buffer.concat(parts).toString(), pod: answer.headers['x-served-by'] }))
    })
    question.on('socket', (socket) => {
      const count = (asked.get(socket) ?? 0) + 1
      asked.set(socket, count)
      // The last question says so, and the connection is closed after its answer.
      if (count >= QUESTIONS_EACH) question.shouldKeepAlive = false
    })
    // For a moment the Service may still lead to a Pod that has gone, and nobody there says no.
    question.on('timeout', () => question.destroy(new Error('the catalogue does not answer')))
    question.on('error', reject)
    question.end()
  })
}

/** A Pod that has just gone takes its connections along: the same question reaches another one. */
async function askCatalog(attempts = 4) {
  try {
    return await askOnce()
  } catch (error) {
    if (attempts === 1) throw error
    return askCatalog(attempts - 1)
  }
}

const server = createServer(async (request, response) => {
  if (request.url === '/readyz') return response.end('ready\n')
  try {
    const { text, pod } = await askCatalog()
    response.setHeader('x-served-by', pod)
    response.end(text)
  } catch (error) {
    console.error(`the catalogue did not answer: ${error.message}`)
    response.writeHead(502).end()
  }
})
server.listen(8080, () => console.log('the office is open'))
