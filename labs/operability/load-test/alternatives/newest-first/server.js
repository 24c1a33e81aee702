// Quotes. The newest request is served first; when the pile is full, whoever lies at the bottom is told so.
const http = require('node:http')

const LANES = 8
const PILE = 8
const agent = new http.Agent({ keepAlive: true, maxSockets: LANES })
const pile = []
let free = LANES

const refuse = (response) => response.writeHead(503, { 'retry-after': '1' }).end()

function next() {
  while (free > 0 && pile.length > 0) {
    const { request, response } = pile.pop()
    free -= 1
    const done = () => {
      free += 1
      next()
    }
    http
      .get(process.env.ENGINE_URL + request.url, { agent }, (answer) => {
        response.writeHead(answer.statusCode, { 'content-type': 'application/json' })
        answer.pipe(response)
        answer.once('close', done)
      })
      .once('error', () => {
        response.writeHead(502).end()
        done()
      })
  }
}

http
  .createServer((request, response) => {
    pile.push({ request, response })
    if (pile.length > PILE) refuse(pile.shift().response)
    next()
  })
  .listen(8080)
