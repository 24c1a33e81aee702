// The log of the payment desk: one event is one line of JSON on standard output.

export function log(level, event, fields = {}) {
  const rest = Object.entries(fields).map(([name, value]) => `, "${name}": "${value}"`)
  console.log(`{"time": "${new Date().toISOString()}", "level": "${level}", "event": "${event}"${rest.join('')}}`)
}
