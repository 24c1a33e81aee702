// The log of the payment desk: one event is one line on standard output.

export function log(level, event, fields = {}) {
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  console.log(`${new Date().toISOString()} ${level.toUpperCase()} ${event} ${rest.join(' ')}`)
}
