// The shop of each night: ours, trusted. As `orders` it takes orders and hands them to its store; as `store` it writes them to its
// disk and copies them to a replica, when it has one.
import { appendFileSync, existsSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const { ROLE, VERSION, HANGS, STORE, REPLICA } = process.env
/** Orders that the store keeps in memory while it cannot write. */
const MOST_UNSAVED = 4
const FILE = '/work/orders'
/** What an order takes on the disk: a page, as anything does that is written for good. */
const PAGE = 4096
const toLine = (order) => `${order.padEnd(PAGE - 1)}\n`

const ended = (response, status, body = '') => response.writeHead(status).end(body)

/** Stands still for good, as a program that waits for a lock that nobody gives back. */
const hang = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)

const send = async (url, method, body) => {
  const answer = await fetch(url, { method, body, headers: { connection: 'close' } })
  return { status: answer.status, said: await answer.text() }
}

const orders = () => {
  let store = STORE
  return {
    'GET /healthz': (_, response) => ended(response, 200, 'ok'),
    'GET /version': (_, response) => ended(response, 200, VERSION),
    'POST /hang': hang,
    'POST /promote': async (request, response) => {
      store = await text(request)
      ended(response, 200)
    },
    'POST /orders': async (request, response) => {
      const order = await text(request)
      if (HANGS) hang()
      const { status, said } = await send(`${store}/orders`, 'POST', order).catch(() => ({ status: 504, said: 'the store does not answer' }))
      ended(response, status, said)
    },
  }
}

const store = () => {
  const saved = new Set(existsSync(FILE) ? readFileSync(FILE, 'utf8').split('\n').flatMap((line) => line.trim() || []) : [])
  const unsaved = []
  let copying = true
  const save = () => {
    while (unsaved.length > 0) {
      try {
        appendFileSync(FILE, toLine(unsaved[0]))
      } catch {
        return
      }
      saved.add(unsaved.shift())
    }
  }
  return {
    'GET /healthz': (_, response) => {
      save()
      ended(response, 200, `${saved.size + unsaved.length} orders, ${unsaved.length} of them not on the disk yet`)
    },
    'GET /disk': (_, response) => {
      const { blocks, bfree } = statfsSync('/work')
      ended(response, 200, bfree === 0 ? 'full' : `${Math.round((100 * (blocks - bfree)) / blocks)} % used`)
    },
    'POST /hold': (_, response) => {
      copying = false
      ended(response, 200)
    },
    'POST /missing': async (request, response) => {
      save()
      const asked = (await text(request)).split(' ').filter(Boolean)
      ended(response, 200, JSON.stringify(asked.filter((order) => !saved.has(order) && !unsaved.includes(order))))
    },
    'POST /orders': async (request, response) => {
      const order = await text(request)
      save()
      if (unsaved.length >= MOST_UNSAVED) return ended(response, 507, 'the store has no space left')
      unsaved.push(order)
      save()
      if (REPLICA && copying) await send(`${REPLICA}/orders`, 'POST', order)
      ended(response, 201, 'created')
    },
  }
}

writeFileSync('/tmp/pid', String(process.pid))
const routes = ROLE === 'orders' ? orders() : store()
const server = createServer((request, response) => {
  const route = routes[`${request.method} ${request.url}`] ?? ((_, other) => ended(other, 404))
  Promise.resolve(route(request, response)).catch(() => ended(response, 500))
})
// One question to itself before it is open: else the first order after a restart waits until what asks has been loaded, which on a busy
// machine takes as long as silence.
server.listen(0, '127.0.0.1', async () => {
  await send(`http://127.0.0.1:${server.address().port}/healthz`, 'GET')
  server.close(() => server.listen(8080))
})
