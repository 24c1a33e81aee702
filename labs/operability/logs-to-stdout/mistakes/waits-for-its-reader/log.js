// The log of the payment desk: one event is one line of JSON on standard output, written before anything else happens.
import { writeSync } from 'node:fs'

export function log(level, event, fields = {}) {
  writeSync(1, `${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`)
}
