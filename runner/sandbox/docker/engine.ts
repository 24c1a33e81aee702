import Docker from 'dockerode'
import { Fault } from '../../fault.ts'
import { inTime } from '../abortable.ts'
import { statusOf, toFault } from './fault.ts'

/** Where the engine listens: `unix:///run/docker.sock`, `tcp://host:port`; TLS material where the engine asks for it. */
export interface EngineAddress {
  readonly host: string
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string }
}

export const DEFAULT_HOST = 'unix:///var/run/docker.sock'

/** How long the engine may take for one answer before it counts as hung. */
const CALL_SECONDS = 30

/** The engine's client with a deadline on every call and our faults for all its errors. */
export interface Engine {
  readonly docker: Docker
  /** Runs one call; `doing` completes "the engine did not ...". */
  call<T>(doing: string, run: (docker: Docker) => Promise<T>, options?: { readonly seconds?: number }): Promise<T>
  /** The same where the thing being gone already is as good as done: answers undefined for the statuses named. */
  unless<T>(statuses: readonly number[], doing: string, run: (docker: Docker) => Promise<T>): Promise<T | undefined>
}

/** Connects to nothing yet: the first call does. */
export const connectEngine = ({ host, tls }: EngineAddress): Engine => {
  const docker = new Docker(toConnection(host, tls))
  const call: Engine['call'] = async (doing, run, { seconds = CALL_SECONDS } = {}) => {
    try {
      return await inTime(run(docker), seconds, () => new Fault('engine.timeout', `The engine did not ${doing} within ${seconds} s.`))
    } catch (thrown) {
      throw toFault(doing, thrown)
    }
  }
  return {
    docker,
    call,
    unless: (statuses, doing, run) =>
      call(doing, async (client) => {
        try {
          return await run(client)
        } catch (thrown) {
          if (statuses.includes(statusOf(thrown) ?? 0)) return undefined
          throw thrown
        }
      }),
  }
}

const toConnection = (host: string, tls: EngineAddress['tls']): Docker.DockerOptions => {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) }
  if (host.startsWith('/')) return { socketPath: host }
  if (host.startsWith('npipe://')) return { socketPath: host.slice('npipe://'.length) }
  const url = new URL(host)
  return {
    host: url.hostname,
    port: Number(url.port || (tls ? 2376 : 2375)),
    protocol: tls || url.protocol === 'https:' ? 'https' : 'http',
    ...tls,
  }
}
