// Answers which products are like another: GET /similar/<id>. Says on /readyz whether it can.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const PORT = 8080

const similar = new Map(Object.entries(JSON.parse(readFileSync('built/similar.json', 'utf8'))))

const server = createServer((request, response) => {
  const [, what, id] = request.url.split('/')
  if (what === 'readyz') response.end('ready\n')
  else if (what === 'similar' && similar.has(id)) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id, similar: similar.get(id) }))
  } else response.writeHead(404).end()

server.listen(PORT, () => console.log(`answering on port ${PORT}`))
