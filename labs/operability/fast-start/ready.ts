import { ask, betweenLooks, type Exit, type RequestRecord, type Service } from '../../kit/index.ts'
import type { Inside } from './observe.ts'

export const PORT = 8080
/** Between two questions: so exactly is known when it became ready. */
const PAUSE_MS = 20

/** A service that was started, and what its readiness said until it said yes or the time was over. */
export interface Began {
  readonly service: Service
  /** Just before it was asked to start: nothing of it is older. */
  readonly calledAt: number
  /** When its container was started. */
  readonly startedAt: number
  /** From the start to the first yes on /readyz; absent if none came in time. */
  readonly readyMs?: number
  readonly asked: readonly RequestRecord[]
  readonly exited?: Exit
}

/** Starts a service and asks /readyz until it says yes, has ended, or so many milliseconds have passed since its start. */
export const becomeReady = async (
  { sandbox, signal }: Inside,
  spec: {
    readonly name: string
    readonly command: readonly string[]
    readonly files: Readonly<Record<string, string | Uint8Array>>
    readonly env?: Readonly<Record<string, string>>
  },
  withinMs: number,
): Promise<Began> => {
  const calledAt = Date.now()
  const service = await sandbox.start({ ...spec, ready: { port: PORT, withinSeconds: withinMs / 1000 } }, { signal })
  const { readiness } = service
  if (!readiness.ready) {
    return { service, calledAt, startedAt: calledAt, asked: [], ...(readiness.exited && { exited: readiness.exited }) }
  }
  const startedAt = Date.now() - readiness.afterMs
  const until = startedAt + withinMs
  const asked: RequestRecord[] = []
  while (Date.now() < until) {
    const timeoutMs = Math.max(1, Math.ceil(until - Date.now()))
    const answer = await ask(sandbox, { name: spec.name, port: PORT }, { path: '/readyz' }, { signal, timeoutMs })
    asked.push(answer)
    const yes = answer.status !== undefined && answer.status >= 200 && answer.status < 300 && answer.error === undefined
    if (yes) return { service, calledAt, startedAt, readyMs: answer.endedAt - startedAt, asked }
    await betweenLooks({ signal, ms: PAUSE_MS })
  }
  return { service, calledAt, startedAt, asked }
}
