import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from './clock.ts'
import { lookupOf } from './request.ts'

/** A lost first packet would otherwise cost the second that the kernel waits before it sends another. */
const TRY_MS = 100
/**
 * Between two tries: such a part of what it has been waited for, within these bounds. A try asks the engine for the name and the kernel
 * for a connection, and whoever takes long to start has better use for the processor.
 */
const BETWEEN_PART = 1 / 20
const LEAST_BETWEEN_MS = 5
const MOST_BETWEEN_MS = 100

/** Waits until the port accepts a connection: whether it did in time. */
export const waitForPort = async (host: string, port: number, withinMs: number, signal: AbortSignal): Promise<boolean> => {
  const begun = now()
  const until = begun + withinMs
  while (now() < until && !signal.aborted) {
    if (await accepts(host, port)) return true
    await sleep(Math.min(Math.max((now() - begun) * BETWEEN_PART, LEAST_BETWEEN_MS), MOST_BETWEEN_MS))
  }
  return false
}

const accepts = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, ...lookupOf(host) })
    const answer = (accepted: boolean) => {
      socket.destroy()
      resolve(accepted)
    }
    socket.setTimeout(TRY_MS, () => answer(false))
    socket.on('connect', () => answer(true))
    socket.on('error', () => answer(false))
  })
