// Opens its port at once and says no on /readyz until the catalogue is read. Compares a product when it is first asked for.
import { createReadStream } from 'node:fs'
import http from 'node:http'
import { json } from 'node:stream/consumers'
import { nearestTo } from './similar.js'

/** Empty until the catalogue is read. */
let products = []
const byId = new Map()
const answers = new Map()

const answerTo = (id) => {
  if (!answers.has(id)) answers.set(id, JSON.stringify({ similar: nearestTo(byId.get(id), products, 5) }))
  return answers.get(id)
}

http
  .createServer((request, response) => {
    const id = request.url.slice('/similar/'.length)
    if (products.length === 0) response.writeHead(503, { 'retry-after': '1' }).end()
    else if (request.url === '/readyz') response.writeHead(204).end()
    else if (byId.has(id)) response.end(answerTo(id))
    else response.writeHead(404).end()
  })
  .listen(8080)

products = (await json(createReadStream('built/catalogue.json'))).products
for (const product of products) byId.set(product.id, product)
