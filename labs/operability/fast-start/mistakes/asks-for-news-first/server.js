// Answers which products are like another: GET /similar/<id>. Says on /readyz whether it can.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { nearest } from './similar.js'

const PORT = 8080
const STORE = process.env.STORE_URL

let similar = new Map(Object.entries(JSON.parse(readFileSync('built/similar.json', 'utf8'))))

// The image may be a few days old, so look for a newer catalogue before anybody gets an old answer.
const { products } = await (await fetch(`${STORE}/catalogue.json`)).json()
if (products.length !== similar.size) similar = nearest(products, 5)

const server = createServer((request, response) => {
  const [, what, id] = request.url.split('/')
  if (what === 'readyz') response.end('ready\n')
  else if (what === 'similar' && similar.has(id)) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id, similar: similar.get(id) }))
  } else response.writeHead(404).end()
})

server.listen(PORT, () => console.log(`answering on port ${PORT}`))
