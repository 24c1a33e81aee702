// The catalogue of sailings: answers a question, and counts what it is asked and over how many connections.
import { createServer } from 'node:http'
import { hostname } from 'node:os'

let requests = 0
const connections = new Set()
let lastConnection = 0

const server = createServer((request, response) => {
  // For Check: not a question, and so not counted.
  if (request.url === '/account') return response.end(JSON.stringify({ requests, connections: connections.size }))
  if (request.url === '/readyz') return response.end('ready\n')
  request.socket.number ??= ++lastConnection
  connections.add(request.socket.number)
  requests += 1
  response.setHeader('x-served-by', hostname())
  setTimeout(() => response.end('09:10 Ogijima, 12 places left\n'), 5)
})
server.keepAliveTimeout = 600_000
server.listen(8080)
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  setInterval(() => server.closeIdleConnections(), 50)
})
