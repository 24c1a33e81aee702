// The shop's front page, its stock, and its orders, which are kept on the disk.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const settings = JSON.parse(readFileSync('/work/settings.json', 'utf8'))
const ORDERS = '/work/orders.txt'

const page = () => `<h1>${settings.title}</h1>\n${readFileSync('notice.html', 'utf8')}`

async function left(item) {
  const answer = await fetch(`${settings.stockUrl}/left/${item}`, { headers: { authorization: `Bearer ${settings.stockKey}` } })
  if (!answer.ok) throw new Error(`the stock answered ${answer.status}`)
  return (await answer.json()).left
}

const isKept = (id) => existsSync(ORDERS) && readFileSync(ORDERS, 'utf8').split('\n').includes(id)

const server = createServer(async (request, response) => {
  const send = (status, body, type = 'application/json') => response.writeHead(status, { 'content-type': type }).end(body)
  const [, what, name] = request.url.split('/')
  try {
    if (request.url === '/') return send(200, page(), 'text/html')
    if (what === 'stock') return send(200, JSON.stringify({ item: name, left: await left(name) }))
    if (what === 'orders' && request.method === 'PUT') {
      appendFileSync(ORDERS, `${name}\n`)
      return send(201, JSON.stringify({ order: name }))
    }
    if (what === 'orders') return isKept(name) ? send(200, JSON.stringify({ order: name })) : send(404, '{}')
    send(404, '{}')
  } catch (error) {
    console.error(`${request.method} ${request.url}: ${error.message}`)
    send(502, '{}')
  }
})

server.listen(8080, () => console.log('listening on port 8080'))
