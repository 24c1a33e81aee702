// The store that the order service writes to: ours, trusted, outside the learner's reach. It keeps every byte as it arrives,
// so a record whose writer goes away stays half written. Now and then it keeps a record and loses the answer.
import { createServer } from 'node:http'

const PORT = 9000
/** Every so many records, the answer to a record that is already safe gets lost. */
const LOST_ANSWER_EVERY = 8

/** @type {Map<string, { order: string, text: string, state: 'half' | 'whole', writer: object }>} */
const records = new Map()
const reservations = new Set()
const unanswered = new Set()
let holding = Promise.withResolvers()
holding.resolve()
let unnamed = 0
let wholeSoFar = 0

const say = (event) => console.log(JSON.stringify(event))

/** 70 to 260 ms, the same for the same reservation in every run. */
const workMs = (number) => 70 + ((number * 73) % 191)

const reserve = async (item, response) => {
  const reservation = `r${reservations.size + 1}`
  reservations.add(reservation)
  await holding.promise
  setTimeout(() => response.end(reservation), workMs(reservations.size))
}

/** What is wrong with a record that has arrived completely; nothing if it is a whole order. */
const flaw = (text) => {
  const [head = '', ...rest] = text.split('\n')
  const last = rest.findLastIndex((line) => line !== '')
  if (!/^order \S+$/.test(head)) return 'the first line must be: order <id>'
  if (rest[last] !== 'end') return 'the last line must be: end'
  const stranger = rest.slice(0, last).find((line) => !reservations.has(line.split(' ')[1]))
  return stranger === undefined ? undefined : `no reservation: ${stranger}`
}

const write = (key, request, response) => {
  if (records.get(key)?.state === 'whole') {
    say({ event: 'repeated', order: records.get(key).order })
    request.resume().on('end', () => response.end('already stored\n'))
    return
  }
  const writer = {}
  const record = { order: '', text: '', state: 'half', writer }
  records.set(key, record)
  const mine = () => records.get(key)?.writer === writer
  request.setEncoding('utf8')
  request.on('data', (bytes) => {
    record.text += bytes
    record.order = /^order (\S+)\n/.exec(record.text)?.[1] ?? ''
  })
  request.on('end', () => {
    const wrong = flaw(record.text)
    if (wrong !== undefined && mine()) records.delete(key)
    if (wrong !== undefined) return response.writeHead(422).end(`${wrong}\n`)
    record.state = 'whole'
    wholeSoFar += 1
    say({ event: 'stored', order: record.order })
    if (wholeSoFar % LOST_ANSWER_EVERY !== 0 || unanswered.has(record.order)) return response.writeHead(201).end('stored\n')
    unanswered.add(record.order)
    say({ event: 'answer lost', order: record.order })
    request.socket.destroy()
  })
  request.on('close', () => {
    if (!request.complete && mine()) say({ event: 'half written', order: record.order })
  })
}

const server = createServer((request, response) => {
  request.on('error', () => {})
  const [, first, second] = (request.url ?? '').split('/')
  const route = `${request.method} /${first}`
  if (route === 'POST /reservations' && second) void reserve(second, response)
  else if (route === 'PUT /orders' && second) write(`order ${second}`, request, response)
  else if (route === 'POST /orders') {
    const key = request.headers['idempotency-key']
    write(key === undefined ? `unnamed ${++unnamed}` : `key ${key}`, request, response)
  } else if (route === 'POST /hold') {
    holding = Promise.withResolvers()
    response.end()
  } else if (route === 'POST /release') {
    holding.resolve()
    response.end()
  } else response.writeHead(404).end()
})

server.listen(PORT, () => say({ event: 'ready' }))

process.on('SIGTERM', () => {
  const orders = new Map()
  for (const { order, text, state } of records.values()) {
    const seen = orders.get(order) ?? { order, whole: 0, half: 0, text: '' }
    seen[state] += 1
    if (state === 'half') seen.text = text
    orders.set(order, seen)
  }
  for (const seen of orders.values()) say({ event: 'kept', ...seen })
  process.exit()
})
