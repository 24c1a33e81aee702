import { PassThrough, type Readable } from 'node:stream'
import { Fault } from '../../fault.ts'
import type { Abortable, Ended, ExecResult } from '../contract.ts'
import { now } from '../prober/program/clock.ts'
import type { Api } from './api.ts'

const OUTPUT_KIB = 256
const WALL_SECONDS = 30

/**
 * What containerd says of a command of which nothing has run: runc's helper ended before it had read what to run. Seen in a Pod with memory
 * to spare, once in some thousands; a second one begins.
 */
const NEVER_BEGAN = /\bfailed to start exec\b/

/** Keeps the first bytes of a stream, of all streams together at most so many; says when there are more. */
const keep = (stream: Readable, kept: Buffer[], budget: { left: number }, overflow: () => void): void => {
  stream.on('data', (chunk: Buffer) => {
    kept.push(chunk.subarray(0, Math.max(0, budget.left)))
    budget.left -= chunk.length
    if (budget.left < 0) overflow()
  })
}

/**
 * Runs a command in a container to its end. A limit ends the connection, not the process: nothing in Kubernetes can, and the Pod ends
 * with the submission. A command that the node could not begin is begun once more. Throws `Fault`.
 */
export const execInPod = async (
  api: Api,
  place: { readonly namespace: string; readonly pod: string; readonly container: string },
  command: readonly string[],
  { signal, wallSeconds = WALL_SECONDS }: Abortable & { readonly wallSeconds?: number },
): Promise<ExecResult> => {
  const startedAt = now()
  const limit = new AbortController()
  let ended: Ended | undefined
  const stop = (by: Ended) => {
    ended ??= by
    limit.abort(new DOMException('A limit was reached.', 'AbortError'))
  }
  const budget = { left: OUTPUT_KIB * 1024 }
  const overflow = () => stop({ by: 'limit', limit: 'output', allowed: OUTPUT_KIB, unit: 'KiB' })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  const begin = () => {
    // A connection ends its streams.
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    keep(stdout, out, budget, overflow)
    keep(stderr, err, budget, overflow)
    return api.exec({ ...place, command, stdout, stderr, signal: AbortSignal.any([limit.signal, ...(signal ? [signal] : [])]) })
  }
  const timer = setTimeout(() => stop({ by: 'limit', limit: 'time', allowed: wallSeconds, unit: 's' }), wallSeconds * 1000)
  try {
    let end = await begin()
    if (end.code === undefined && NEVER_BEGAN.test(end.message ?? '')) end = await begin()
    if (end.code === undefined)
      throw new Fault('cluster.failed', `The connection to the command in ${place.pod} was lost: ${end.message ?? 'no reason given'}.`)
    ended ??= { by: 'itself', code: end.code }
  } catch (thrown) {
    signal?.throwIfAborted()
    if (ended === undefined) throw thrown
  } finally {
    clearTimeout(timer)
  }
  return { stdout: Buffer.concat(out), stderr: Buffer.concat(err), ended, ms: now() - startedAt }
}
