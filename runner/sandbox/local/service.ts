import { Fault } from '../../fault.ts'
import { settlesWithin, unlessAborted } from '../abortable.ts'
import type { Abortable, Exit, Service, ServiceSpec } from '../contract.ts'
import { keepLog } from '../kept-log.ts'
import type { Prober } from '../prober/probe-client.ts'
import type { Child } from './child.ts'
import { filesBelow } from './found.ts'
import { listProcesses, usageOf } from './processes.ts'

const KILLED = 137

export interface ServiceParts {
  readonly spec: ServiceSpec
  readonly child: Child
  readonly keptBytes: number
  /** Where the prober finds it. */
  readonly host: string
  readonly prober: () => Promise<Prober>
  /** Its writable folders, and what it knows them by. */
  readonly folders: readonly { readonly folder: string; readonly as: string }[]
}

/** A started program as a service: waits until it is ready or has ended. */
export const toService = async (
  { spec, child, keptBytes, host, prober, folders }: ServiceParts,
  { signal }: Abortable,
): Promise<Service> => {
  let killed: 'us' | 'output' | undefined
  const log = keepLog({ stdout: child.stdout, stderr: child.stderr }, keptBytes, () => {
    killed ??= 'output'
    child.signal('SIGKILL')
  })
  child.stdin.end()
  const exit = child.ended.then(({ code, at }): Exit => {
    const by = code === KILLED && killed ? killed : 'itself'
    return { code, by, at, ...(by === 'output' && { limit: { by: 'limit', limit: 'output', allowed: keptBytes / 1024, unit: 'KiB' } }) }
  })
  exit.catch(() => {})
  const send: Service['signal'] = async (name) => {
    if (name === 'SIGKILL') killed ??= 'us'
    child.signal(name)
  }
  const ended = { is: false }
  exit.then(
    () => {
      ended.is = true
    },
    () => {},
  )
  return {
    name: spec.name,
    readiness: await readinessOf({ spec, child, host, prober, exit }, signal),
    logs: ({ signal: aborted } = {}) => log.lines(aborted),
    signal: send,
    async stop({ graceSeconds, signal: aborted }) {
      await send('SIGTERM')
      if (!(await settlesWithin(exit, graceSeconds, aborted))) await send('SIGKILL')
      return unlessAborted(exit, aborted)
    },
    exited: ({ signal: aborted } = {}) => unlessAborted(exit, aborted),
    async stats() {
      return { ...(await usageOf(child.group)), restarts: 0, exhausted: [] }
    },
    pause: impossible('be paused'),
    restart: impossible('be restarted'),
    isolate: impossible('be cut off'),
    degrade: impossible('have a bad line'),
    fill: impossible('have its limits filled'),
    inside: impossible('be entered'),
    async processes() {
      return ended.is ? [] : listProcesses(child.group)
    },
    async files() {
      return ended.is ? [] : (await Promise.all(folders.map(({ folder, as }) => filesBelow(folder, as)))).flat()
    },
    async [Symbol.asyncDispose]() {
      killed ??= 'us'
      await child.end()
    },
  }
}

const impossible = (what: string) => (): Promise<never> =>
  Promise.reject(new Fault('sandbox.impossible', `Without a container engine a service cannot ${what}.`))

const readinessOf = async (
  { spec, child, host, prober, exit }: Pick<ServiceParts, 'spec' | 'child' | 'host' | 'prober'> & { readonly exit: Promise<Exit> },
  signal: AbortSignal | undefined,
): Promise<Service['readiness']> => {
  const { ready } = spec
  if (ready === undefined) return { ready: true, afterMs: 0 }
  const over = new AbortController()
  const waiting = AbortSignal.any([over.signal, ...(signal ? [signal] : [])])
  const opened = prober()
    .then((probe) => probe.waitForPort({ host, ...ready }, { signal: waiting }))
    .then((open) => (open ? ({ ready: true, afterMs: Date.now() - child.startedAt } as const) : ({ ready: false } as const)))
  opened.catch(() => {})
  try {
    return await Promise.race([opened, exit.then((exited) => ({ ready: false, exited }) as const)])
  } finally {
    over.abort()
  }
}
