import type { Power, Sandbox, SandboxDriver, SandboxSpec, ServiceSpec } from '../../runner/sandbox/contract.ts'

/** What the parts of the suite share: a driver, and how its sandboxes are opened and its gaps skipped. */
export interface Suite {
  readonly driver: () => SandboxDriver
  readonly open: (spec?: Partial<SandboxSpec>, signal?: AbortSignal) => Promise<Sandbox>
  /** Opens a sandbox for as long as `run` takes. */
  readonly using: (spec: Partial<SandboxSpec>, run: (sandbox: Sandbox) => Promise<void>) => Promise<void>
  /** A test of what this driver may lack: then it is skipped, with the reason. */
  readonly withPower: (power: Power, sentence: string, test: () => Promise<void>) => void
}

export const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
export const python = (...lines: readonly string[]): readonly string[] => ['python3', '-c', lines.join('\n')]

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

export const web = (name = 'web', more: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name,
  command: ['node', 'server.mjs'],
  files: { 'server.mjs': SERVER },
  env: { NAME: name },
  ready: { port: 8080, withinSeconds: 20 },
  ...more,
})
