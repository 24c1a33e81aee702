// Tries from within a Pod what can be reached, all at once, and says what became of each: { names, doors, tryMs } in, JSON out.
import { Resolver } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

const { names, doors, tryMs } = JSON.parse(process.argv[2])
const conf = readFileSync('/etc/resolv.conf', 'utf8')
const server = /^nameserver\s+(\S+)/m.exec(conf)?.[1] ?? ''
const domain = /^search\s+(\S+)/m.exec(conf)?.[1] ?? ''

const resolver = new Resolver({ timeout: Math.ceil(tryMs / 2), tries: 2 })
/** By UDP, as programs do; the whole name, so that one question is one packet. */
const resolve = (name) =>
  resolver.resolve4(`${name}.${domain}`).then(
    ([address]) => ({ name, address }),
    ({ code }) => ({ name, error: code }),
  )

/** A connection that is made, one that is turned away, and one that nothing is heard of, which the kernel asks for again after a second. */
const knock = ({ id, host, port }) =>
  new Promise((told) => {
    const began = Date.now()
    const socket = connect({ host: host || server, port })
    const end = (as) => {
      socket.destroy()
      told({ id, as, began, ended: Date.now() })
    }
    socket.once('connect', () => end('open'))
    socket.once('error', ({ code }) => end(code))
    // A process that got no time finds its timer before its news: let it hear those first.
    setTimeout(() => setImmediate(() => setImmediate(() => end('silent'))), tryMs)
  })

const [resolved, knocked] = await Promise.all([Promise.all(names.map(resolve)), Promise.all(doors.map(knock))])
process.stdout.write(JSON.stringify({ resolved, knocked }))
process.exit()
