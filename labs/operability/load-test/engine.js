// Works out prices. Eight calculations are done side by side, a few more wait for their turn. With many more than that, each gets in
// the way of all others and takes far longer.
import { createServer } from 'node:http'

const PORT = Number(process.env.PORT)
const SIDE_BY_SIDE = Number(process.env.SIDE_BY_SIDE)
const COMFORTABLE = Number(process.env.COMFORTABLE)
const MS = 240
const MOST_MS = 10 * MS

const priceOf = (quote) => 1000 + [...quote].reduce((sum, letter) => (31 * sum + letter.charCodeAt(0)) % 9000, 7)

// When each place has done all that it was given. By plan and not by timer: a timer that comes late makes nothing slower.
const freeAt = Array.from({ length: SIDE_BY_SIDE }, () => 0)
let inside = 0
const untilEmpty = []

// A connection that lies idle is never closed while somebody sends on it.
createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  if (request.url === '/pulse') return response.end()
  if (request.url === '/empty') return inside === 0 ? response.end() : untilEmpty.push(response)
  inside += 1
  const now = performance.now()
  const place = freeAt.indexOf(Math.min(...freeAt))
  freeAt[place] = Math.max(now, freeAt[place]) + Math.min(MOST_MS, MS * Math.max(1, inside / COMFORTABLE) ** 2)
  const ms = freeAt[place] - now
  console.log(`call ${inside} ${Math.round(ms)}`)
  // It finishes what it has begun, whether anybody still waits for it or not.
  setTimeout(() => {
    inside -= 1
    if (inside === 0) for (const asked of untilEmpty.splice(0)) asked.end()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ price: priceOf(request.url) }))
  }, ms)
}).listen(PORT)
