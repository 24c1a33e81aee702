import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import { IMAGES_MS, imageWithAgent, whyNot } from '../contract/engine.ts'
import { type Arena, complaint, openArena, shownOf } from './arena.ts'
import { ISOLATION } from './programs/isolation.ts'
import { marked } from './programs/prelude.ts'
import { RESOURCES } from './programs/resources.ts'

const because = await whyNot('hostile services')

/** A program of a lab that is one, as what a service does instead of serving. */
const inService = (program: string): string =>
  marked('', program)
    .replace(/^if MARK not in.*$/m, '')
    .replace(/^verdict\(\)$/m, "print('leaks:', leaks or 'none'); sys.exit(1)")
const KERNEL =
  [...ISOLATION, ...RESOURCES]
    .filter(({ id }) => ['kernel-interfaces', 'host-wide-tables', 'new-namespaces', 'mounts', 'powers'].includes(id))
    .map(({ program }) => program.replace(/^verdict\(\)$/m, ''))
    .join('') +
  `
import socket
for name, family in (('vsock', 40), ('crypto', 38), ('packet', 17)): refused(name, lambda: socket.socket(family, socket.SOCK_STREAM if family == 40 else socket.SOCK_RAW if family == 17 else socket.SOCK_SEQPACKET))
verdict()
`
const START = '#!/bin/sh\nexec node server.js\n'

interface Hostile {
  readonly id: string
  readonly what: string
  /** `entrypoint.sh` or `server.js`; the other is the solution's. */
  readonly files: Readonly<Record<string, string>>
  readonly outcomes: readonly string[]
  readonly shows?: RegExp
  readonly hides?: RegExp
}

/** The solution's server, with something that it does as well. */
const alsoDoes = (solution: string, more: string): string => `${more}\n${solution}`

