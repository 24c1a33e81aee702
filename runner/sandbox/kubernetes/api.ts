import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import { Attach, Exec, HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node'
import { type Dispatcher, fetch } from 'undici'
import { Fault } from '../../fault.ts'
import type { Abortable } from '../contract.ts'
import { ApiError, toFault } from './fault.ts'

export interface ApiAddress {
  /** The kubeconfig's text; the default one (KUBECONFIG, ~/.kube/config, in-cluster) where absent. */
  readonly kubeconfig?: string
  readonly context?: string
}

export interface ApiRequest extends Abortable {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  /** What kind of patch the body is. */
  readonly contentType?: 'application/apply-patch+yaml' | 'application/merge-patch+json' | 'application/strategic-merge-patch+json'
  readonly seconds?: number
}

export interface ApiAnswer {
  readonly body: unknown
  /** What the API server's `Warning` headers say. */
  readonly warnings: readonly string[]
}

/** One account's way to one API server. */
export interface Api {
  readonly server: string
  /** Throws `ApiError` for an API server's no, `Fault` where there was no answer. */
  call(request: ApiRequest): Promise<ApiAnswer>
  /** The lines of an answer that goes on: a watch, a log. Ends when the server ends it. */
  lines(request: ApiRequest & { readonly signal: AbortSignal }): AsyncIterable<string>
  exec(o: ExecRequest): Promise<ExecEnd>
  /** Connects to what the first process of a running container hears and says from now on. */
  attach(o: Omit<ExecRequest, 'command'>): Promise<Attachment>
  /** The same server with another account's token. */
  as(token: string): Api
  close(): Promise<void>
}

export interface ExecRequest extends Abortable {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly command: readonly string[]
  readonly stdin?: Readable
  readonly stdout: PassThrough
  readonly stderr?: PassThrough
}

/** Streams end with the connection, which ends with the container. */
export interface Attachment {
  readonly ended: Promise<void>
  close(): void
}

/** How a command ended; `code` is absent when the connection was lost first. */
export interface ExecEnd {
  readonly code?: number
  readonly message?: string
}

const CALL_SECONDS = 20
/** Tokens of cloud accounts end; credentials are asked for again before that. */
const CREDENTIAL_SECONDS = 60

/**
 * Connects to the API server of a kubeconfig. Requests are our own, on the library's credentials: its own calls take no AbortSignal, drop
 * `Warning` headers, and make a new TLS connection each (no agent is kept). Throws `Fault` `cluster.unavailable`.
 */
export const connectApi = ({ kubeconfig, context }: ApiAddress): Api => {
  const config = new KubeConfig()
  try {
    if (kubeconfig === undefined) config.loadFromDefault()
    else config.loadFromString(kubeconfig)
    if (context !== undefined) config.setCurrentContext(context)
  } catch (cause) {
    throw new Fault('cluster.unavailable', `The kubeconfig cannot be read: ${(cause as Error).message}.`, { cause })
  }
  return toApi(config)
}

const toApi = (config: KubeConfig): Api => {
  const cluster = config.getCurrentCluster()
  if (cluster === null) throw new Fault('cluster.unavailable', 'The kubeconfig names no cluster in its current context.')
  const server = cluster.server.replace(/\/$/, '')
  const credentials = keepCredentials(config, server)
  const send = async ({
    method = 'GET',
    path,
    query = {},
    body,
    contentType,
    signal,
    seconds,
  }: Omit<ApiRequest, 'seconds'> & { seconds: number | undefined }) => {
    const url = new URL(server + path)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
    const { headers, dispatcher } = await credentials.get()
    const limit = seconds === undefined ? [] : [AbortSignal.timeout(seconds * 1000)]
    const either = AbortSignal.any([...(signal ? [signal] : []), ...limit])
    try {
      return await fetch(url, {
        method,
        headers: {
          ...headers,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(dispatcher === undefined ? {} : { dispatcher }),
        signal: either,
      })
    } catch (thrown) {
      signal?.throwIfAborted()
      throw toFault(`answer ${method} ${path}`, thrown)
    }
  }
  return {
    server,
    async call(request) {
      const response = await send({ ...request, seconds: request.seconds ?? CALL_SECONDS })
      const text = await response.text().catch((thrown: unknown) => {
        request.signal?.throwIfAborted()
        throw toFault(`answer ${request.path}`, thrown)
      })
      const body = parse(text)
      if (!response.ok) throw new ApiError(response.status, body, `${request.method ?? 'GET'} ${request.path}`)
      return { body, warnings: warningsOf(response.headers.get('warning')) }
    },
    async *lines(request) {
      const response = await send({ ...request, seconds: undefined })
      if (!response.ok) throw new ApiError(response.status, parse(await response.text()), `GET ${request.path}`)
      let rest = ''
      try {
        for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const parts = (rest + (chunk as string)).split('\n')
          rest = parts.pop() ?? ''
          yield* parts
        }
      } catch (thrown) {
        request.signal.throwIfAborted()
        throw toFault(`go on answering ${request.path}`, thrown)
      }
      if (rest !== '') yield rest
    },
    exec: (request) => execute(config, request),
    attach: (request) => attach(config, request),
    as(token) {
      const other = new KubeConfig()
      other.loadFromClusterAndUser(cluster, { name: 'learner', token })
      return toApi(other)
    },
    close: () => credentials.close(),
  }
}

/**
 * undici speaks HTTP/2 where a server can. When it closes a connection of that kind it tells its end to streams that nobody listens to any
 * more, which ends the runner: seen with 8.12.4 in one of some twenty disposals, and like https://github.com/nodejs/undici/issues/5936.
 */
const overHttp1: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  // The type does not have it yet.
  const ours: Dispatcher.DispatchOptions & { readonly allowH2: false } = { ...options, allowH2: false }
  return dispatch(ours, handler)
}

