import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ExecOptions, Power, RequestRecord, Sandbox, SandboxDriver, SandboxSpec, ServiceSpec } from '../../runner/sandbox/contract.ts'
import { toPowers } from '../../runner/sandbox/powers.ts'
import { IMAGES_MS } from './engine.ts'
import { describeFaults } from './faults.ts'
import { describeWalls } from './walls.ts'

export interface Subject {
  /** A driver of its own instance; the suite opens and sweeps with it. */
  readonly driver: SandboxDriver
  /** Names of whatever the driver's instance owns in its engine now: empty after each test. */
  left(): Promise<readonly string[]>
  /** After the last test. */
  end?(): Promise<void>
}

export interface SuiteOptions {
  /** What this driver cannot do, each with the reason that the skipped test prints. */
  readonly gaps?: Partial<Record<Power, string>>
  /** Why none of it can run here: all of it is skipped, and counted. */
  readonly because?: string | undefined
}

const text = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8'))
const python = (...lines: readonly string[]): readonly string[] => ['python3', '-c', lines.join('\n')]

/** A server that answers after `?ms=`, says who it is, and knows some ways to misbehave. */
const SERVER = `
import http from 'node:http'
const name = process.env.NAME
const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://x')
  let body = ''
  request.on('data', (chunk) => { body += chunk })
  request.on('end', () => {
    if (url.pathname === '/reset') return request.socket.resetAndDestroy()
    if (url.pathname === '/cut') { response.writeHead(200, { 'content-length': 100 }); response.write('half'); return setTimeout(() => request.socket.destroy(), 20) }
    if (url.pathname === '/never') return
    setTimeout(() => {
      response.setHeader('x-served-by', name)
      response.end(request.method + ' ' + url.pathname + ' ' + body)
    }, Number(url.searchParams.get('ms') ?? 0))
  })
})
server.listen(8080, () => console.log('listening'))
process.on('SIGTERM', () => { console.log('stopping'); server.close(() => process.exit(7)); server.closeAllConnections() })
`

const web = (name = 'web', more: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name,
  command: ['node', 'server.mjs'],
  files: { 'server.mjs': SERVER },
  env: { NAME: name },
  ready: { port: 8080, withinSeconds: 20 },
  ...more,
})

