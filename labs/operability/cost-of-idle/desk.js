// Shop, staging and reports alike: ours, trusted. A request takes one of so many hands for a while; where all are taken it waits.
// `?pace=2`: everything is played twice as slowly.
// What the work needs in memory is really held, from the first request on.
import { createServer } from 'node:http'

const { NAME = '', HANDS = '1', REQUEST_MS = '80', HOLDS_MIB = '0' } = process.env
const requestMs = Number(REQUEST_MS)

// When each hand has done all that it was given. By plan and not by timer: a timer that comes late makes no hand slower.
const freeAt = Array.from({ length: Number(HANDS) }, () => 0)
const held = []
let begun = false

const say = (event) => console.log(JSON.stringify({ copy: NAME, ...event }))

// In pieces, so that nobody waits for it.
const hold = () => {
  if (held.length * 4 >= Number(HOLDS_MIB)) return
  held.push(Buffer.alloc(4 * 2 ** 20, 1))
  setTimeout(hold, 2)
}

const server = createServer((request, response) => {
  const pace = Number(new URL(request.url, 'http://desk').searchParams.get('pace') ?? 1)
  if (!begun) {
    begun = true
    say({ event: 'first request', 'takes MiB': Number(HOLDS_MIB) })
    hold()
  }
  const now = performance.now()
  const hand = freeAt.indexOf(Math.min(...freeAt))
  freeAt[hand] = Math.max(now, freeAt[hand]) + requestMs * pace
  response.setHeader('x-served-by', NAME)
  setTimeout(() => response.end('done\n'), freeAt[hand] - now)
})

server.listen(8080, () => say({ event: 'ready', 'at once': Number(HANDS) }))
