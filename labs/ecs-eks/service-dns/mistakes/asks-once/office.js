// The booking office: asks the catalogue for every visitor, each of its Pods in turn, over connections that stay open.
import { lookup } from 'node:dns/promises'
import { Agent, createServer, get } from 'node:http'

const PORT = 8080
const agent = new Agent({ keepAlive: true })

let addresses = []
let turn = 0

/** A headless Service's name has one address for each ready Pod. */
async function refresh() {
  try {
    addresses = (await lookup('catalog', { all: true, family: 4 })).map(({ address }) => address)
  } catch (error) {
    console.error(`the name catalog cannot be resolved: ${error.message}`)
  }
}
await refresh()

/** What one address of the catalogue answers, and which Pod that is. */
function ask(host) {
  return new Promise((resolve, reject) => {
    // An address that nobody has any more may swallow what is sent to it, or lead to somebody else.
    const question = get({ host, port: PORT, path: '/sailings', agent, timeout: 5000 }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`${host} answered ${answer.statusCode}`))
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => resolve({ text: Buffer.concat(parts).toString(), pod: answer.headers['x-served-by'] }))
    })
    question.on('timeout', () => question.destroy(new Error(`${host} does not answer`)))
    question.on('error', reject)
  })
}

/** Asks the next Pod in turn; one that has gone is left out, because the name server hears of it later. */
async function askCatalog() {
  for (;;) {
    const host = addresses[turn++ % addresses.length]
    if (host === undefined) throw new Error('the catalogue has no Pod')
    try {
      return await ask(host)
    } catch (error) {
      addresses = addresses.filter((address) => address !== host)
      if (addresses.length === 0) throw error
    }
  }
}

const server = createServer(async (request, response) => {
  if (request.url === '/readyz') return response.end('ready\n')
  try {
    const { text, pod } = await askCatalog()
    response.setHeader('x-served-by', pod)
    response.end(text)
  } catch (error) {
    console.error(`the catalogue did not answer: ${error.message}`)
    response.writeHead(502).end()
  }
})
server.listen(8080, () => console.log('the office is open'))
