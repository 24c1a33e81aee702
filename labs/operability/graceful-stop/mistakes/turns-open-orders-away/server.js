// Takes orders, reserves every item and writes the order to the store.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const PORT = 8080
const STORE = process.env.STORE_URL

/** The lines of an order, each as soon as its item is reserved. */
async function* linesOf(order) {
  yield `order ${order.id}\n`
  for (const item of order.items) {
    const answer = await fetch(`${STORE}/reservations/${item}`, { method: 'POST' })
    yield `${item} ${await answer.text()}\n`
  }
  yield 'end\n'
}

/** PUT under the order's own id: however often it is sent, the store keeps it once. */
async function save(order) {
  const answer = await fetch(`${STORE}/orders/${order.id}`, { method: 'PUT', body: linesOf(order), duplex: 'half' })
  if (!answer.ok) throw new Error(`the store answered ${answer.status}: ${await answer.text()}`)
}

/** The way to the store is shaky at times: asking again has always helped so far. */
async function saveWithRetry(order, attempts = 3) {
  try {
    await save(order)
  } catch (error) {
    if (attempts === 1) throw error
    console.log(`${order.id} failed (${error.message}), trying again`)
    await saveWithRetry(order, attempts - 1)
  }
}

const open = new Set()
let stopping = false

async function takeOrder(request, response) {
  open.add(response)
  response.on('close', () => open.delete(response))
  const order = JSON.parse(await text(request))
  await saveWithRetry(order)
  if (response.headersSent) return
  // A kept-alive connection would hold the closing server open until its time-out.
  if (stopping) response.setHeader('connection', 'close')
  response.writeHead(201, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ id: order.id }))
}

const server = createServer(async (request, response) => {
  try {
    if (request.method === 'POST' && request.url === '/orders') await takeOrder(request, response)
    else if (request.url === '/healthz') response.end('ok\n')
    else response.writeHead(404).end()
  } catch (error) {
    console.error(`request failed: ${error.message}`)
    response.writeHead(502).end()
  }
})

// Longer than the balancer's 60 s, so that it never sends a request into a connection we are closing.
server.keepAliveTimeout = 65_000

server.listen(PORT, () => console.log(`taking orders on port ${PORT}`))

process.on('SIGTERM', () => {
  console.log('SIGTERM: no new orders, finishing the open ones')
  stopping = true
  // The client can send the order again, to a copy that stays.
  for (const response of open) response.writeHead(503, { connection: 'close', 'retry-after': '1' }).end()
  server.close(() => {
    console.log('all done')
    process.exit(0)
  })
})
