import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { loadCatalogue } from '../../../labs/kit/catalogue.ts'
import { Fault } from '../../../runner/fault.ts'
import type { SandboxDriver } from '../../../runner/sandbox/contract.ts'
import { type ServerOptions, startServer } from '../../../runner/server.ts'

/** A machine on which nothing can make a sandbox: static checks run, everything else says why it cannot. */
export const noEngine: SandboxDriver = {
  name: 'local',
  isolation: 'none',
  probe: () =>
    Promise.resolve({
      ready: false,
      because: 'No engine was found.',
      fix: 'Install one.',
      ja: { because: 'エンジンがありません。', fix: '導入してください。' },
    }),
  open: () => Promise.reject(new Fault('engine.unavailable', 'there is no engine')),
  sweep: () => Promise.resolve(0),
}

export interface Asked extends Omit<RequestInit, 'body'> {
  readonly json?: unknown
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream
}

/** A learner's browser, as far as the API sees it: it keeps its cookie. */
export const browserAt = (url: string, fixed: Readonly<Record<string, string>> = {}) => {
  let cookie = ''
  const ask = async (path: string, { json, ...init }: Asked = {}): Promise<Response> => {
    const headers = new Headers({
      ...fixed,
      ...(cookie === '' ? {} : { cookie }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    })
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const response = await fetch(`${url}${path}`, {
      redirect: 'manual',
      ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
      ...init,
      headers,
      ...(init.body instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit)
    for (const set of response.headers.getSetCookie()) cookie = set.split(';')[0] ?? cookie
    return response
  }
  return Object.assign(ask, { cookie: () => cookie })
}

export const openHarbour = async (options: Partial<ServerOptions> = {}) => {
  const own = options.data === undefined
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'hatoba-http-')))
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    driver: noEngine,
    catalogue: await loadCatalogue({ root: join(import.meta.dirname, 'labs') }),
    siteFolder: join(import.meta.dirname, 'site'),
    log: pino({ level: 'silent' }),
    graceSeconds: 1,
    ...options,
    data,
  })
  await server.ready
  return {
    url: server.url,
    data,
    server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      if (own) await rm(data, { recursive: true })
    },
  }
}

/** Polls until the verdict is there; the test's own timeout is the limit. */
export const verdictOf = async (ask: ReturnType<typeof browserAt>, id: string, query = ''): Promise<Record<string, never>> => {
  for (;;) {
    const body = (await (await ask(`/api/submissions/${id}${query}`)).json()) as { state: string; verdict: Record<string, never> }
    if (body.state === 'done') return body.verdict
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
