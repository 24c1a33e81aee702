// The stock of each environment: ours, trusted, outside the learner's reach. One port for each account; every request is logged
// with whether it carried the key of that account.
import { createServer } from 'node:http'

/** @type {{ environment: string, port: number, key: string, left: number }[]} */
const accounts = JSON.parse(process.env.ACCOUNTS)

const open = ({ environment, port, key, left }) => {
  const server = createServer((request, response) => {
    const authorized = request.headers.authorization === `Bearer ${key}`
    console.log(JSON.stringify({ event: 'asked', environment, authorized }))
    request.resume()
    if (authorized) response.end(JSON.stringify({ left }))
    else response.writeHead(401).end()
  })
  return new Promise((resolve) => server.listen(port, resolve))
}

await Promise.all(accounts.map(open))
createServer((_, response) => response.end()).listen(9000)
