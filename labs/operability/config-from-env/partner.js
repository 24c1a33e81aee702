// The rates service of each environment: ours, trusted, outside the learner's reach. One port for each account; every request is
// logged with whether it carried the key of that account.
import { createServer } from 'node:http'

/** @type {{ environment: string, port: number, key: string, prices: Record<string, number> }[]} */
const accounts = JSON.parse(process.env.ACCOUNTS)

const say = (event) => console.log(JSON.stringify(event))

const open = ({ environment, port, key, prices }) => {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    const authorized = request.headers.authorization === `Bearer ${key}`
    const [, what, item] = pathname.split('/')
    say({ event: 'asked', environment, what, authorized })
    request.resume()
    if (!authorized) response.writeHead(401).end()
    else if (request.method === 'POST' && what === 'mails') response.writeHead(202).end()
    else if (what === 'rates' && prices[item] !== undefined) response.end(JSON.stringify({ price: prices[item] }))
    else response.writeHead(500).end()
  })
  return new Promise((resolve) => server.listen(port, resolve))
}

await Promise.all(accounts.map(open))
createServer((_, response) => response.end()).listen(9000)
