// The booking office: asks the catalogue for every visitor, over a connection that stays open.
import { Agent, createServer, get } from 'node:http'

const CATALOG = { host: 'catalog', port: 8080 }
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** What the catalogue answers, and which of its Pods did. */
function askCatalog() {
  return new Promise((resolve, reject) => {
    get({ ...CATALOG, path: '/sailings', agent }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => resolve({ text: Buffer.concat(parts).toString(), pod: answer.headers['x-served-by'] }))
    }).on('error', reject)
  })
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
