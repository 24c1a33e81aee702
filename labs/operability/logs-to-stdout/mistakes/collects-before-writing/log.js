// The log of the payment desk: one event is one line of JSON on standard output. Written in blocks, which is faster.
const BLOCK_BYTES = 32_768

let block = ''

export function log(level, event, fields = {}) {
  block += `${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`
  if (block.length < BLOCK_BYTES) return
  process.stdout.write(block)
  block = ''
}

process.on('exit', () => process.stdout.write(block))
