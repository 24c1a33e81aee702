import { describe, expect, it } from 'vitest'
import { python, type Suite, web } from './suite.ts'

/** Programs that stay: how they become ready, are told to end, and what can be read of them. */
export const describeServices = ({ using, withPower }: Suite): void => {
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
}
