import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { Duplex, PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { TrafficPlan } from '../../../runner/sandbox/contract.ts'
import { connectProber } from '../../../runner/sandbox/prober/probe-client.ts'
import { PROBER_ENTRY } from '../../../runner/sandbox/prober/program-files.ts'

/** The prober as a plain process of this machine: the same program that runs inside containers. */
const startProber = async () => {
  const child = spawn(process.execPath, [fileURLToPath(PROBER_ENTRY)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const prober = await connectProber(Duplex.from({ readable: child.stdout, writable: child.stdin }))
  return {
    prober,
    child,
    async [Symbol.asyncDispose]() {
      prober[Symbol.dispose]()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

const serving = async (listener: RequestListener) => {
  const server = createServer(listener)
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const hostOf = ({ port }: { port: number }) => ({ host: '127.0.0.1', port })
const plan = (port: number, more: Partial<TrafficPlan> = {}): TrafficPlan => ({
  targets: [{ name: 'web', port }],
  request: { path: '/' },
  arrivals: { kind: 'closed', clients: 1 },
  connections: 'keep-alive',
  requests: 3,
  seconds: 20,
  timeoutMs: 5000,
  ...more,
})

describe('the prober', () => {
  it('records every one of many requests at the times planned, each with its own id', async () => {
    await using web = await serving((_, response) => response.end('ok'))
    await using running = await startProber()
    const traffic = await running.prober.traffic(plan(web.port, { arrivals: { kind: 'open', perSecond: 500 }, requests: 1000 }), hostOf)
    await traffic.reached({ answered: 1000 })
    const { requests, startedAt } = await traffic.end()
    expect(requests).toHaveLength(1000)
    expect(new Set(requests.map(({ id }) => id)).size).toBe(1000)
    expect(requests.every(({ scheduledAt }, i) => Math.abs(scheduledAt - (startedAt + i * 2)) < 0.01)).toBe(true)
    expect(requests.every(({ status, startedAt: at, scheduledAt }) => status === 200 && at >= scheduledAt)).toBe(true)
  })

  it('has visitors who keep their cookies and use what they were told', async () => {
    const seen: string[] = []
    await using web = await serving((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.cookie ?? '-'}`)
      if (request.url === '/login') response.setHeader('set-cookie', `session=${seen.length}; Path=/; HttpOnly`)
      response.setHeader('x-token', 't1')
      response.end(JSON.stringify({ order: { items: [{ id: 42 }] } }))
    })
    await using running = await startProber()
    const steps = [
      { path: '/login', capture: { token: { header: 'X-Token' } } },
      {
        method: 'POST',
        path: '/order?by={visitor}',
        body: '{id}',
        headers: { authorization: '{token}' },
        capture: { item: { json: 'order.items.0.id' } },
      },
      { path: '/item/{item}?{unknown}' },
    ] as const
    const { request: _none, requests: _all, ...rest } = plan(web.port)
    const traffic = await running.prober.traffic({ ...rest, arrivals: { kind: 'visitors', visitors: 2, steps, rounds: 1 } }, hostOf)
    await traffic.reached({ answered: 6 })
    const { requests } = await traffic.end()
    expect(new Set(requests.map(({ visitor, step }) => `${visitor}${step}`))).toEqual(new Set(['00', '01', '02', '10', '11', '12']))
    const cookies = new Set(seen.filter((line) => !line.includes('/login')).map((line) => line.split(' ')[2]))
    expect(cookies).toEqual(new Set(seen.flatMap((line, index) => (line.includes('/login') ? [`session=${index + 1}`] : []))))
    expect(seen.filter((line) => line.startsWith('GET /item/42?{unknown} '))).toHaveLength(2)
    expect(seen.filter((line) => /^POST \/order\?by=[01] /.test(line))).toHaveLength(2)
  })

  it('has a balancer that sends to who is ready, and answers itself when nobody is', async () => {
    const ready = { a: true, b: false }
    const listener =
      (name: 'a' | 'b'): RequestListener =>
      (request, response) => {
        if (request.url === '/ready') response.statusCode = ready[name] ? 200 : 503
        response.setHeader('x-served-by', name).end()
      }
    await using a = await serving(listener('a'))
    await using b = await serving(listener('b'))
    await using running = await startProber()
    const traffic = await running.prober.traffic(
      plan(a.port, {
        targets: [
          { name: 'a', port: a.port },
          { name: 'b', port: b.port },
        ],
        arrivals: { kind: 'open', perSecond: 100 },
        requests: 10_000,
        balancer: { health: { path: '/ready', everyMs: 20, timeoutMs: 1000, healthyAfter: 2, unhealthyAfter: 2 } },
      }),
      hostOf,
    )
    await traffic.reached({ inRotation: 1, answered: 10 })
    ready.b = true
    await traffic.reached({ inRotation: 2 })
    ready.a = false
    ready.b = false
    await new Promise((resolve) => setTimeout(resolve, 500))
    const { requests, changes } = await traffic.end()
    expect(changes.map(({ target, now, because }) => [target, now, because]).slice(0, 2)).toEqual([
      ['a', 'in', 'health'],
      ['b', 'in', 'health'],
    ])
    expect(changes.slice(2).map(({ now }) => now)).toEqual(['out', 'out'])
    const [, bIn] = changes
    const bothOut = changes[3]?.at ?? 0
    expect(requests.filter(({ startedAt }) => startedAt < (bIn?.at ?? 0)).some(({ servedBy }) => servedBy === 'b')).toBe(false)
    expect(requests.some(({ servedBy }) => servedBy === 'a')).toBe(true)
    expect(new Set(requests.filter(({ startedAt }) => startedAt > bothOut).map(({ target, status }) => `${target} ${status}`))).toEqual(
      new Set(['balancer 503']),
    )
  })

  it('cuts what a target still holds when its time to drain is over', async () => {
    await using web = await serving((request, response) => void (request.url === '/ready' ? response.end() : undefined))
    await using running = await startProber()
    const traffic = await running.prober.traffic(
      plan(web.port, {
        arrivals: { kind: 'closed', clients: 2 },
        requests: 100_000,
        balancer: { health: { path: '/ready', everyMs: 20, timeoutMs: 1000, healthyAfter: 1, unhealthyAfter: 1 }, drainSeconds: 0.1 },
      }),
      hostOf,
    )
    await traffic.reached({ inRotation: 1 })
    await traffic.reached({ inFlight: 2 })
    await traffic.withdraw('web')
    const { requests, changes } = await traffic.end()
    expect(requests.filter(({ target }) => target === 'web').map(({ error }) => error)).toEqual(['reset', 'reset'])
    expect(changes.at(-1)).toMatchObject({ target: 'web', now: 'out', because: 'withdrawn' })
  })

  it('refuses a plan that has nothing to send', async () => {
    await using running = await startProber()
    const { request: _none, ...empty } = plan(1)
    await expect(running.prober.traffic(empty, hostOf)).rejects.toMatchObject({ code: 'prober.failed' })
  })

  it('keeps idle connections open until the server closes them', async () => {
    await using web = await serving((_, response) => response.end('ok'))
    await using running = await startProber()
    const traffic = await running.prober.traffic(plan(web.port), hostOf)
    await traffic.reached({ answered: 3 })
    const { promise, resolve } = Promise.withResolvers<number>()
    web.server.getConnections((_, count) => resolve(count))
    expect(await promise).toBe(1)
    await traffic.end()
  })

  it('gives an idle connection up before the server does, which says when that will be', async () => {
    await using web = await serving((_, response) => response.end('ok'))
    web.server.keepAliveTimeout = 2000
    const ended = Promise.withResolvers<'by the prober' | 'by the server'>()
    web.server.on('connection', (socket) => {
      socket.on('end', () => ended.resolve('by the prober'))
      socket.on('close', () => ended.resolve('by the server'))
    })
    await using running = await startProber()
    const traffic = await running.prober.traffic(plan(web.port), hostOf)
    await traffic.reached({ answered: 3 })
    expect(await ended.promise).toBe('by the prober')
    await traffic.end()
  })

  it('keeps the first KiB of an answer and reads the rest', async () => {
    await using web = await serving((_, response) => response.end('波'.repeat(100_000)))
    await using running = await startProber()
    const traffic = await running.prober.traffic(plan(web.port, { requests: 1 }), hostOf)
    await traffic.reached({ answered: 1 })
    const [record] = (await traffic.end()).requests
    expect(record?.body).toBe('波'.repeat(341))
    expect(record).not.toHaveProperty('error')
  })

  it('calls an answer that is not HTTP cut, and a port that says nothing timed out', async () => {
    const garbage = createTcpServer((socket) => socket.end('220 not a web server\r\n'))
    await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve))
    await using web = await serving(() => {})
    await using running = await startProber()
    const errorOf = async (port: number) => {
      const traffic = await running.prober.traffic(plan(port, { requests: 1, timeoutMs: 150 }), hostOf)
      await traffic.reached({ answered: 1 })
      return (await traffic.end()).requests.map(({ error }) => error)
    }
    expect(await errorOf((garbage.address() as AddressInfo).port)).toEqual(['cut'])
    expect(await errorOf(web.port)).toEqual(['timeout'])
    garbage.close()
  })

  it('waits for a port that opens late, and gives up in time on one that never does', async () => {
    await using running = await startProber()
    const server = createTcpServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await running.prober.waitForPort({ host: '127.0.0.1', port, withinSeconds: 0.2 })).toBe(false)
    const waiting = running.prober.waitForPort({ host: '127.0.0.1', port, withinSeconds: 20 })
    setTimeout(() => server.listen(port, '127.0.0.1'), 100)
    expect(await waiting).toBe(true)
    server.close()
  })

  it('stops waiting when the wait is aborted', async () => {
    await using web = await serving(() => {})
    await using running = await startProber()
    const traffic = await running.prober.traffic(plan(web.port), hostOf)
    await expect(traffic.reached({ answered: 1 }, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect(traffic.end({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
  })

  it('that is killed fails every wait at once', async () => {
    await using web = await serving(() => {})
    await using running = await startProber()
    const traffic = await running.prober.traffic(plan(web.port), hostOf)
    const waiting = traffic.reached({ answered: 1 })
    running.child.kill('SIGKILL')
    await expect(waiting).rejects.toMatchObject({ code: 'prober.failed' })
    await expect(traffic.withdraw('web')).rejects.toMatchObject({ code: 'prober.failed' })
  })

  it.each(['not json', '{"call":1,"at":"noon"}', '{"call":1,"at":1,"more":true}'])('that says %j is not believed', async (line) => {
    const said = new PassThrough()
    const channel = Duplex.from({ readable: said, writable: new PassThrough().resume() })
    said.write(`${line}\n`)
    await expect(connectProber(channel)).rejects.toMatchObject({ code: 'prober.failed' })
  })
})
