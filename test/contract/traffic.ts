import { describe, expect, it } from 'vitest'
import type { RequestRecord, Sandbox } from '../../runner/sandbox/contract.ts'
import { type Suite, web } from './suite.ts'

/** Requests from within a sandbox, and what is recorded of each. */
export const describeTraffic = ({ using, withPower }: Suite): void => {
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
        expect(errorsOf((await ended(sandbox, plan('/', { targets: [{ name: 'web', port: 9 }] }))).requests)).toEqual(new Set(['refused']))
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
}
