// The carrier: ours, trusted, outside the learner's reach. Numbers parcels for whoever has the key.
import { createServer } from 'node:http'

let last = 1000
createServer((request, response) => {
  request.resume()
  const authorized = request.headers.authorization === `Bearer ${process.env.KEY}`
  console.log(JSON.stringify({ event: 'asked', authorized }))
  if (request.url !== '/parcels') return response.writeHead(404).end()
  if (!authorized) return response.writeHead(401).end()
  last += 1
  response.writeHead(201).end(JSON.stringify({ number: `HB-${last}` }))
}).listen(9000)
