import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IMAGES_MS, imageWithAgent, whyNot } from '../contract/engine.ts'
import { browserAt } from '../unit/http/harbour.ts'
import { type Arena, openArena } from './arena.ts'
import { raw, request } from './requests.ts'

const because = await whyNot('hostile connections')

const HELLO = 'print("hello")\n'
const SLOW = 'import time\ntime.sleep(60)\n'

describe.skipIf(because !== undefined)('a hostile connection', () => {
  let arena: Arena
  beforeAll(async () => {
    await imageWithAgent()
    arena = await openArena('connections', { pool: { mostSlots: 2, mostHosts: 2 }, slots: 4 })
  }, IMAGES_MS)
  afterAll(async () => arena?.[Symbol.asyncDispose]())

  const passes = async () => expect((await arena.learner().submit('hello', { 'main.py': HELLO })).verdict.outcome).toBe('passed')

  const slow: Socket[] = []
  beforeAll(() => {
    const { hostname, port } = new URL(arena.url)
    for (let n = 0; n < 300; n += 1) {
      const socket = connect(Number(port), hostname).on('error', () => {})
      socket.write(
        n % 2 === 0
          ? 'GET /api/labs HTTP/1.1\r\nHost: '
          : request(arena.url, 'POST /api/submissions', { 'Content-Type': 'application/json', 'Content-Length': '100' }, '{'),
      )
      slow.push(socket)
    }
  })
  afterAll(() => {
    for (const socket of slow) socket.destroy()
  })

  it('slow-loris: connections that never end their request hold up nobody', async () => {
    await passes()
  })

  it('header-bomb: too many or too large headers are refused', async () => {
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`x-${n}`, 'y']))
    for (const headers of [
      { 'x-large': 'y'.repeat(100_000) },
      many,
      { cookie: `a=${'b'.repeat(50_000)}` },
      { 'accept-language': 'ja,'.repeat(10_000) },
    ])
      expect((await raw(arena.url, request(arena.url, 'GET /api/labs', headers), { forMs: 3000 })).text.slice(0, 12)).toBe('HTTP/1.1 431')
    expect((await raw(arena.url, `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`, { forMs: 3000 })).text.slice(0, 12)).toMatch(
      /^HTTP\/1.1 (431|414|400)/,
    )
    await passes()
  })

  it('request-smuggling: a request that can be read in two ways is refused', async () => {
    const inner = 'GET /api/status HTTP/1.1\r\nHost: x\r\n\r\n'
    for (const headers of [
      { 'Content-Type': 'application/json', 'Content-Length': '5', 'Transfer-Encoding': 'chunked' },
      { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked, identity' },
      { 'Content-Type': 'application/json', 'Transfer-Encoding': 'xchunked' },
      { 'Content-Type': 'application/json', 'Transfer-Encoding ': 'chunked' },
      { 'Content-Type': 'application/json', 'Content-Length': '5, 6' },
      { 'Content-Type': 'application/json', 'Content-Length': '+5' },
    ]) {
      const { text } = await raw(arena.url, request(arena.url, 'POST /api/submissions', headers, `0\r\n\r\n${inner}`), { forMs: 1500 })
      expect(text, JSON.stringify(headers)).not.toContain('HTTP/1.1 200')
      expect(text, JSON.stringify(headers)).not.toContain('HTTP/1.1 202')
    }
    for (const line of ['G\0T /api/labs', 'CONNECT example.com:80', 'TRACE /api/labs', 'PRI *'])
      expect((await raw(arena.url, request(arena.url, line), { forMs: 1000 })).text, line).not.toMatch(/^HTTP\/1\.1 20/)
  })

  it('upgrades: no other protocol is spoken, and nothing is promised to who asks for one', async () => {
    for (const headers of [
      { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' },
      { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' },
      { Expect: 'nonsense' },
      { Connection: 'Upgrade', Upgrade: 'TLS/1.0' },
    ])
      for (const path of ['/api/labs', '/api/submissions', '/'])
        expect(
          (await raw(arena.url, request(arena.url, `GET ${path}`, headers), { forMs: 300 })).text,
          JSON.stringify(headers),
        ).not.toMatch(/^HTTP\/1\.1 101/)
    await passes()
  })

  it('host-and-origin: other names, other pages and tricks with either are refused', async () => {
    const { host } = new URL(arena.url)
    for (const name of [
      'evil.example',
      `evil.example:${host.split(':')[1]}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      'evil.example#127.0.0.1',
      'user@evil.example',
      '127.0.0.1@evil.example',
      '',
      ' ',
      '0x7f.1.example',
      '[::1].evil.example',
      'a b',
      'localhost, evil.example',
    ]) {
      const { text } = await raw(arena.url, `GET /api/labs HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`, { forMs: 2000 })
      expect(text.slice(0, 12), name).toMatch(/^HTTP\/1.1 4/)
    }
    expect(
      (
        await raw(arena.url, `GET http://evil.example/api/labs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`, {
          forMs: 2000,
        })
      ).text,
    ).toMatch(/^HTTP\/1.1 4/)
    expect(
      (
        await raw(arena.url, `GET /api/labs HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`, {
          forMs: 2000,
        })
      ).text,
    ).toMatch(/^HTTP\/1.1 4/)
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `http://${host}.evil.example` },
      { origin: `http://evil.example@${host}x` },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'file://' },
    ]) {
      const response = await browserAt(arena.url, headers as unknown as Record<string, string>)('/api/submissions', {
        json: { lab: 'hello', files: { 'main.py': HELLO }, language: 'en' },
      })
      expect(response.status, JSON.stringify(headers)).toBe(403)
    }
  })

  it('paths: no address leads out of the site’s folder or past the API', async () => {
    for (const path of [
      '/../../etc/passwd',
      '/..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '//etc/passwd',
      '/..\\..\\etc\\passwd',
      '/%00',
      '/%',
      '/api/%zz',
      '/api/labs/%2e%2e/%2e%2e',
      '/cookie.key',
      '/../cookie.key',
      '/..%5ccookie.key',
      `/en/${'x/'.repeat(4000)}`,
    ]) {
      const { text } = await raw(arena.url, `GET ${path} HTTP/1.1\r\nHost: ${new URL(arena.url).host}\r\nConnection: close\r\n\r\n`, {
        forMs: 3000,
      })
      expect(text.slice(0, 12), path.slice(0, 40)).toMatch(/^HTTP\/1.1 [34]/)
      expect(text).not.toMatch(/root:|[A-Za-z0-9_-]{43}$/)
    }
  })

  it('stream-flood: event streams are bounded for each learner, and end', async () => {
    const own = arena.learner()
    const id = await own.send('hello', { 'main.py': SLOW })
    const abort = new AbortController()
    const answers = await Promise.all(Array.from({ length: 60 }, () => own.ask(`/api/submissions/${id}/events`, { signal: abort.signal })))
    const open = answers.filter(({ status }) => status === 200)
    expect(open.length).toBeLessThanOrEqual(16)
    expect(open.length).toBeGreaterThan(0)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]))
    abort.abort()
    await expect
      .poll(
        async () => {
          const again = new AbortController()
          const { status } = await own.ask(`/api/submissions/${id}/events`, { signal: again.signal })
          again.abort()
          return status
        },
        { timeout: 10_000 },
      )
      .toBe(200)
    expect((await own.verdict(id)).outcome).toBe('exhausted')
    for (const last of ['-1', '1e9', 'NaN', '99999999999999999999', '0x1', '٣', ' 1'])
      expect([200, 204]).toContain(
        (
          await own.ask(`/api/submissions/${id}/events`, {
            headers: { 'last-event-id': Buffer.from(last).toString('latin1') },
            signal: AbortSignal.timeout(5000),
          })
        ).status,
      )
  })

  it('slow-loris: and are closed in the end', async () => {
    const until = Date.now() + 40_000
    const headless = slow.filter((_, n) => n % 2 === 0)
    while (Date.now() < until && headless.some((socket) => !socket.destroyed && !socket.readableEnded)) {
      for (const socket of headless) socket.resume()
      await delay(200)
    }
    expect(headless.filter((socket) => !socket.destroyed && !socket.readableEnded).length).toBe(0)
  })
})
