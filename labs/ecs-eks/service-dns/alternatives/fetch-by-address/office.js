// The booking office in other words: fetch, which keeps a connection for each address, and a shuffled list.
import { Resolver } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const resolver = new Resolver()
const domain = /^search (\S+)/m.exec(readFileSync('/etc/resolv.conf', 'utf8'))[1]
let pods = []

async function lookAgain() {
  const found = await resolver.resolve4(`catalog.${domain}`).catch(() => pods)
  pods = found.toSorted(() => Math.random() - 0.5)
}

async function askCatalog() {
  const tried = [...pods]
  // To the back of the line, so that the next question goes to the next Pod.
  pods.push(pods.shift())
  for (const pod of tried) {
    try {
      const answer = await fetch(`http://${pod}:8080/sailings`, { signal: AbortSignal.timeout(2000) })
      if (!answer.ok) throw new Error(`${pod} answered ${answer.status}`)
      return { text: await answer.text(), pod: answer.headers.get('x-served-by') }
    } catch {
      pods = pods.filter((each) => each !== pod)
    }
  }
  throw new Error('no Pod of the catalogue answers')
}

await lookAgain()
setInterval(lookAgain, 3000)

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
