import { ask, type SandboxContext } from '../../kit/index.ts'

export interface Target {
  readonly name: string
  readonly port: number
}

/** So many answers of the neighbour, and so long at least, while one says nothing: then it will not come. */
const ROUNDS = 40
const LEAST_MS = 1000
const PATIENCE_MS = 20_000

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
    for (let round = 0; !over && (round < ROUNDS || performance.now() - begun < LEAST_MS); round += 1)
      await ask(sandbox, neighbour, { path: '/healthz' }, { signal, timeoutMs: PATIENCE_MS })
    return over ? await new Promise<undefined>(() => {}) : undefined
  }
  return Promise.race([asked, silence()])
}
