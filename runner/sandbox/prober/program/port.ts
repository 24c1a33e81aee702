import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from './clock.ts'
import { lookupOf } from './request.ts'

/** A lost first packet would otherwise cost the second that the kernel waits before it sends another. */
const TRY_MS = 100
const BETWEEN_MS = 5

/** Waits until the port accepts a connection: whether it did in time. */
export const waitForPort = async (host: string, port: number, withinMs: number, signal: AbortSignal): Promise<boolean> => {
  const until = now() + withinMs
  while (now() < until && !signal.aborted) {
    if (await accepts(host, port)) return true
    await sleep(BETWEEN_MS)
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
