import { describe, expect, it } from 'vitest'
import type { Power, RequestRecord, Sandbox, SandboxSpec, Service, ServiceSpec } from '../../runner/sandbox/contract.ts'

/** Asks another service on connections that it keeps, counts what it was asked, and writes where it may. */
const SERVER = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
const agent = new http.Agent({ keepAlive: true })
let asked = 0
const ask = (url, answer) => {
  const request = http.get(url, { agent, timeout: 3000 }, (response) => { response.resume(); response.on('end', () => answer(200, 'heard')) })
  request.on('timeout', () => request.destroy()).on('error', () => answer(504, 'silence'))
}
http.createServer((request, response) => {
  const url = new URL(request.url, 'http://x')
  const answer = (status, text) => { response.statusCode = status; response.end(text) }
  asked += 1
  if (url.pathname === '/ask') return ask('http://' + url.searchParams.get('of') + ':8080/', answer)
  if (url.pathname === '/write') {
    try { appendFileSync('kept', 'x'.repeat(100_000)); return answer(200, 'written') } catch (error) { return answer(507, error.code) }
  }
  if (url.pathname === '/kept') return answer(200, String(existsSync('kept') ? readFileSync('kept').length : 0))
  answer(200, 'asked ' + asked)
}).listen(8080, () => console.log('up'))
`

const web = (name: string, more: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name,
  command: ['node', 'server.mjs'],
  files: { 'server.mjs': SERVER },
  ready: { port: 8080, withinSeconds: 30 },
  ...more,
})

/** What is done to services by us, and what limits do to them. */
export const describeFaults = (open: (spec: Partial<SandboxSpec>) => Promise<Sandbox>, gaps: Partial<Record<Power, string>>): void => {
  const withPower = (power: Power, sentence: string, test: (sandbox: Sandbox) => Promise<void>) => {
    const reason = gaps[power]
    const run = async () => {
      await using sandbox = await open({ network: 'internal', powers: [power] })
      expect(sandbox.gaps).not.toContain(power)
      await test(sandbox)
    }
    if (reason === undefined) it(sentence, run)
    else it.skip(`${sentence} (skipped: ${reason})`, run)
  }
  const asked = async (sandbox: Sandbox, name: string, path: string, timeoutMs = 8000): Promise<RequestRecord> => {
    await using traffic = await sandbox.traffic({
      targets: [{ name, port: 8080 }],
      request: { path },
      arrivals: { kind: 'closed', clients: 1 },
      connections: 'fresh',
      requests: 1,
      seconds: 10,
      timeoutMs,
    })
    await traffic.reached({ answered: 1 })
    const [record] = (await traffic.end()).requests
    if (!record) throw new Error('nothing was recorded')
    return record
  }
  const linesOf = async (service: Service) => (await Array.fromAsync(service.logs())).map(({ text }) => text)

  describe('faults', () => {
    withPower('isolate', 'cut one line and no other, on connections that are open too, until healed', async (sandbox) => {
      await using store = await sandbox.start(web('store'))
      await using _front = await sandbox.start(web('front'))
      const front = () => asked(sandbox, 'front', '/ask?of=store')
      expect(await front()).toMatchObject({ status: 200, body: 'heard' })
      const cut = await store.isolate('front')
      expect(await front()).toMatchObject({ status: 504, body: 'silence' })
      expect(await asked(sandbox, 'store', '/')).toMatchObject({ status: 200 })
      await cut[Symbol.asyncDispose]()
      await cut[Symbol.asyncDispose]()
      expect(await front()).toMatchObject({ status: 200, body: 'heard' })
    })

    withPower('isolate', 'stay when a service is started again, and can part it from the prober', async (sandbox) => {
      await using store = await sandbox.start(web('store', { ready: { port: 8080, withinSeconds: 3 } }))
      const cut = await store.isolate('prober')
      expect(await asked(sandbox, 'store', '/', 500)).toMatchObject({ error: 'timeout' })
      expect(await store.restart({ graceSeconds: 0 })).toEqual({ ready: false })
      await cut[Symbol.asyncDispose]()
      await expect.poll(async () => (await asked(sandbox, 'store', '/')).status, { timeout: 20_000 }).toBe(200)
    })

    withPower('isolate', 'from a service that is not there are the lab’s mistake', async (sandbox) => {
      await using store = await sandbox.start(web('store'))
      await expect(store.isolate('nobody')).rejects.toMatchObject({ code: 'lab.broken' })
    })

    withPower('degrade', 'make a line slow and lossy until healed', async (sandbox) => {
      await using store = await sandbox.start(web('store'))
      const slow = await store.degrade('prober', { delayMs: 1500 })
      const delayed = await asked(sandbox, 'store', '/')
      // A connection is one round trip, the request on it another.
      expect(delayed.endedAt - delayed.startedAt).toBeGreaterThan(2990)
      const lost = await store.degrade('prober', { loss: 1 })
      await slow[Symbol.asyncDispose]()
      expect(await asked(sandbox, 'store', '/', 500)).toMatchObject({ error: 'timeout' })
      await lost[Symbol.asyncDispose]()
      const healed = await asked(sandbox, 'store', '/')
      expect(healed.status).toBe(200)
      expect(healed.endedAt - healed.startedAt).toBeLessThan(2990)
    })

    withPower('pause', 'stop a service where it stands, and let it go on', async (sandbox) => {
      await using store = await sandbox.start(web('store'))
      const paused = await store.pause()
      expect(await asked(sandbox, 'store', '/', 500)).toMatchObject({ error: 'timeout' })
      await paused[Symbol.asyncDispose]()
      await paused[Symbol.asyncDispose]()
      expect(await asked(sandbox, 'store', '/')).toMatchObject({ status: 200 })
    })

    withPower('restart', 'start a service again with nothing in memory, and count it', async (sandbox) => {
      await using store = await sandbox.start(web('store'))
      await asked(sandbox, 'store', '/write')
      expect(await asked(sandbox, 'store', '/')).toMatchObject({ body: 'asked 2' })
      const restarted = store.restart({ graceSeconds: 0 })
      expect(await store.exited()).toMatchObject({ code: 137, by: 'us' })
      expect(await restarted).toMatchObject({ ready: true })
      expect(await asked(sandbox, 'store', '/kept')).toMatchObject({ body: '0' })
      expect(await asked(sandbox, 'store', '/')).toMatchObject({ body: 'asked 2' })
      expect(await store.stats()).toMatchObject({ restarts: 1 })
      await store.stop({ graceSeconds: 0 })
      expect(await linesOf(store)).toEqual(['up', 'up'])
    })

    withPower('restart', 'keep the disk of a service that has one', async (sandbox) => {
      await using store = await sandbox.start(web('store', { durable: true }))
      await asked(sandbox, 'store', '/write')
      await store.restart({ graceSeconds: 0 })
      expect(await asked(sandbox, 'store', '/kept')).toMatchObject({ body: '100000' })
    })

    withPower('clock', 'set the clock of one service, whatever it is written in', async (sandbox) => {
      const clock = async (clockAheadSeconds: number, command: readonly string[]) => {
        await using service = await sandbox.start({ name: 'clock', command, clockAheadSeconds })
        await service.exited()
        const [told = ''] = await linesOf(service)
        return Number(told) - Date.now() / 1000
      }
      expect(await clock(86_400, ['node', '-p', 'Date.now() / 1000'])).toBeCloseTo(86_400, -2)
      expect(await clock(-3600, ['python3', '-c', 'import time; print(time.time())'])).toBeCloseTo(-3600, -2)
    })

    withPower('inside', 'be entered as by a person with a shell', async (sandbox) => {
      await using store = await sandbox.start(web('store'))
      const edit = "id -u; sed -i 's/heard/edited/' server.mjs && cat server.mjs | grep -c edited; touch /mine || exit 3"
      const done = await store.inside(['sh', '-c', edit])
      expect({ code: done?.code, said: Buffer.from(done?.stdout ?? []).toString() }).toEqual({ code: 3, said: '10001\n1\n' })
      await store.signal('SIGKILL')
      await store.exited()
      expect(await store.inside(['true'])).toBeUndefined()
    })

    withPower('fill', 'leave no room on the disk until undone', async (sandbox) => {
      await using store = await sandbox.start(web('store'))
      const full = await store.fill('disk')
      expect(await asked(sandbox, 'store', '/write')).toMatchObject({ status: 507, body: 'ENOSPC' })
      expect(await store.stats()).toMatchObject({ exhausted: ['disk'] })
      await full[Symbol.asyncDispose]()
      expect(await asked(sandbox, 'store', '/write')).toMatchObject({ status: 200 })
      expect(await store.stats()).toMatchObject({ exhausted: [] })
    })

    withPower('fill', 'take the memory up to its limit until undone', async (sandbox) => {
      await using store = await sandbox.start(web('store', { limits: { memoryMiB: 160 } }))
      const full = await store.fill('memory', { leaveMiB: 16 })
      expect((await store.stats()).memoryMiB).toBeGreaterThan(125)
      expect(await asked(sandbox, 'store', '/')).toMatchObject({ status: 200 })
      await full[Symbol.asyncDispose]()
      expect((await store.stats()).memoryMiB).toBeLessThan(125)
    })
  })

  describe('limits of services', () => {
    it('end one that writes too much, and its exit says so', async () => {
      await using sandbox = await open({ network: 'internal' })
      const chatty = 'while :; do echo 0123456789012345678901234567890123456789; done'
      await using service = await sandbox.start({ name: 'chatty', command: ['sh', '-c', chatty], limits: { outputKiB: 8 } })
      expect(await service.exited()).toMatchObject({ by: 'output', limit: { limit: 'output', allowed: 8, unit: 'KiB' } })
      const endless = ['python3', '-c', 'import sys\nwhile True: sys.stdout.write("a" * 65536)']
      await using unbroken = await sandbox.start({ name: 'unbroken', command: endless, limits: { outputKiB: 8 } })
      expect(await unbroken.exited()).toMatchObject({ by: 'output' })
    })

    withPower('disk-limit', 'end one that writes too large a file, and its exit says so', async (sandbox) => {
      await using service = await sandbox.start({ name: 'large', command: ['head', '-c', '3000000', '/dev/zero'], limits: { fileMiB: 1 } })
      await service.exited()
      const command = [
        'python3',
        '-c',
        'import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL); open("big", "wb").write(bytes(3_000_000))',
      ]
      await using large = await sandbox.start({
        name: 'larger',
        command: ['sh', '-c', '"$@"; exit $?', 'sh', ...command],
        limits: { fileMiB: 1 },
      })
      expect(await large.exited()).toMatchObject({ by: 'disk' })
    })

    withPower('pids-limit', 'tell of one that was refused processes, while it runs and at its end', async (sandbox) => {
      const bomb =
        'import os, signal, sys, time\nsignal.signal(15, lambda *_: os._exit(9))\ntry:\n  while True:\n    if os.fork() == 0: time.sleep(600)\nexcept OSError: print("refused", flush=True)\nwhile True: time.sleep(1)'
      await using service = await sandbox.start({ name: 'bomb', command: ['python3', '-c', bomb], limits: { pids: 24 } })
      for await (const { text } of service.logs()) if (text === 'refused') break
      expect(await service.stats()).toMatchObject({ exhausted: ['pids'] })
      expect(await service.stop({ graceSeconds: 20 })).toMatchObject({ code: 9, by: 'pids' })
    })
  })
}