interface Credentials {
  readonly headers: Record<string, string>
  readonly dispatcher: Dispatcher | undefined
}

const keepCredentials = (config: KubeConfig, server: string) => {
  let current: { readonly until: number; readonly credentials: Promise<Credentials> } | undefined
  const read = async (): Promise<Credentials> => {
    const context = new RequestContext(server, HttpMethod.GET)
    await config.applySecurityAuthentication(context)
    const dispatcher = context.getDispatcher() as Dispatcher | undefined
    return { headers: context.getHeaders(), dispatcher: dispatcher?.compose(overHttp1) }
  }
  const retire = (credentials: Promise<Credentials> | undefined): Promise<void> =>
    credentials?.then(async ({ dispatcher }) => dispatcher?.close()).catch(() => {}) ?? Promise.resolve()
  return {
    get: (): Promise<Credentials> => {
      if (current === undefined || current.until < Date.now()) {
        void retire(current?.credentials)
        current = { until: Date.now() + CREDENTIAL_SECONDS * 1000, credentials: read() }
      }
      return current.credentials.catch((thrown: unknown) => {
        current = undefined
        throw toFault('give credentials', thrown)
      })
    },
    close: (): Promise<void> => retire(current?.credentials),
  }
}

const execute = async (
  config: KubeConfig,
  { namespace, pod, container, command, stdin, stdout, stderr, signal }: ExecRequest,
): Promise<ExecEnd> => {
  const { promise, resolve } = Promise.withResolvers<ExecEnd>()
  const socket = await new Exec(config)
    .exec(namespace, pod, container, [...command], stdout, stderr ?? new PassThrough().resume(), stdin ?? null, false, (status) => {
      const code = status.status === 'Success' ? 0 : status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message
      resolve({
        ...(code === undefined ? {} : { code: Number(code) }),
        ...(status.message === undefined ? {} : { message: status.message }),
      })
    })
    .catch((thrown: unknown) => {
      throw toFault(`run a command in the Pod ${pod}`, thrown)
    })
  const abort = () => socket.close()
  signal?.addEventListener('abort', abort, { once: true })
  void once(socket as unknown as NodeJS.EventEmitter, 'close').then(
    () => resolve({ message: 'the connection ended' }),
    () => resolve({ message: 'the connection broke' }),
  )
  try {
    return await promise
  } finally {
    signal?.removeEventListener('abort', abort)
    socket.close()
    signal?.throwIfAborted()
  }
}

const attach = async (
  config: KubeConfig,
  { namespace, pod, container, stdin, stdout, stderr, signal }: Omit<ExecRequest, 'command'>,
): Promise<Attachment> => {
  signal?.throwIfAborted()
  const said = stderr ?? new PassThrough().resume()
  const socket = await new Attach(config).attach(namespace, pod, container, stdout, said, stdin ?? null, false).catch((thrown: unknown) => {
    throw toFault(`attach to the Pod ${pod}`, thrown)
  })
  const close = () => socket.close()
  signal?.addEventListener('abort', close, { once: true })
  const ended = once(socket as unknown as NodeJS.EventEmitter, 'close')
    .catch(() => {})
    .then(() => {
      signal?.removeEventListener('abort', close)
      stdout.end()
      said.end()
    })
  return { ended, close }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** `299 - "text", 299 - "text"`: the quoted texts. */
const warningsOf = (header: string | null): string[] =>
  [...(header ?? '').matchAll(/299 [^ ]+ ("(?:[^"\\]|\\.)*")/g)].map(([, quoted]) => String(parse(quoted ?? '""')))
