// Answers what an order would cost. Prices come from the rates service; the settings from config.js.
import { createServer } from 'node:http'
import { config } from './config.js'

const { ratesKey, ...shown } = config
console.log('starting with', shown)

async function rates(path, options = {}) {
  const answer = await fetch(`${config.ratesUrl}${path}`, { ...options, headers: { authorization: `Bearer ${ratesKey}` } })
  if (!answer.ok) throw new Error(`the rates service answered ${answer.status} to ${path}`)
  return answer
}

async function priceOf(item) {
  const answer = await rates(`/rates/${item}`)
  return (await answer.json()).price
}

async function quote(items) {
  const prices = await Promise.all(items.map(priceOf))
  const quoted = { currency: config.currency, total: prices.reduce((sum, price) => sum + price, 0) }
  if (config.sendMail) await rates('/mails', { method: 'POST', body: JSON.stringify(quoted) })
  return quoted
}

const send = (response, status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost')
  if (url.pathname === '/healthz') return send(response, 200, { ok: true })
  if (url.pathname !== '/quotes') return send(response, 404, { error: 'not found' })
  const items = (url.searchParams.get('items') ?? '').split(',').filter((item) => item !== '')
  if (items.length > config.maxItems) return send(response, 422, { error: `at most ${config.maxItems} items` })
  try {
    send(response, 200, await quote(items))
  } catch (error) {
    console.error(`no quote: ${error.message}`)
    send(response, 502, { error: 'no quote at the moment' })
  }
})

server.listen(8080, () => console.log('listening on port 8080'))
