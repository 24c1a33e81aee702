// A small client of Redis: one connection, on which answers come in the order of their commands. Texts come back as strings, numbers
// as numbers, lists as arrays, and what is not there as null.
import { connect as open } from 'node:net'

const LINE_END = '\r\n'

/** A command as Redis wants it: how many words, then each with its length in bytes. */
const written = (words) => [`*${words.length}`, ...words.flatMap((word) => [`$${Buffer.byteLength(`${word}`)}`, `${word}`]), ''].join(LINE_END)

/** The answer that begins at `at`, and where the next one begins; undefined while it has not all arrived. */
const readAnswer = (bytes, at) => {
  const end = bytes.indexOf(LINE_END, at)
  if (end < 0) return undefined
  const line = bytes.toString('utf8', at + 1, end)
  const next = end + 2
  const kind = String.fromCharCode(bytes[at])
  if (kind === '+') return { value: line, next }
  if (kind === '-') return { error: new Error(line), next }
  if (kind === ':') return { value: Number(line), next }
  const size = Number(line)
  if (size < 0) return { value: null, next }
  if (kind === '$') {
    if (bytes.length < next + size + 2) return undefined
    return { value: bytes.toString('utf8', next, next + size), next: next + size + 2 }
  }
  const value = []
  let from = next
  while (value.length < size) {
    const part = readAnswer(bytes, from)
    if (part === undefined) return undefined
    value.push(part.value ?? part.error ?? null)
    from = part.next
  }
  return { value, next: from }
}

/** Connects to `redis://host:port`. What it returns sends one command: `await redis('SET', 'name', 'Aoi')`. */
export const connect = (url) => {
  const { hostname, port } = new URL(url)
  const waiting = []
  let socket

  const dial = () => {
    let bytes = Buffer.alloc(0)
    socket = open(Number(port || 6379), hostname)
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      let at = 0
      for (let found = readAnswer(bytes, at); at < bytes.length && found; found = readAnswer(bytes, at)) {
        at = found.next
        const { resolve, reject } = waiting.shift()
        if (found.error) reject(found.error)
        else resolve(found.value)
      }
      bytes = bytes.subarray(at)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      socket = undefined
      for (const { reject } of waiting.splice(0)) reject(new Error('the connection to Redis is gone'))
    })
  }

  return (...words) =>
    new Promise((resolve, reject) => {
      if (socket === undefined) dial()
      waiting.push({ resolve, reject })
      socket.write(written(words))
    })
}
