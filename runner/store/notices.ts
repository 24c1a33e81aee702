import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import type { Lite } from './prepared.ts'

export interface Hearing {
  notice(payload: string): void
  /** The connection was lost and is back: whatever was sent in between was not heard. */
  missed(): void
}

export type Listen = (channel: string, hearing: Hearing) => Promise<AsyncDisposable>

/** Notices between the parts of one process, through the embedded engine. */
export const listenOnLite =
  (lite: Pick<Lite, 'listen' | 'closed'>): Listen =>
  async (channel, { notice }) => {
    const stop = await lite.listen(channel, notice)
    return { [Symbol.asyncDispose]: async () => (lite.closed ? undefined : stop()) }
  }

/** Notices between processes. Holds one connection of its own and makes a new one when it is lost. */
export const listenOnPool =
  (url: string): Listen =>
  async (channel, { notice, missed }) => {
    const ending = new AbortController()
    let client = await connect(url, channel, notice)
    const keep = async (): Promise<void> => {
      while (!ending.signal.aborted) {
        await new Promise<void>((resolve) => {
          client.once('end', resolve)
          ending.signal.addEventListener('abort', () => resolve(), { once: true })
        })
        for (let seconds = 0.1; !ending.signal.aborted; seconds = Math.min(seconds * 2, 5)) {
          try {
            client = await connect(url, channel, notice)
            missed()
            break
          } catch {
            await delay(seconds * 1000, undefined, { signal: ending.signal }).catch(() => {})
          }
        }
      }
    }
    const kept = keep()
    return {
      async [Symbol.asyncDispose]() {
        ending.abort()
        await kept
        await client.end().catch(() => {})
      },
    }
  }

const connect = async (url: string, channel: string, notice: (payload: string) => void): Promise<Client> => {
  const client = new Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  client.on('notification', ({ payload }) => notice(payload ?? ''))
  await client.connect()
  await client.query(`listen ${client.escapeIdentifier(channel)}`)
  return client
}
