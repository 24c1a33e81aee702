#!/bin/sh
set -eu

cat > /tmp/server.mjs <<'JS'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

/** As much of PostgreSQL's protocol as this service needs: one connection, simple queries one after another. */
class Server {
  #address
  #socket
  #waiting = []
  #buffer = Buffer.alloc(0)

  constructor(url) {
    this.#address = new URL(url)
  }

  query(statement) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject, rows: [], error: undefined })
      this.#open().write(message('Q', `${statement}\0`))
    })
  }

  #open() {
    if (this.#socket) return this.#socket
    const { hostname, port, username, pathname } = this.#address
    const socket = connect({ host: hostname, port: Number(port || 5432), noDelay: true })
    const parameters = `user\0${username}\0database\0${pathname.slice(1)}\0\0`
    const start = Buffer.alloc(8)
    start.writeInt32BE(8 + parameters.length)
    start.writeInt32BE(196608, 4)
    socket.write(Buffer.concat([start, Buffer.from(parameters)]))
    this.#buffer = Buffer.alloc(0)
    // The first time that the server is ready belongs to the start, not to a question.
    let greeted = false
    socket.on('data', (data) => {
      this.#buffer = Buffer.concat([this.#buffer, data])
      while (this.#buffer.length >= 5 && this.#buffer.length > this.#buffer.readInt32BE(1)) {
        const length = this.#buffer.readInt32BE(1) + 1
        const [kind, content] = [String.fromCharCode(this.#buffer[0]), this.#buffer.subarray(5, length)]
        this.#buffer = this.#buffer.subarray(length)
        const question = this.#waiting[0]
        if (kind === 'D') question.rows.push(columns(content))
        else if (kind === 'E') question ? (question.error = new Error(content.toString())) : socket.destroy()
        else if (kind === 'Z' && !greeted) greeted = true
        else if (kind === 'Z') {
          this.#waiting.shift()
          question.error ? question.reject(question.error) : question.resolve(question.rows)
        }
      }
    })
    const gone = (error) => {
      if (this.#socket !== socket) return
      this.#socket = undefined
      for (const question of this.#waiting.splice(0)) question.reject(Object.assign(new Error('gone', { cause: error }), { gone: true }))
    }
    socket.on('error', gone)
    socket.on('close', gone)
    this.#socket = socket
    return socket
  }
}

const message = (kind, content) => {
  const bytes = Buffer.from(content)
  const head = Buffer.alloc(5)
  head.write(kind)
  head.writeInt32BE(4 + bytes.length, 1)
  return Buffer.concat([head, bytes])
}

const columns = (content) => {
  let at = 2
  return Array.from({ length: content.readInt16BE(0) }, () => {
    const length = content.readInt32BE(at)
    const value = length < 0 ? null : content.toString('utf8', at + 4, at + 4 + length)
    at += 4 + Math.max(0, length)
    return value
  })
}

const quoted = (value) => `'${String(value).replaceAll("'", "''").replaceAll('\0', '')}'`
const position = (written) => written.split('/').reduce((sum, half) => (sum << 32n) + BigInt(`0x${half}`), 0n)

const primary = new Server(process.env.PRIMARY_URL)
const replica = new Server(process.env.REPLICA_URL)

// How far the replica has come, asked ten times a second; nowhere while it does not answer.
let replayed = -1n
const watch = async () => {
  const [row] = await replica.query('select pg_last_wal_replay_lsn()').catch(() => [])
  replayed = row?.[0] ? position(row[0]) : -1n
  setTimeout(watch, 100)
}
watch()

const written = new Map()

const add = async (customer, product, body) => {
  const values = [product, customer, body].map(quoted).join(', ')
  const [[number]] = await primary.query(`insert into reviews (product, customer, body) values (${values}) returning id`)
  const [[at]] = await primary.query('select pg_current_wal_lsn()')
  written.set(customer, position(at))
  return Number(number)
}

const newest = async (customer, product) => {
  const statement = `select customer, body from reviews where product = ${quoted(product)} order by id desc limit 5`
  const late = (written.get(customer) ?? -1n) > replayed
  const found = late
    ? await primary.query(statement)
    : await replica.query(statement).catch((error) => {
        if (!error.gone) throw error
        return primary.query(statement)
      })
  return found.map(([by, body]) => ({ customer: by, body }))
}

createServer(async (request, response) => {
  const send = (status, content) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
  try {
    const customer = request.headers['x-customer'] ?? ''
    const [, , product = ''] = request.url.split('/')
    if (request.url === '/healthz') send(200, { ok: true })
    else if (request.method === 'POST') send(201, { id: await add(customer, product, JSON.parse(await text(request)).body) })
    else send(200, { reviews: await newest(customer, product) })
  } catch (error) {
    console.error(`${request.method} ${request.url}: ${error.message}`)
    send(error.gone ? 503 : 500, { error: error.message })
  }
}).listen(8080)
JS

exec node /tmp/server.mjs