/** One suite for every driver. A gap is a skip with a written reason, never a weaker expectation. */
export const describeDriver = (name: string, makeSubject: () => Promise<Subject>, { gaps = {}, because }: SuiteOptions = {}): void => {
  const withPower = (power: Power, sentence: string, test: () => Promise<void>) => {
    const reason = gaps[power]
    if (reason === undefined) it(sentence, test)
    else it.skip(`${sentence} (skipped: ${reason})`, test)
  }

  describe.skipIf(because !== undefined)(`the ${name} driver`, () => {
    let subject: Subject
    beforeAll(async () => {
      subject = await makeSubject()
    }, IMAGES_MS)
    afterAll(() => subject?.end?.())
    const open = (spec: Partial<SandboxSpec> = {}, signal?: AbortSignal) =>
      subject.driver.open({ submission: 'suite', deadlineSeconds: 120, image: 'node', network: 'none', ...spec }, signal ? { signal } : {})
    const using = async (spec: Partial<SandboxSpec>, run: (sandbox: Sandbox) => Promise<void>) => {
      await using sandbox = await open(spec)
      await run(sandbox)
    }

    afterEach(async () => {
      expect(await subject.left(), 'nothing is left behind').toEqual([])
    })

    it('lists beforehand what it cannot do', () =>
      using({}, async (sandbox) => expect([...sandbox.gaps].toSorted()).toEqual(toPowers(gaps).toSorted())))

    describe('running a program', () => {
      const exec = async (command: readonly string[], options: ExecOptions = {}) => {
        await using sandbox = await open()
        return await sandbox.exec(command, options)
      }

      it('is ready', async () => {
        expect(await subject.driver.probe()).toMatchObject({ ready: true })
      })

      it('tells stdout, stderr and the exit code apart', async () => {
        const { stdout, stderr, ended } = await exec(['sh', '-c', 'echo out; echo err >&2; exit 3'])
        expect({ stdout: text(stdout), stderr: text(stderr), ended }).toEqual({
          stdout: 'out\n',
          stderr: 'err\n',
          ended: { by: 'itself', code: 3 },
        })
      })

      it('hands over bytes as they are', async () => {
        const { stdout } = await exec(python('import sys', 'sys.stdout.buffer.write(bytes(range(256)) * 500)'))
        expect(Buffer.from(stdout).equals(Buffer.from(Array.from({ length: 256 * 500 }, (_, i) => i % 256)))).toBe(true)
      })

      it('hands over text of any language whole, however it is cut on the way', async () => {
        const { stdout } = await exec(python('import sys', 'for _ in range(3000): print("波止場 ⚓ déjà", flush=True)'))
        expect(text(stdout)).toBe('波止場 ⚓ déjà\n'.repeat(3000))
      })

      it('gives the program its input to the last byte and then the end', async () => {
        const stdin = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7) % 256))
        const { stdout } = await exec(python('import sys', 'sys.stdout.buffer.write(sys.stdin.buffer.read())'), { stdin })
        expect(Buffer.from(stdout).equals(stdin)).toBe(true)
      })

      it('gives a program without input an end at once', async () => {
        const { stdout, ended } = await exec(['cat'])
        expect({ stdout: text(stdout), ended }).toEqual({ stdout: '', ended: { by: 'itself', code: 0 } })
      })

      it('sets what the lab sets in the environment and nothing of ours', async () => {
        const { stdout } = await exec(['env'], { env: { COLOUR: '藍' } })
        const names = text(stdout)
          ?.split('\n')
          .filter(Boolean)
          .map((line) => line.split('=')[0])
        expect(text(stdout)).toContain('COLOUR=藍\n')
        expect(names?.filter((name) => /hatoba|docker|node_/i.test(name ?? ''))).toEqual([])
      })

      it('reports a program that does not exist as that program’s failure', async () => {
        expect((await exec(['no-such-program'])).ended).toEqual({ by: 'itself', code: 127 })
      })

      it('names the signal that ended a program', async () => {
        expect((await exec(python('import os', 'os.abort()'))).ended).toEqual({ by: 'signal', signal: 'SIGABRT' })
      })

      it('ends what a program left running', async () => {
        const { ended, ms } = await exec(['sh', '-c', 'setsid sleep 60 & exit 0'])
        expect(ended).toEqual({ by: 'itself', code: 0 })
        expect(ms).toBeLessThan(30_000)
      })

      it('ends by us when the signal is aborted, leaving nothing', async () => {
        await using sandbox = await open()
        const abort = new AbortController()
        const running = sandbox.exec(['sleep', '60'], { signal: abort.signal, limits: { wallSeconds: 60 } })
        setTimeout(() => abort.abort(new Error('the learner left')), 500)
        await expect(running).rejects.toThrow('the learner left')
        expect((await sandbox.exec(['true'])).ended).toEqual({ by: 'itself', code: 0 })
      })
    })

    describe('limits', () => {
      const limited = async (command: readonly string[], limits: ExecOptions['limits']) => {
        await using sandbox = await open()
        return await sandbox.exec(command, limits ? { limits } : {})
      }

      it('the clock ends a program that sleeps', async () => {
        expect((await limited(['sleep', '60'], { wallSeconds: 1 })).ended).toEqual({ by: 'limit', limit: 'time', allowed: 1, unit: 's' })
      })

      it('the clock ends a program that ignores every signal it can', async () => {
        const stubborn = python('import signal, time', 'for s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)', 'time.sleep(60)')
        expect((await limited(stubborn, { wallSeconds: 1 })).ended).toMatchObject({ by: 'limit', limit: 'time' })
      })

      it('endless output without a line end is cut at the byte', async () => {
        const { stdout, stderr, ended } = await limited(python('import sys', 'while True: sys.stdout.write("a" * 65536)'), {
          outputKiB: 100,
        })
        expect(ended).toEqual({ by: 'limit', limit: 'output', allowed: 100, unit: 'KiB' })
        expect(stdout.length + stderr.length).toBe(100 * 1024)
      })

      withPower('memory-limit', 'a program that takes memory ends as exhausted memory', async () => {
        const { ended } = await limited(python('kept = []', 'while True: kept.append(bytearray(b"x" * 10_000_000))'), { memoryMiB: 64 })
        expect(ended).toEqual({ by: 'limit', limit: 'memory', allowed: 64, unit: 'MiB' })
      })

      withPower('memory-limit', 'a child that takes memory ends as exhausted memory', async () => {
        const { ended } = await limited(['sh', '-c', 'python3 -c "x = bytearray(b\\"x\\" * 300_000_000)"; exit $?'], { memoryMiB: 64 })
        expect(ended).toMatchObject({ by: 'limit', limit: 'memory' })
      })

      withPower('pids-limit', 'a fork bomb ends as exhausted processes', async () => {
        const { ended } = await limited(python('import os', 'while True: os.fork()'), { pids: 24, wallSeconds: 5 })
        expect(ended).toEqual({ by: 'limit', limit: 'pids', allowed: 24, unit: 'processes' })
      })

      withPower('pids-limit', 'a fork bomb that hides its errors ends as exhausted processes', async () => {
        const bomb = python('import os, time', 'while True:', '  try: os.fork()', '  except OSError: time.sleep(0.01)')
        expect((await limited(bomb, { pids: 24, wallSeconds: 2 })).ended).toMatchObject({ by: 'limit', limit: 'pids' })
      })

      withPower('disk-limit', 'a file beyond its largest size ends as exhausted disk', async () => {
        const { ended } = await limited(['sh', '-c', 'head -c 20000000 /dev/zero > big'], { fileMiB: 1 })
        expect(ended).toEqual({ by: 'limit', limit: 'disk', allowed: 1, unit: 'MiB' })
      })

      withPower('disk-limit', 'the working directory and /tmp have a size', async () => {
        const fill =
          'i=0; while head -c 1000000 /dev/zero > $1/$i 2>/dev/null; do i=$((i+1)); [ $i -gt 200 ] && exit 9; done; echo full after $i'
        for (const place of ['.', '/tmp']) {
          await using sandbox = await open({ limits: { diskMiB: 8 } })
          const { stdout } = await sandbox.exec(['sh', '-c', fill, 'sh', place])
          expect(text(stdout), place).toMatch(/^full after [78]\n$/)
        }
      })
    })

    describe('files', () => {
      it('written are there for programs, scripts can be run, folders appear', () =>
        using({}, async (sandbox) => {
          await sandbox.write({ 'a/b/c.txt': '深い', 'run.sh': '#!/bin/sh\ncat a/b/c.txt\n', 'raw.bin': new Uint8Array([0, 255, 10]) })
          expect(text((await sandbox.exec(['./run.sh'])).stdout)).toBe('深い')
          expect(await sandbox.read('raw.bin')).toEqual(new Uint8Array([0, 255, 10]))
        }))

      it('that a program made can be read after it ended, and seen by the next program', () =>
        using({}, async (sandbox) => {
          await sandbox.exec(['sh', '-c', 'mkdir out; echo made > out/file'])
          expect(text(await sandbox.read('out/file'))).toBe('made\n')
          expect(text((await sandbox.exec(['cat', 'out/file'])).stdout)).toBe('made\n')
        }))

      it('that are not there, folders, links and pipes read as nothing', () =>
        using({}, async (sandbox) => {
          await sandbox.exec(['sh', '-c', 'mkdir d; echo x > d/x; ln -s /etc/passwd link; ln -s /etc dir; ln -s d/x near; mkfifo pipe'])
          for (const path of ['absent', 'd', 'link', 'dir/passwd', 'near', 'pipe', '../etc/passwd', '/etc/passwd', 'd/../d/x', '']) {
            expect(await sandbox.read(path), path).toBeUndefined()
          }
        }))

      it('are never written through a link', () =>
        using({}, async (sandbox) => {
          await sandbox.exec(['sh', '-c', 'mkdir real; ln -s real d; echo before > target; ln -s target file'])
          await sandbox.write({ 'd/x': 'new', file: 'new' })
          expect(text(await sandbox.read('target'))).toBe('before\n')
          expect(await sandbox.read('real/x')).toBeUndefined()
          expect(text(await sandbox.read('d/x'))).toBe('new')
          expect(text(await sandbox.read('file'))).toBe('new')
        }))

      it('with a path that leaves the working directory are refused', () =>
        using({}, async (sandbox) => {
          for (const path of ['../x', '/x', 'a/../../x', 'a\0b', ''])
            await expect(sandbox.write({ [path]: 'x' })).rejects.toThrow(TypeError)
        }))

      withPower('private-files', 'of one sandbox are not in another', async () => {
        await using first = await open()
        await using second = await open()
        await first.exec(['sh', '-c', 'echo mine > mine; echo mine > /tmp/mine; echo mine > /dev/shm/mine'])
        const { stdout } = await second.exec(['sh', '-c', 'ls /work /tmp /dev/shm | grep mine'])
        expect(text(stdout)).toBe('')
      })
    })

    describe('services', () => {
      withPower('network', 'reach each other by name, and are ready when their port is', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using store = await sandbox.start(web('store'))
          expect(store.readiness).toMatchObject({ ready: true })
          const asks = `const answer = await fetch('http://store:8080/order'); console.log(answer.headers.get('x-served-by'))`
          await using client = await sandbox.start({ name: 'client', command: ['node', 'ask.mjs'], files: { 'ask.mjs': asks } })
          expect(await client.exited()).toMatchObject({ code: 0, by: 'itself' })
          expect((await Array.fromAsync(client.logs())).map(({ text }) => text)).toEqual(['store'])
        }),
      )

      it('that end before they are ready say so at once', () =>
        using({ network: 'internal' }, async (sandbox) => {
          const began = Date.now()
          await using service = await sandbox.start(
            web('web', { command: ['sh', '-c', 'echo no; exit 4'], ready: { port: 8080, withinSeconds: 60 } }),
          )
          expect(service.readiness).toMatchObject({ ready: false, exited: { code: 4, by: 'itself' } })
          expect(Date.now() - began).toBeLessThan(30_000)
        }))

      it('whose port stays closed are not ready after their time', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using service = await sandbox.start(web('web', { command: ['sleep', '60'], ready: { port: 8080, withinSeconds: 1 } }))
          expect(service.readiness).toEqual({ ready: false })
        }))

      it('whose program does not exist end as that', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using service = await sandbox.start({ name: 'web', command: ['no-such-program'] })
          expect(await service.exited()).toMatchObject({ code: 127, by: 'itself' })
        }))

      withPower('signal', 'get the signal as the given command, and exit by themselves', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using service = await sandbox.start(web())
          const [first] = await service.processes()
          expect(first).toMatchObject({ command: 'node server.mjs', onSigterm: 'handled' })
          const sentAt = Date.now()
          const exit = await service.stop({ graceSeconds: 20 })
          expect(exit).toMatchObject({ code: 7, by: 'itself' })
          expect(exit.at).toBeGreaterThan(sentAt - 1000)
          expect(exit.at).toBeLessThan(Date.now() + 1000)
          expect(await service.exited()).toEqual(exit)
          expect(await service.stop({ graceSeconds: 1 })).toEqual(exit)
          expect(await service.processes()).toEqual([])
        }),
      )

      withPower('signal', 'that ignore the signal are killed by us at the end of the grace period', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using service = await sandbox.start({
            name: 'web',
            command: ['sh', '-c', 'trap "" TERM; echo up; while :; do sleep 1; done'],
          })
          const sentAt = Date.now()
          const exit = await service.stop({ graceSeconds: 1 })
          expect(exit).toMatchObject({ code: 137, by: 'us' })
          expect(exit.at - sentAt).toBeGreaterThan(900)
        }),
      )

      withPower('memory-limit', 'that take too much memory end by memory', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using service = await sandbox.start({
            name: 'web',
            command: python('x = bytearray(b"x" * 300_000_000)'),
            limits: { memoryMiB: 64 },
          })
          expect(await service.exited()).toMatchObject({ by: 'memory' })
        }),
      )

      it('are logged to the last line even when they are removed at once', () =>
        using({ network: 'internal' }, async (sandbox) => {
          const lines = 2000
          const service = await sandbox.start({ name: 'web', command: python(`for i in range(${lines}): print("行", i, flush=True)`) })
          await service.exited()
          await service[Symbol.asyncDispose]()
          const logged = await Array.fromAsync(service.logs())
          expect(logged).toHaveLength(lines)
          expect(logged.at(-1)).toMatchObject({ stream: 'stdout', text: `行 ${lines - 1}` })
          expect(logged.every(({ at }, i) => i === 0 || at >= (logged[i - 1]?.at ?? 0))).toBe(true)
        }))

      it('have long lines and lines without an end logged whole', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using service = await sandbox.start({
            name: 'web',
            command: python('import sys', 'print("長" * 20000)', 'sys.stderr.write("end")'),
          })
          await service.exited()
          const logged = await Array.fromAsync(service.logs())
          expect(logged.map(({ stream, text }) => [stream, text.length]).sort()).toEqual([
            ['stderr', 3],
            ['stdout', 20000],
          ])
        }))

      it('tell which files they have written', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using service = await sandbox.start({
            name: 'web',
            command: python(
              'import os, time',
              'os.makedirs("logs/a b")',
              'os.symlink("/etc/passwd", "logs/link")',
              'open("logs/a b/app.log", "w").write("x" * 1234)',
              'open("kept.txt", "a").write("+")',
              'print("written", flush=True)',
              'time.sleep(600)',
            ),
            files: { 'kept.txt': 'as it came' },
          })
          for await (const { text } of service.logs()) if (text === 'written') break
          expect(await service.files()).toEqual([
            { path: '/work/kept.txt', bytes: 11 },
            { path: '/work/logs/a b/app.log', bytes: 1234 },
          ])
          await service.signal('SIGKILL')
          await service.exited()
          expect(await service.files()).toEqual([])
        }))

      it('tell what they use', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using service = await sandbox.start(web())
          const { memoryMiB, cpuSeconds, restarts } = await service.stats()
          expect(memoryMiB).toBeGreaterThan(1)
          expect(cpuSeconds).toBeGreaterThan(0)
          expect(restarts).toBe(0)
        }))
    })

    describe('traffic', () => {
      const errorsOf = (requests: readonly RequestRecord[]) => new Set(requests.map(({ error }) => error))
      const plan = (path: string, more: Partial<Parameters<Sandbox['traffic']>[0]> = {}): Parameters<Sandbox['traffic']>[0] => ({
        targets: [{ name: 'web', port: 8080 }],
        request: { path },
        arrivals: { kind: 'closed', clients: 1 },
        connections: 'keep-alive',
        requests: 3,
        seconds: 20,
        timeoutMs: 5000,
        ...more,
      })
      const ended = async (sandbox: Sandbox, what: Parameters<Sandbox['traffic']>[0]) => {
        await using traffic = await sandbox.traffic(what)
        await traffic.reached({ answered: what.requests ?? 1 })
        return await traffic.end()
      }

      it('of fixed arrivals keeps to its times while answers are slow, and records every request', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using _web = await sandbox.start(web())
          const { requests, startedAt, endedAt } = await ended(
            sandbox,
            plan('/order?ms=300', {
              request: { method: 'POST', path: '/order?ms=300&id={id}', body: 'n={id}' },
              arrivals: { kind: 'open', perSecond: 50 },
              requests: 40,
            }),
          )
          expect(requests).toHaveLength(40)
          expect(new Set(requests.map(({ id }) => id)).size).toBe(40)
          for (const [i, record] of requests.entries()) {
            expect(record.scheduledAt).toBeCloseTo(startedAt + i * 20, 3)
            expect(record.startedAt).toBeGreaterThanOrEqual(record.scheduledAt)
            expect(record.firstByteAt).toBeGreaterThanOrEqual(record.startedAt + 290)
            expect(record.endedAt).toBeGreaterThanOrEqual(record.firstByteAt ?? 0)
            expect(record).toMatchObject({ target: 'web', status: 200, servedBy: 'web', body: `POST /order n=${record.id}` })
          }
          // Forty requests of 0.3 s each in far less than the 12 s that one after another would take.
          expect(endedAt - startedAt).toBeLessThan(10_000)
        }))

      it('of waiting clients has no more in flight than clients, on connections that stay', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using _web = await sandbox.start(web())
          const { requests } = await ended(sandbox, plan('/order?ms=5', { arrivals: { kind: 'closed', clients: 3 }, requests: 30 }))
          expect(requests).toHaveLength(30)
          expect(new Set(requests.map(({ connection }) => connection)).size).toBeLessThanOrEqual(3)
          for (const { startedAt } of requests) {
            expect(requests.filter((other) => other.startedAt <= startedAt && other.endedAt > startedAt).length).toBeLessThanOrEqual(3)
          }
        }))

      it('of several plans begun at once keeps their records apart', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using _web = await sandbox.start(web())
          const paths = ['/order?ms=1', '/order?ms=2', '/order?ms=3', '/order?ms=4']
          const bodies = await Promise.all(
            paths.map(async (path, i) => {
              const request = { method: 'POST', path, body: `plan ${i}` } as const
              return (await ended(sandbox, plan(path, { request }))).requests.map(({ body }) => body)
            }),
          )
          expect(bodies).toEqual(paths.map((_, i) => Array(3).fill(`POST /order plan ${i}`)))
        }))

      it('with fresh connections uses each once', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using _web = await sandbox.start(web())
          const { requests } = await ended(sandbox, plan('/order', { connections: 'fresh', requests: 5 }))
          expect(new Set(requests.map(({ connection }) => connection)).size).toBe(5)
        }))

      withPower('own-ports', 'goes to its targets in turn, and not to one that is withdrawn', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using _a = await sandbox.start(web('a'))
          await using _b = await sandbox.start(web('b'))
          const began = Date.now()
          await using traffic = await sandbox.traffic({
            ...plan('/order'),
            targets: [
              { name: 'a', port: 8080 },
              { name: 'b', port: 8080 },
            ],
            arrivals: { kind: 'open', perSecond: 100 },
            requests: 2000,
          })
          /** Some answers more than there can have been at this moment, however long we were kept from looking. */
          const someAfter = (at: number) => traffic.reached({ answered: Math.ceil((at - began) / 10) + 20 })
          await traffic.reached({ answered: 20 })
          const withdrawn = await traffic.withdraw('a')
          await someAfter(withdrawn.at)
          const restored = await traffic.restore('a')
          await someAfter(restored.at)
          const { requests } = await traffic.end()
          const between = requests.filter(({ startedAt }) => startedAt > withdrawn.at && startedAt < restored.at)
          expect(new Set(between.map(({ servedBy }) => servedBy))).toEqual(new Set(['b']))
          expect(new Set(requests.filter(({ startedAt }) => startedAt < withdrawn.at).map(({ servedBy }) => servedBy))).toEqual(
            new Set(['a', 'b']),
          )
          expect(requests.filter(({ startedAt }) => startedAt > restored.at).some(({ servedBy }) => servedBy === 'a')).toBe(true)
        }),
      )

      it('tells how a request failed', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using _web = await sandbox.start(web())
          expect(errorsOf((await ended(sandbox, plan('/reset'))).requests)).toEqual(new Set(['reset']))
          expect(errorsOf((await ended(sandbox, plan('/cut'))).requests)).toEqual(new Set(['cut']))
          expect(errorsOf((await ended(sandbox, plan('/never', { timeoutMs: 200 }))).requests)).toEqual(new Set(['timeout']))
          expect(errorsOf((await ended(sandbox, plan('/', { targets: [{ name: 'web', port: 9 }] }))).requests)).toEqual(
            new Set(['refused']),
          )
        }))

      withPower('network', 'to a name that is not there is unreachable', () =>
        using({ network: 'internal' }, async (sandbox) => {
          const { requests } = await ended(sandbox, plan('/', { targets: [{ name: 'nobody', port: 80 }] }))
          expect(errorsOf(requests)).toEqual(new Set(['unreachable']))
        }),
      )

      it('says when so many requests are in flight, and ends early with the answers outstanding', () =>
        using({ network: 'internal' }, async (sandbox) => {
          await using _web = await sandbox.start(web())
          await using traffic = await sandbox.traffic(plan('/order?ms=400', { arrivals: { kind: 'open', perSecond: 50 }, requests: 1000 }))
          await traffic.reached({ inFlight: 5 })
          const { requests } = await traffic.end()
          expect(requests.length).toBeGreaterThanOrEqual(5)
          expect(requests.length).toBeLessThan(1000)
          expect(requests.every(({ status }) => status === 200)).toBe(true)
          expect(await traffic.end()).toEqual(await traffic.end())
        }))
    })

    describeFaults(open, gaps)
    describeWalls(open, gaps)

    describe('isolation', () => {
      withPower('network', 'there is no way out of a sandbox, with a network or without', async () => {
        const tries = python(
          'import socket, sys',
          'found = []',
          'for host, port in [("1.1.1.1", 53), ("169.254.169.254", 80), ("172.17.0.1", 22), ("10.213.0.1", 22)]:',
          '  try: socket.create_connection((host, port), 0.5); found.append(host)',
          '  except ConnectionRefusedError: found.append(host)',
          '  except OSError: pass',
          'print(found)',
        )
        for (const network of ['none', 'internal'] as const) {
          await using({ network }, async (sandbox) => {
            expect(text((await sandbox.exec(tries)).stdout), network).toBe('[]\n')
          })
        }
      })
    })

    describe('owning', () => {
      it('can be disposed of twice', async () => {
        const sandbox = await open({ network: 'internal' })
        await sandbox[Symbol.asyncDispose]()
        await sandbox[Symbol.asyncDispose]()
      })

      it('can be disposed of while its services are', async () => {
        const sandbox = await open({ network: 'internal' })
        const services = await Promise.all(['a', 'b'].map((name) => sandbox.start({ name, command: ['sleep', '600'] })))
        await Promise.all([...services, sandbox].map((owned) => owned[Symbol.asyncDispose]()))
      })

      it('removes running services and programs with the sandbox', async () => {
        const sandbox = await open({ network: 'internal' })
        await sandbox.start({ name: 'web', command: ['sleep', '600'] })
        const running = sandbox.exec(['sleep', '600'], { limits: { wallSeconds: 600 } })
        running.catch(() => {})
        await sandbox.exec(['true'])
        await sandbox[Symbol.asyncDispose]()
        await running.catch(() => {})
      })

      it('leaves nothing of an open that was aborted, whenever that was', async () => {
        await expect(open({ network: 'internal' }, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
        for (const ms of [1, 10, 40]) {
          const abort = new AbortController()
          setTimeout(() => abort.abort(new Error('changed my mind')), ms)
          await open({ network: 'internal' }, abort.signal).then(
            (sandbox) => sandbox[Symbol.asyncDispose](),
            (thrown: Error) => expect(thrown.message).toBe('changed my mind'),
          )
        }
      })

      it('leaves nothing of a start that was aborted', async () => {
        await using sandbox = await open({ network: 'internal' })
        const abort = new AbortController()
        const starting = sandbox.start(web('web', { command: ['sleep', '60'], ready: { port: 8080, withinSeconds: 60 } }), {
          signal: abort.signal,
        })
        setTimeout(() => abort.abort(new Error('no more')), 1500)
        await expect(starting).rejects.toThrow('no more')
      })

      it('sweeps what is past its deadline and what is older than asked, but not what is in use', async () => {
        await using held = await open()
        await held.exec(['true'])
        const expired = await open({ deadlineSeconds: 1 })
        await expired.exec(['true'])
        // Others may have left something as well, so that there is no exact number.
        await expect.poll(() => subject.driver.sweep(new Date(0)), { timeout: 20_000 }).toBeGreaterThan(0)
        await subject.driver.sweep(new Date(Date.now() + 60_000))
        expect((await held.exec(['true'])).ended).toEqual({ by: 'itself', code: 0 })
        await expired[Symbol.asyncDispose]()
      })
    })
  })
}
