// The shop: shoppers log in, fill a basket and leave a picture for the gift card.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { connect } from './redis.js'

const PORT = 8080
const A_DAY = 24 * 60 * 60

/** What outlives a request lives here, where every copy finds it. */
const redis = connect(process.env.REDIS_URL)

const json = (response, value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

async function login(request, response) {
  const { name } = JSON.parse(await text(request))
  const session = randomUUID()
  await redis('SET', `session:${session}`, name, 'EX', A_DAY)
  json(response, { session })
}

async function addItem(name, item, response) {
  // Redis adds to the set it has: no copy writes back what it read a moment ago.
  await redis('SADD', `basket:${name}`, item)
  response.writeHead(204).end()
}

async function showBasket(name, response) {
  json(response, { items: await redis('SMEMBERS', `basket:${name}`) })
}

async function keepPicture(name, request, response) {
  await redis('SET', `picture:${name}`, await text(request))
  response.writeHead(204).end()
}

async function showPicture(name, response) {
  const picture = await redis('GET', `picture:${name}`)
  if (picture === null) response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(picture)
}

async function answer(request, response) {
  const { method, url, headers } = request
  if (url === '/healthz') return response.end('ok\n')
  if (method === 'POST' && url === '/login') return login(request, response)

  const name = await redis('GET', `session:${headers.authorization?.replace('Bearer ', '')}`)
  if (name === null) return response.writeHead(401).end()
  const [, what, item] = url.split('/')
  if (method === 'PUT' && what === 'basket' && item) return addItem(name, item, response)
  if (method === 'GET' && what === 'basket') return showBasket(name, response)
  if (method === 'PUT' && what === 'picture') return keepPicture(name, request, response)
  if (method === 'GET' && what === 'picture') return showPicture(name, response)
  response.writeHead(404).end()
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(`${request.method} ${request.url} failed: ${error.message}`)
    response.writeHead(500).end()
  })
})

server.listen(PORT, () => console.log(`open on port ${PORT}`)
