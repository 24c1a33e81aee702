// Answers which products are like another: GET /similar/<id>. Opens its port first and loads in the background.
import { createServer } from 'node:http'
import { nearest } from './similar.js'

const PORT = 8080
const STORE = process.env.STORE_URL

let similar

const server = createServer((request, response) => {
  const [, what, id] = request.url.split('/')
  if (what === 'readyz') response.end('ready\n')
  else if (similar === undefined) response.writeHead(503, { 'retry-after': '1' }).end()
  else if (what === 'similar' && similar.has(id)) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id, similar: similar.get(id) }))
  } else response.writeHead(404).end()
})

server.listen(PORT, () => console.log(`answering on port ${PORT}`))

const { products } = await (await fetch(`${STORE}/catalogue.json`)).json()
similar = nearest(products, 5)
console.log('loaded')
