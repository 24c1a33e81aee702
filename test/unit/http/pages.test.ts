import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SandboxDriver } from '../../../runner/sandbox/contract.ts'
import { PortTaken } from '../../../runner/server.ts'
import { browserAt, noEngine, openHarbour, verdictOf } from './harbour.ts'

describe('the server', () => {
  let harbour: Awaited<ReturnType<typeof openHarbour>>
  let ask: ReturnType<typeof browserAt>

  beforeAll(async () => {
    harbour = await openHarbour({ banner: { en: 'Nothing is isolated.', ja: '何も隔離されていません。' } })
    ask = browserAt(harbour.url)
  })
  afterAll(() => harbour[Symbol.asyncDispose]())

  test('sends whoever comes to the root to their language', async () => {
    const to = async (headers: Record<string, string>) =>
      (await fetch(harbour.url, { headers, redirect: 'manual' })).headers.get('location')
    expect(await to({ 'accept-language': 'ja,en;q=0.5' })).toBe('/ja/')
    expect(await to({ 'accept-language': 'de' })).toBe('/en/')
    expect(await to({ 'accept-language': 'en', cookie: 'language=ja' })).toBe('/ja/')
  })

  test('lets a page run its own inline scripts and no other', async () => {
    const page = await ask('/en/')
    const policy = page.headers.get('content-security-policy') ?? ''
    const hash = createHash('sha256').update("document.title = 'Harbour'").digest('base64')
    expect(policy).toContain(`script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}';`)
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('sends a file once, compressed, and then says that it has not changed', async () => {
    const first = await ask('/_astro/page.js', { headers: { 'accept-encoding': 'gzip' } })
    expect(first.headers.get('content-encoding')).toBe('gzip')
    expect(first.headers.get('cache-control')).toContain('immutable')
    expect(await first.text()).toContain('tide')
    const again = await ask('/_astro/page.js', { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect((await ask('/en/')).headers.get('cache-control')).toBe('no-cache')
  })

  test('adds a missing slash, and has a page of its language for what is not there', async () => {
    const folder = await ask('/en')
    expect([folder.status, folder.headers.get('location')]).toEqual([301, '/en/'])
    const missing = await ask('/ja/nowhere/')
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('ページがありません')])
    expect((await ask('/en/nowhere/')).status).toBe(404)
  })

  test('never leaves the folder of the site', async () => {
    const { port } = new URL(harbour.url)
    const raw = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        request({ host: '127.0.0.1', port, path }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
          .on('error', reject)
          .end()
      })
    for (const path of [
      '/../harbour.ts',
      '/%2e%2e/harbour.ts',
      '/en/..%2f..%2fharbour.ts',
      '/..%5charbour.ts',
      '/en/%00',
      '/%ff',
      '/.git/config',
    ]) {
      expect([path, await raw(path)]).toEqual([path, 404])
    }
  })

  test('lists the labs with what the learner has done and what cannot run here', async () => {
    const { labs } = (await (await ask('/api/labs?language=ja')).json()) as { labs: { id: string }[] }
    expect(labs).toMatchObject([
      { id: 'mooring', track: 'practice', title: '係留', minutes: 1, sandbox: 'none', state: 'new', tries: 0, runs: true },
      { id: 'towing', sandbox: 'docker', runs: false, because: 'エンジンがありません。', fix: '導入してください。' },
    ])
  })

  test('says of a lab that its engine cannot do what it needs, before anybody works on it', async () => {
    const driver: SandboxDriver = { ...noEngine, probe: async () => ({ ready: true, detail: 'processes', gaps: ['isolate', 'build'] }) }
    await using poorer = await openHarbour({ driver })
    const at = browserAt(poorer.url)
    expect(await (await at('/api/labs/towing')).json()).toMatchObject({
      runs: false,
      because: 'The local sandbox of this machine cannot do what this lab needs (isolate).',
    })
    const sent = await at('/api/submissions', { json: { lab: 'towing', files: { 'rope.txt': '' }, language: 'ja' } })
    const verdict = await verdictOf(at, ((await sent.json()) as { id: string }).id)
    expect(verdict).toMatchObject({ outcome: 'incomplete', missing: { because: expect.stringContaining('isolate') } })
  })

  test('shows a lab with its starter, checks and number of hints, and nothing of its solution', async () => {
    const lab = await (await ask('/api/labs/mooring')).json()
    expect(lab).toMatchObject({
      task: 'Write a knot that holds.',
      files: [
        { path: 'knot.txt', access: 'edit', text: 'a bowline\n' },
        { path: 'pier.txt', access: 'read', text: 'two cleats\n' },
      ],
      checks: [{ id: 'tied', tier: 'static', title: 'The knot holds' }],
      hints: 2,
    })
    expect(JSON.stringify(lab)).not.toContain('cleat hitch')
  })

  test('gives hints one by one', async () => {
    expect(await (await ask('/api/labs/mooring/hints/2?language=ja')).json()).toEqual({
      step: 2,
      of: 2,
      hint: '8 の字を思い出してください。',
    })
    for (const step of ['0', '3', '1.5', 'x']) expect((await ask(`/api/labs/mooring/hints/${step}`)).status).toBe(404)
  })

  test('opens the solution after the second failure, or when asked', async () => {
    const fresh = browserAt(harbour.url)
    const solution = async (query = '') => (await fresh(`/api/labs/mooring/solution${query}`)).status
    expect(await solution()).toBe(403)
    expect(await solution('?asked=1')).toBe(200)
    for (const expected of [403, 200]) {
      const sent = await fresh('/api/submissions', { json: { lab: 'mooring', files: { 'knot.txt': 'granny' }, language: 'en' } })
      await verdictOf(fresh, ((await sent.json()) as { id: string }).id)
      expect(await solution()).toBe(expected)
    }
    expect(await (await fresh('/api/labs/mooring/solution')).json()).toEqual({ files: { 'knot.txt': 'a cleat hitch\n' } })
    expect(await (await fresh('/api/progress')).json()).toEqual({ labs: [{ lab: 'mooring', state: 'started', tries: 2 }] })
  })

  test('says how it is', async () => {
    expect(await (await ask('/api/status')).json()).toMatchObject({
      phase: 'ready',
      engine: { driver: 'local', isolation: 'none', ready: false },
      banner: { en: 'Nothing is isolated.', ja: '何も隔離されていません。' },
      queue: { waiting: 0, running: 0 },
    })
    expect(await (await ask('/healthz')).text()).toBe('ok\n')
    expect([(await ask('/readyz')).status]).toEqual([200])
    const metrics = await (await ask('/metrics')).text()
    expect(metrics).toMatch(/hatoba_verdicts_total\{lab="mooring",outcome="failed"\} \d/)
    expect(metrics).not.toMatch(/route="[^"]*[0-9a-f]{8}-/)
  })

  test('keeps its cookie key to itself', async () => {
    expect((await stat(join(harbour.data, 'cookie.key'))).mode & 0o077).toBe(0)
  })

  test('says which port is taken', async () => {
    const { port } = new URL(harbour.url)
    const second = openHarbour({ port: Number(port) })
    await expect(second).rejects.toBeInstanceOf(PortTaken)
    await expect(second).rejects.toMatchObject({ port: Number(port), host: '127.0.0.1' })
  })
})
