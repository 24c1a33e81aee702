// Answers which products are like another: GET /similar/<id>. Says on /readyz whether it can.
import { createServer } from 'node:http'
import { nearest } from './similar.js'

const PORT = 8080
const STORE = process.env.STORE_URL

const answer = await fetch(`${STORE}/catalogue.json`)
if (!answer.ok) throw new Error(`the artefact store answered ${answer.status}`)
const { products } = await answer.json()
console.log(`${products.length} products, comparing each with each`)
const similar = nearest(products, 5)

const server = createServer((request, response) => {
  const [, what, id] = request.url.split('/')
  if (what === 'readyz') response.end('ready\n')
  else if (what === 'similar' && similar.has(id)) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id, similar: similar.get(id) }))
  } else response.writeHead(404).end()
})

server.listen(PORT, () => console.log(`answering on port ${PORT}`))
