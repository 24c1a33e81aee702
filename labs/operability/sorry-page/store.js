// The store: ours, trusted, outside the learner's reach. When told to it holds orders back, so that they are certainly in the middle of
// their work; it says what it has got, held and kept.
import { createServer } from 'node:http'

const STOCK = process.env.STOCK

const say = (event) => console.log(JSON.stringify(event))
let holding = Promise.withResolvers()
holding.resolve()

const keep = async (order, response) => {
  say({ event: 'came', order })
  await holding.promise
  if (response.destroyed) return say({ event: 'abandoned', order })
  say({ event: 'kept', order })
  response.writeHead(201).end()
}

const server = createServer((request, response) => {
  request.resume()
  const [, what, order] = request.url.split('/')
  if (request.method === 'PUT' && what === 'orders' && order) return keep(order, response)
  if (what === 'hold') holding = Promise.withResolvers()
  if (what === 'release') holding.resolve()
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ stock: STOCK }))
})

server.listen(9000)
