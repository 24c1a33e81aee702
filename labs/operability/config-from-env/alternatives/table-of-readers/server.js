import http from 'node:http'
import { load } from './config.js'

/** Nothing about an environment is known when the module is loaded: everything hangs on what it is given. */
function quoteServer({ RATES_URL, RATES_KEY, CURRENCY, MAX_ITEMS, SEND_MAIL }) {
  const base = new URL(RATES_URL)
  const call = (method, path, body) =>
    new Promise((resolve, reject) => {
      const request = http.request(new URL(path, base), { method, headers: { authorization: `Bearer ${RATES_KEY}` } }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (part) => (text += part))
        answer.on('end', () => (answer.statusCode < 300 ? resolve(text) : reject(new Error(`${path}: ${answer.statusCode}`))))
      })
      request.on('error', reject)
      request.end(body)
    })
  return http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, base)
    if (pathname !== '/quotes') return response.writeHead(pathname === '/healthz' ? 200 : 404).end()
    const items = searchParams.get('items')?.split(',') ?? []
    if (items.length > MAX_ITEMS) return response.writeHead(422).end()
    try {
      let total = 0
      for (const item of items) total += JSON.parse(await call('GET', `/rates/${item}`)).price
      const body = JSON.stringify({ total, currency: CURRENCY })
      if (SEND_MAIL === 'true') await call('POST', '/mails', body)
      response.end(body)
    } catch (error) {
      process.stdout.write(`${error.message}\n`)
      response.writeHead(502).end()
    }
  })
}

try {
  quoteServer(load(process.env)).listen(8080)
} catch (error) {
  for (const { message } of error.errors ?? [error]) process.stderr.write(`${message}\n`)
  process.exitCode = 78
}