const hostile = (solution: string): readonly Hostile[] => [
  {
    id: 'service-output-of-any-bytes',
    what: 'a log of any bytes is stored and shown',
    files: {
      'server.js': `process.stdout.write(Buffer.from([...Array(256).keys()])); process.stderr.write('\\0\\x1b[2J\\ud800\\n'); process.exit(3)`,
    },
    outcomes: ['failed'],
  },
  {
    id: 'service-output-flood',
    what: 'a flood of output ends at its limit and makes no verdict of megabytes',
    files: {
      'server.js': `import { writeSync } from 'node:fs'\nfor (let n = 0; n < 20000; n += 1) writeSync(1, 'x'.repeat(2000) + '\\n')\nprocess.exit(3)`,
    },
    outcomes: ['failed', 'exhausted'],
  },
  {
    id: 'service-endless-line',
    what: 'one endless line of a service is not kept whole',
    files: {
      'server.js': `import { writeSync } from 'node:fs'\nfor (let n = 0; n < 20000; n += 1) writeSync(1, 'x'.repeat(2000))\nprocess.exit(3)`,
    },
    outcomes: ['failed', 'exhausted'],
  },
  {
    id: 'service-fork-bomb',
    what: 'a fork bomb in a service is ended with it and named',
    files: { 'entrypoint.sh': '#!/bin/sh\nb() { b | b & }\nwhile :; do b; done\n' },
    outcomes: ['failed', 'exhausted'],
  },
  {
    id: 'service-memory-hog',
    what: 'a service that takes memory ends at its limit, which is named',
    files: { 'server.js': 'const kept = []\nfor (;;) kept.push(Buffer.alloc(10_000_000, 1))\n' },
    outcomes: ['exhausted'],
    shows: /256 MiB/,
  },
  {
    id: 'service-network',
    what: 'a service reaches the names of its own sandbox and nothing else',
    files: {
      'server.js': `
import net from 'node:net'
import dns from 'node:dns/promises'
import os from 'node:os'
const open = (host, port) => new Promise((done) => {
  const socket = net.connect({ host, port, timeout: 500 }).on('connect', () => done([host + ':' + port])).on('error', () => done([])).on('timeout', () => { socket.destroy(); done([]) })
})
const own = Object.values(os.networkInterfaces()).flat().find(({ internal, family }) => !internal && family === 'IPv4')
const first = own.address.split('.').slice(0, 3).join('.')
const places = ['169.254.169.254', '169.254.170.2', '169.254.170.23', '1.1.1.1', '172.17.0.1', 'host.docker.internal', 'example.com', 'fd00:ec2::254', first + '.1', first + '.33']
const found = (await Promise.all(places.flatMap((host) => [80, 2375, 4270].map((port) => open(host, port))))).flat()
for (const name of ['example.com', 'host.docker.internal', 'metadata.google.internal']) found.push(...(await dns.lookup(name).then(() => [name], () => [])))
console.log('leaks:', JSON.stringify(found.filter((place) => !place.startsWith(own.address))))
process.exit(1)
`,
    },
    outcomes: ['failed'],
    shows: /leaks: \[\]/,
  },
  {
    id: 'service-kernel-interfaces',
    what: 'a service is refused the calls and the sockets that reach past its walls',
    files: {
      'entrypoint.sh': `#!/bin/sh
exec python3 - <<'END'
${inService(KERNEL)}
END
`,
    },
    outcomes: ['failed'],
    shows: /leaks: none/,
  },
  {
    id: 'service-answers-garbage',
    what: 'answers that are no HTTP, or too large, or named strangely, are the service’s failure and not ours',
    files: {
      'server.js': `
import net from 'node:net'
let n = 0
net.createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', () => {
    n += 1
    const answers = ['HTTP/1.1 000 X\\r\\ncontent-length: 0\\r\\n\\r\\n', 'HTTP/1.1 201 X\\r\\nx-served-by: ' + 'a'.repeat(5000) + '\\r\\ncontent-length: 2\\r\\n\\r\\n\\0\\0',
      'HTTP/1.1 999 ' + 'b'.repeat(9000) + '\\r\\ncontent-length: 5\\r\\n\\r\\n\\0\\xff\\xfe\\0\\x1b', 'garbage\\r\\n\\r\\n', 'HTTP/1.1 201 OK\\r\\ncontent-length: 99999999999999\\r\\n\\r\\n' + 'c'.repeat(100000)]
    socket.write(answers[n % answers.length], 'latin1')
  })
}).listen(8080)
`,
    },
    outcomes: ['failed', 'exhausted'],
  },
  {
    id: 'service-poisons-the-store',
    what: 'what a service writes into the store beside its orders is not believed and breaks nothing',
    files: {
      'server.js': alsoDoes(
        solution,
        `
const forged = JSON.stringify({ event: 'kept', order: 'forged', whole: 1, half: 0, text: '' })
for (const name of ['x', '__proto__', 'constructor', encodeURIComponent('\\0\\n' + forged)])
  fetch(process.env.STORE_URL + '/orders/' + name, { method: 'PUT', body: 'order \\0\\n' + forged + '\\n' }).catch(() => {})
for (const path of ['/hold', '/release', '/', '/orders', '/' + 'x'.repeat(5000)]) fetch(process.env.STORE_URL + path, { method: 'POST', body: forged }).catch(() => {})
process.stdout.write(forged + '\\n')
`,
      ),
    },
    outcomes: ['failed', 'passed'],
    hides: /"faulted"/,
  },
  {
    id: 'service-imitates-the-prober',
    what: 'a service that prints what the prober or the store would say changes nothing',
    files: {
      'server.js': `console.log('{"call":1,"at":1}'); console.log('{"event":"kept","order":"a","whole":1,"half":0,"text":""}'); process.exit(0)`,
    },
    outcomes: ['failed'],
  },
]

describe.skipIf(because !== undefined)('a hostile service', async () => {
  const lab = (await loadCatalogue({ only: ['graceful-stop'] })).find('graceful-stop')
  const solution: Readonly<Record<string, string>> = { ...lab?.solution, 'entrypoint.sh': START }
  let arena: Arena
  beforeAll(async () => {
    await imageWithAgent()
    arena = await openArena('services', { pool: { mostSlots: 2, mostHosts: 0 } })
  }, IMAGES_MS)
  afterAll(async () => arena?.[Symbol.asyncDispose]())

  it.for(hostile(solution['server.js'] ?? ''))('$id: $what', async ({ files, outcomes, shows, hides }) => {
    const learner = arena.learner()
    const { verdict } = await learner.submit('graceful-stop', { ...pick(solution), ...files })
    const said = JSON.stringify(verdict)
    expect(outcomes, said.slice(0, 5000)).toContain(verdict.outcome)
    if (shows) expect(JSON.stringify([complaint(verdict), shownOf(verdict)]), said.slice(0, 5000)).toMatch(shows)
    if (hides) expect(said).not.toMatch(hides)
    expect(said.length, 'characters of the verdict').toBeLessThan(700_000)
    expect((await learner.submit('hello', { 'main.py': 'print("hello")\n' })).verdict.outcome).toBe('passed')
    await expect.poll(() => arena.left(), { timeout: 20_000 }).toEqual([])
  })
})

const pick = (solution: Readonly<Record<string, string>>) => ({
  'server.js': solution['server.js'] ?? '',
  'entrypoint.sh': solution['entrypoint.sh'] ?? '',
})
