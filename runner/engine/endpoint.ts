import { readFileSync } from 'node:fs'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { z } from 'zod'

/** Where a container engine listens. */
export type Endpoint =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: TlsFiles }

/** Paths of PEM files. */
export interface TlsFiles {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** An engine that answered. */
export interface FoundEngine {
  readonly endpoint: Endpoint
  /** Where we learned of it: `DOCKER_HOST`, `docker context NAME`, or the path of a usual socket. */
  readonly source: string
  readonly product: 'docker' | 'podman'
  readonly version: string
}

/** Docker Engine 20.10; Podman's compatible socket says at least this. */
const OLDEST_API = [1, 41] as const
const ANSWER_WITHIN_MS = 5_000

const Version = z.object({
  Version: z.string(),
  ApiVersion: z.string().regex(/^\d+\.\d+$/),
  Os: z.string().optional(),
  Components: z.array(z.object({ Name: z.string() })).optional(),
})

/** `tcp://host:2376` and the like as an endpoint; a sentence when it is of a kind that cannot be used. */
export const parseEndpoint = (address: string, tls?: TlsFiles): Endpoint | { readonly because: string } => {
  const url = URL.parse(address)
  if (url === null) return { because: `${address} is not an address` }
  if (url.protocol === 'unix:') return { kind: 'socket', path: decodeURIComponent(url.pathname) }
  if (url.protocol === 'tcp:' || url.protocol === 'http:' || url.protocol === 'https:') {
    const secure = tls !== undefined && url.protocol !== 'http:'
    return { kind: 'tcp', host: url.hostname, port: Number(url.port || (secure ? 2376 : 2375)), ...(secure ? { tls } : {}) }
  }
  return { because: `engines behind ${url.protocol}// are not supported; use its unix socket or tcp://` }
}

/** The endpoint as people write it. */
export const addressOf = (endpoint: Endpoint): string =>
  endpoint.kind === 'socket' ? `unix://${endpoint.path}` : `tcp://${endpoint.host}:${endpoint.port}`

/** Asks what listens there which engine it is. Never throws. */
export const askEngine = async (
  endpoint: Endpoint,
  source: string,
  signal?: AbortSignal,
): Promise<FoundEngine | { readonly because: string }> => {
  try {
    const answer = await getVersion(endpoint, AbortSignal.any([AbortSignal.timeout(ANSWER_WITHIN_MS), ...(signal ? [signal] : [])]))
    const [major = 0, minor = 0] = answer.ApiVersion.split('.').map(Number)
    if (major < OLDEST_API[0] || (major === OLDEST_API[0] && minor < OLDEST_API[1])) {
      return { because: `it speaks API ${answer.ApiVersion}; Hatoba needs ${OLDEST_API.join('.')} (Docker Engine 20.10) or newer` }
    }
    if (answer.Os !== undefined && answer.Os !== 'linux') return { because: `it runs ${answer.Os} containers; the labs need Linux ones` }
    const podman = answer.Components?.some(({ Name }) => Name.startsWith('Podman')) ?? false
    return { endpoint, source, product: podman ? 'podman' : 'docker', version: answer.Version }
  } catch (thrown) {
    return { because: whyNoAnswer(thrown) }
  }
}

const whyNoAnswer = (thrown: unknown): string => {
  const { code, name, message } = thrown as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such socket'
  if (code === 'EACCES') return 'this account may not use the socket'
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (name === 'TimeoutError' || name === 'AbortError') return `it did not answer within ${ANSWER_WITHIN_MS / 1000} s`
  if (name === 'ZodError' || name === 'SyntaxError') return 'what answers there is not a container engine'
  return message
}

const getVersion = (endpoint: Endpoint, signal: AbortSignal): Promise<z.infer<typeof Version>> =>
  new Promise((resolve, reject) => {
    const { tls } = { tls: undefined, ...endpoint }
    const options = {
      path: '/version',
      signal,
      agent: false as const,
      ...(endpoint.kind === 'socket' ? { socketPath: endpoint.path } : { host: endpoint.host, port: endpoint.port }),
      ...(tls ? { ca: readFileSync(tls.ca), cert: readFileSync(tls.cert), key: readFileSync(tls.key) } : {}),
    }
    const asked = (tls ? requestHttps : requestHttp)(options, async (answer) => {
      try {
        resolve(Version.parse(JSON.parse(Buffer.concat(await answer.toArray()).toString('utf8'))))
      } catch (thrown) {
        reject(thrown)
      }
    })
    asked.on('error', (error) => reject(signal.aborted ? signal.reason : error))
    asked.end()
  })

/** The endpoint with its PEM files read, as a client wants it. */
export const toAddress = (endpoint: Endpoint): { readonly host: string; readonly tls?: Readonly<Record<keyof TlsFiles, string>> } => {
  const host = addressOf(endpoint)
  if (endpoint.kind === 'socket' || endpoint.tls === undefined) return { host }
  const { ca, cert, key } = endpoint.tls
  return { host, tls: { ca: readFileSync(ca, 'utf8'), cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } }
}

/** `Docker Engine 20.10.24` or `Podman 4.3.1`. */
export const nameOf = ({ product, version }: Pick<FoundEngine, 'product' | 'version'>): string =>
  `${product === 'podman' ? 'Podman' : 'Docker Engine'} ${version.replace(/[+~].*$/, '')}`
