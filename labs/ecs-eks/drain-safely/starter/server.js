// The boarding gate: says whether a ticket is good. The image has Node; this file comes into the Pod by the ConfigMap `gate`.
import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const PORT = 8080
/** After SIGTERM it goes on as before for so long, and only then closes its port. */
const STOP_DELAY_SECONDS = Number(process.env.STOP_DELAY_SECONDS ?? 0)
const LOADING_MS = 2500

let loaded = false

const server = createServer(async (request, response) => {
  response.setHeader('x-served-by', hostname())
  response.setHeader('connection', 'close')
  // Everything needs the list of passengers, /readyz included.
  if (!loaded) return response.writeHead(503).end('the list of passengers is still being read\n')
  if (request.url === '/readyz') return response.end('ready\n')
  await sleep(20)
  response.end('board\n')
})

server.listen(PORT)
await sleep(LOADING_MS)
loaded = true
console.log('the list of passengers is read')

process.on('SIGTERM', async () => {
  await sleep(STOP_DELAY_SECONDS * 1000)
  server.close(() => process.exit(0))
})
