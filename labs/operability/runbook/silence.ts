import { ask, betweenLooks, type SandboxContext } from '../../kit/index.ts'

export interface Target {
  readonly name: string
  readonly port: number
}

/**
 * So many answers of the neighbour, and so long at least, also in times of its slowest, while one says nothing: then it will not come. An
 * order passes several processes and a disk, each of which may be as slow.
 */
const ROUNDS = 20
const LEAST_MS = 1000
const TIMES_SLOWEST = 20
const PATIENCE_MS = 20_000
/** Between two questions to the neighbour, who is not to be kept busy: what says nothing may be waiting for the same processors. */
const PAUSE_MS = 50

/**
 * What was asked for; undefined when it has not come although a neighbour on the same machine, asked again and again meanwhile, has
 * answered all the time. So a slow machine is not taken for a silent service. What was asked goes on in the background until then.
 */
export const unlessSilent = async <T>(
  { sandbox, signal }: Pick<SandboxContext<Record<never, never>>, 'sandbox' | 'signal'>,
  neighbour: Target,
  request: () => Promise<T>,
): Promise<T | undefined> => {
  let over = false
  const asked = request().finally(() => (over = true))
  // Whoever was not waited for may fail with the sandbox's end.
  asked.catch(() => {})
  const silence = async (): Promise<undefined> => {
    const begun = performance.now()
    let leastMs = LEAST_MS
    for (let round = 0; !over && (round < ROUNDS || performance.now() - begun < leastMs); round += 1) {
      const { startedAt, endedAt } = await ask(sandbox, neighbour, { path: '/healthz' }, { signal, timeoutMs: PATIENCE_MS })
      leastMs = Math.max(leastMs, TIMES_SLOWEST * (endedAt - startedAt))
      await betweenLooks({ signal, ms: PAUSE_MS })
    }
    return over ? await new Promise<undefined>(() => {}) : undefined
  }
  return Promise.race([asked, silence()])
}
