// The shop. A session says itself whose it is, signed with a key that all copies share; everything else is a line in Redis.
const { createHmac, randomBytes, timingSafeEqual } = require('node:crypto')
const http = require('node:http')

let redis
let key

const sign = (name) => createHmac('sha256', key).update(name).digest()
const nameOf = (authorization = '') => {
  const [name = '', signature = ''] = authorization.replace('Bearer ', '').split('.')
  const given = Buffer.from(signature, 'hex')
  const right = sign(Buffer.from(name, 'base64url'))
  return given.length === right.length && timingSafeEqual(given, right) ? name : undefined
}

const bodyOf = async (request) => {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}

const routes = {
  'PUT basket': async (name, item) => ({ status: await redis('ZADD', `b:${name}`, Date.now(), item).then(() => 204) }),
  'GET basket': async (name) => ({ body: JSON.stringify({ items: await redis('ZRANGE', `b:${name}`, 0, -1) }) }),
  'PUT picture': async (name, _item, request) => ({ status: await redis('SET', `p:${name}`, await bodyOf(request)).then(() => 204) }),
  'GET picture': async (name) => {
    const body = await redis('GET', `p:${name}`)
    return body === null ? { status: 404 } : { body }
  },
}

const answer = async (request) => {
  const [, what, item] = request.url.split('/')
  if (what === 'login') {
    const { name } = JSON.parse(await bodyOf(request))
    return { body: JSON.stringify({ session: `${Buffer.from(name).toString('base64url')}.${sign(name).toString('hex')}` }) }
  }
  const route = routes[`${request.method} ${what}`]
  if (!route) return { status: 404 }
  const name = nameOf(request.headers.authorization)
  return name ? route(name, item, request) : { status: 401 }
}

const main = async () => {
  const { connect } = await import('./redis.js')
  redis = connect(process.env.REDIS_URL)
  // Whoever is first makes the key; all others find it.
  await redis('SET', 'key', randomBytes(32).toString('hex'), 'NX')
  key = await redis('GET', 'key')
  http
    .createServer((request, response) => {
      answer(request).then(
        ({ status = 200, body }) => response.writeHead(status).end(body),
        (error) => response.writeHead(500).end(error.message),
      )
    })
    .listen(8080)
}
main()
