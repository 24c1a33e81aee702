import { PassThrough } from 'node:stream'
import { Fault } from '../../../fault.ts'
import { settlesWithin } from '../../abortable.ts'
import type { Ending } from '../../container/exit.ts'
import type { Abortable } from '../../contract.ts'
import { now } from '../../prober/program/clock.ts'
import type { Api } from '../api.ts'
import { unless } from '../fault.ts'
import { CONTAINER, type PodSpec, toPod } from './pod.ts'
import { type PodState, type PodWatch, ranOutOfMemory, type SeenPod, type Terminated } from './watch.ts'

/** Where the Pods of one sandbox are. */
export interface Place {
  readonly api: Api
  readonly namespace: string
  readonly watch: PodWatch
  /** Whether they are to stay off the control plane. */
  readonly nodesApart: boolean
}

/** A Pod whose container runs, and what it hears and says from its first byte on. */
export interface Started {
  readonly name: string
  readonly address: string
  readonly stdin: PassThrough
  readonly stdout: PassThrough
  readonly stderr: PassThrough
  /** When the connection ended: with the container, to the millisecond, or before it. */
  readonly disconnected: Promise<number>
  close(): void
}

const START_SECONDS = 90

/**
 * Makes a Pod and connects to its container, whose command has to wait for its first input: nobody can connect to what does not run yet,
 * and what it said before would be lost. Removed again when that fails. Throws `Fault` `image.missing`, `cluster.*`.
 */
export const startPod = async (place: Place, spec: PodSpec, { signal }: Abortable = {}): Promise<Started> => {
  const { api, namespace, nodesApart } = place
  const path = `/api/v1/namespaces/${namespace}/pods`
  const abortable = signal ? { signal } : {}
  await unless([], `make the Pod ${spec.name}`, api.call({ method: 'POST', path, body: toPod(spec, { nodesApart }), ...abortable }))
  try {
    const started = await connectTo(place, spec.name, 0, abortable)
    signal?.throwIfAborted()
    return started
  } catch (thrown) {
    await removePod(place, spec.name).catch(() => {})
    throw thrown
  }
}

/** Connects to the container of a Pod as soon as it runs, after it has been started again so many times. Throws `Fault`. */
export const connectTo = async (place: Place, name: string, restarts: number, { signal }: Abortable = {}): Promise<Started> => {
  const address = await runs(place, name, restarts, signal)
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const { ended, close } = await place.api.attach({ namespace: place.namespace, pod: name, container: CONTAINER, stdin, stdout, stderr })
  return { name, address, stdin, stdout, stderr, disconnected: ended.then(() => now()), close }
}

const STUCK: Readonly<Record<string, 'image.missing' | 'cluster.failed'>> = {
  ErrImagePull: 'image.missing',
  ImagePullBackOff: 'image.missing',
  ErrImageNeverPull: 'image.missing',
  InvalidImageName: 'image.missing',
  CreateContainerConfigError: 'cluster.failed',
  CreateContainerError: 'cluster.failed',
  RunContainerError: 'cluster.failed',
}

/** The address of a Pod as soon as its container runs. */
const runs = async ({ watch }: Place, name: string, restarts: number, signal: AbortSignal | undefined): Promise<string> => {
  const limit = AbortSignal.timeout(START_SECONDS * 1000)
  const found = await watch
    .when(name, ({ state, gone }) => started(state, gone, restarts), { signal: AbortSignal.any([limit, ...(signal ? [signal] : [])]) })
    .catch((thrown: unknown) => {
      if (!limit.aborted || signal?.aborted) throw thrown
      const { message = '' } = watch.last(name)?.state ?? {}
      throw new Fault('cluster.timeout', `The Pod ${name} did not start within ${START_SECONDS} s. ${message}`.trim())
    })
  if (typeof found === 'string') return found
  throw new Fault(found.code, `The Pod ${name} cannot run: ${found.because}.`)
}

const started = (
  { phase, reason, message, podIP, containerStatuses }: PodState,
  gone: boolean,
  restarts: number,
): string | { readonly code: 'image.missing' | 'cluster.failed'; readonly because: string } | undefined => {
  const { waiting, running } = containerStatuses[0]?.state ?? {}
  if (running !== undefined && podIP !== '' && (containerStatuses[0]?.restartCount ?? 0) >= restarts) return podIP
  const code = STUCK[waiting?.reason ?? '']
  if (waiting !== undefined && code !== undefined) return { code, because: [waiting.reason, waiting.message].filter(Boolean).join(': ') }
  if (gone || phase === 'Failed' || phase === 'Succeeded')
    return { code: 'cluster.failed', because: [gone ? 'removed' : phase, reason, message].filter(Boolean).join(': ') }
  return undefined
}

/** How long the kubelet may take to tell of an end that the connection has told already: it looks every second. */
const TELL_SECONDS = 20
/** How long the connection may outlast the container. */
const CLOSE_SECONDS = 5
const SECOND_MS = 1000

/**
 * A container's end, out of its status: the only place that knows the exit code and who ended it. It knows the second; the connection that
 * ends with the container knows more, and is believed where both agree. Undefined when the Pod went without a word of its container, as one
 * does that is removed. Throws `Fault` when the connection ended without the container, or the cluster took the Pod away.
 */
export const endingOf = async ({ watch }: Pick<Place, 'watch'>, { name, disconnected, close }: Started): Promise<Ending | undefined> => {
  const over = new AbortController()
  const told = watch.when(name, lastOf, { signal: over.signal })
  void disconnected.then(async () => {
    if (await settlesWithin(told, TELL_SECONDS).catch(() => true)) return
    over.abort(new Fault('cluster.failed', `The connection to the Pod ${name} was lost while it ran.`))
  })
  const last = await told
  if (last.taken !== undefined) throw new Fault('cluster.failed', `The cluster took the Pod ${name} away: ${last.taken}.`)
  if (!(await settlesWithin(disconnected, CLOSE_SECONDS))) close()
  const seen = await disconnected
  if (last.terminated === undefined) return undefined
  const { exitCode, outOfMemory, finishedAt } = last.terminated
  const second = Date.parse(finishedAt ?? '')
  const agree = Number.isNaN(second) || (seen >= second - SECOND_MS && seen < second + 3 * SECOND_MS)
  return { code: exitCode, outOfMemory, at: agree ? seen : second }
}

interface Last {
  readonly terminated?: Terminated & { readonly outOfMemory: boolean }
  /** Why the cluster took the Pod away. */
  readonly taken?: string
}

const lastOf = ({ state, removed, gone }: SeenPod): Last | undefined => {
  if (state.reason === 'Evicted' || state.reason === 'DeadlineExceeded')
    return { taken: [state.reason, state.message].filter(Boolean).join(': ') }
  const { terminated } = state.containerStatuses[0]?.state ?? {}
  if (terminated !== undefined) return { terminated: { ...terminated, outOfMemory: ranOutOfMemory(terminated, removed) } }
  return gone || state.phase === 'Failed' ? {} : undefined
}

/** Begins the end of a Pod; one that is gone is no failure. Its container gets SIGKILL at once (`runner/images/pod-image.ts`). */
export const removePod = async ({ api, namespace }: Pick<Place, 'api' | 'namespace'>, name: string): Promise<void> => {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`
  await unless([404], `remove the Pod ${name}`, api.call({ method: 'DELETE', path, body: { gracePeriodSeconds: 1 } }))
}
