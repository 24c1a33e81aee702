// The artefact store: ours, trusted, outside the learner's reach. Answers at once, or holds its answers back when told, and tells how many
// it holds. Orders are taken on a path that only we know.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const PORT = 9000
const { CONTROL } = process.env

const catalogue = readFileSync('catalogue.json')
let holding
let held = 0

const say = (event) => console.log(JSON.stringify(event))

const deliver = async (request, response) => {
  const began = performance.now()
  say({ event: 'asked for', path: request.url })
  response.on('close', () => {
    if (!response.writableFinished) say({ event: 'asker gone', path: request.url, afterMs: Math.round(performance.now() - began) })
  })
  if (holding !== undefined) {
    held += 1
    response.on('close', () => (held -= 1))
    await holding.promise
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(catalogue)
  say({ event: 'answered', path: request.url, afterMs: Math.round(performance.now() - began) })
}

const control = (order, response) => {
  if (order === 'hold') holding ??= Promise.withResolvers()
  if (order === 'release') {
    holding?.resolve()
    holding = undefined
  }
  response.end(JSON.stringify({ held }))
}

createServer((request, response) => {
  request.resume()
  const [, first, second] = request.url.split('/')
  if (first === CONTROL) control(second, response)
  else if (request.url === '/catalogue.json') void deliver(request, response)
  else response.writeHead(404).end()
}).listen(PORT, () => say({ event: 'ready' }))
