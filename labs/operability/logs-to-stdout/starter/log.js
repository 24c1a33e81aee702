// The log of the payment desk: a line for everything that happens, in a file, so that it can be looked at later.
import { createWriteStream } from 'node:fs'

const file = createWriteStream('payments.log', { flags: 'a' })

export function log(level, message) {
  file.write(`${new Date().toISOString()} ${level} ${message}\n`)
}
