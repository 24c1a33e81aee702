// Takes orders, reserves every item and writes the order to the store. Keeps its own books of sockets and of open orders.
const http = require('node:http')

const { STORE_URL } = process.env

/** Sends one request to the store; `write` fills its body. Resolves with the answer's text. */
const toStore = (method, path, write = async () => {}) =>
  new Promise((resolve, reject) => {
    const request = http.request(`${STORE_URL}${path}`, { method }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        if (answer.statusCode < 300) resolve(body)
        else reject(new Error(`${answer.statusCode} ${body}`))
      })
    })
    request.on('error', reject)
    write(request).then(() => request.end(), reject)
  })

const place = async (order) => {
  const lines = [`order ${order.id}\n`]
  const reserved = async (request) => {
    request.write(lines[0])
    for (const item of order.items) {
      lines.push(`${item} ${await toStore('POST', `/reservations/${item}`)}\n`)
      request.write(lines.at(-1))
    }
    lines.push('end\n')
    request.write(lines.at(-1))
  }
  const path = `/orders/${encodeURIComponent(order.id)}`
  try {
    await toStore('PUT', path, reserved)
  } catch (error) {
    // Everything is reserved: the same bytes to the same address once more.
    if (lines.at(-1) !== 'end\n') throw error
    await toStore('PUT', path, async (request) => request.write(lines.join('')))
  }
}

const sockets = new Map()
let stopping = false

const server = http.createServer((request, response) => {
  const { socket } = request
  sockets.set(socket, 'busy')
  response.on('close', () => {
    if (sockets.has(socket)) sockets.set(socket, 'idle')
    if (stopping) socket.end()
  })
  if (request.method !== 'POST') return response.end('ok\n')
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    const order = JSON.parse(body)
    place(order).then(
      () => response.writeHead(201).end(),
      (error) => response.writeHead(502).end(error.message),
    )
  })
})

server.on('connection', (socket) => {
  sockets.set(socket, 'idle')
  socket.on('close', () => {
    sockets.delete(socket)
    if (stopping && sockets.size === 0) process.exit()
  })
})
server.keepAliveTimeout = 65_000
server.listen(8080)

process.on('SIGTERM', () => {
  stopping = true
  server.close()
  for (const [socket, state] of sockets) if (state === 'idle') socket.end()
  if (sockets.size === 0) process.exit()
})
