import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Environment } from '../environment.ts'
import { askEngine, type Endpoint, type FoundEngine, parseEndpoint, type TlsFiles } from './endpoint.ts'

/** One place where an engine might be. `because`: it is known not to apply without asking. */
export interface Candidate {
  readonly source: string
  readonly endpoint?: Endpoint
  readonly because?: string
  /** The person named it: when it does not answer, another engine must not be used in its stead. */
  readonly named?: boolean
}

export interface Discovery {
  readonly engine?: FoundEngine
  /** Every place that was looked at before and why it does not apply. */
  readonly refused: readonly { readonly source: string; readonly because: string; readonly named: boolean }[]
}

type Named = Pick<
  Environment,
  'DOCKER_HOST' | 'DOCKER_CONTEXT' | 'DOCKER_CONFIG' | 'DOCKER_CERT_PATH' | 'DOCKER_TLS_VERIFY' | 'XDG_RUNTIME_DIR' | 'HOME'
>

const Config = z.object({ currentContext: z.string().optional() })
const ContextMeta = z.object({
  Endpoints: z.object({ docker: z.object({ Host: z.string().min(1) }) }),
})

/**
 * The first engine that answers, in the order the docker command itself uses: DOCKER_HOST, the chosen context, then the usual
 * sockets of Docker and Podman. Reads only; nothing is ever reconfigured. Never throws.
 */
export const discoverEngine = async (environment: Named, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Discovery> => {
  const refused: { source: string; because: string; named: boolean }[] = []
  for (const candidate of await candidates(environment)) {
    const { source, endpoint, named = false } = candidate
    const answer = endpoint ? await askEngine(endpoint, source, signal) : { because: candidate.because ?? 'nothing is configured' }
    if (!('because' in answer)) return { engine: answer, refused }
    refused.push({ source, because: answer.because, named })
    if (named) break
  }
  return { refused }
}

/** Where to look, most specific first. */
export const candidates = async (environment: Named): Promise<readonly Candidate[]> => {
  const { DOCKER_HOST, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY } = environment
  const folder = environment.DOCKER_CONFIG ?? join(environment.HOME, '.docker')
  if (DOCKER_HOST !== undefined) {
    const tls = DOCKER_TLS_VERIFY || DOCKER_CERT_PATH !== undefined ? tlsFilesIn(DOCKER_CERT_PATH ?? folder) : undefined
    return [{ source: `DOCKER_HOST=${DOCKER_HOST}`, named: true, ...split(parseEndpoint(DOCKER_HOST, tls)) }]
  }
  const context = environment.DOCKER_CONTEXT ?? (await currentContext(folder))
  const chosen = context === undefined || context === 'default' ? [] : [await fromContext(folder, context)]
  return [...chosen, ...usualSockets(environment).map((path): Candidate => ({ source: path, endpoint: { kind: 'socket', path } }))]
}

const split = (parsed: Endpoint | { readonly because: string }): Pick<Candidate, 'endpoint' | 'because'> =>
  'because' in parsed ? { because: parsed.because } : { endpoint: parsed }

const currentContext = async (folder: string): Promise<string | undefined> => {
  try {
    return Config.parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).currentContext
  } catch {
    return undefined
  }
}

/** The docker command keeps a context below the SHA-256 of its name. */
const fromContext = async (folder: string, name: string): Promise<Candidate> => {
  const source = `docker context ${name}`
  const id = createHash('sha256').update(name).digest('hex')
  try {
    const meta = ContextMeta.parse(JSON.parse(await readFile(join(folder, 'contexts', 'meta', id, 'meta.json'), 'utf8')))
    const { Host } = meta.Endpoints.docker
    const tls = Host.startsWith('unix:') ? undefined : await tlsOfContext(join(folder, 'contexts', 'tls', id, 'docker'))
    return { source, named: true, ...split(parseEndpoint(Host, tls)) }
  } catch {
    return { source, named: true, because: `its description below ${join(folder, 'contexts', 'meta')} cannot be read` }
  }
}

const tlsFilesIn = (folder: string): TlsFiles => ({
  ca: join(folder, 'ca.pem'),
  cert: join(folder, 'cert.pem'),
  key: join(folder, 'key.pem'),
})

const tlsOfContext = async (folder: string): Promise<TlsFiles | undefined> => {
  const files = tlsFilesIn(folder)
  return readFile(files.ca).then(
    () => files,
    () => undefined,
  )
}

const usualSockets = ({ XDG_RUNTIME_DIR, HOME }: Named): readonly string[] => [
  '/var/run/docker.sock',
  ...(XDG_RUNTIME_DIR === undefined ? [] : [join(XDG_RUNTIME_DIR, 'docker.sock')]),
  join(HOME, '.docker/run/docker.sock'),
  join(HOME, '.docker/desktop/docker.sock'),
  join(HOME, '.colima/default/docker.sock'),
  ...(XDG_RUNTIME_DIR === undefined ? [] : [join(XDG_RUNTIME_DIR, 'podman/podman.sock')]),
  '/run/podman/podman.sock',
]
