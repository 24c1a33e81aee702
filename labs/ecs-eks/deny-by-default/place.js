// What runs in every Pod of the pier. All of them listen on 8080; the newsletter on three more ports.
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { hostname } from 'node:os'

/** Connects to one address again and again and writes down when each connection was begun and made, in milliseconds. */
function keepCalling(host) {
  const began = Date.now()
  const socket = connect({ host, port: 8080 })
  const next = () => setTimeout(keepCalling, 100, host)
  socket.once('connect', () => {
    console.log(`call ${began} ${Date.now()}`)
    socket.destroy()
  })
  socket.once('error', () => {})
  socket.once('close', next)
  socket.setTimeout(1000, () => socket.destroy())
}

let calling = false
const answer = (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://place')
  if (pathname === '/call' && !calling) {
    calling = true
    keepCalling(searchParams.get('host'))
  }
  response.end(`${hostname()}\n`)
}
for (const port of hostname() === 'newsletter' ? [8080, 8081, 8082, 53] : [8080]) createServer(answer).listen(port)
