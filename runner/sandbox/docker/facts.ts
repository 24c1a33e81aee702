import type { LogDriver } from './container.ts'
import type { Engine } from './engine.ts'
import { toMillis } from './time.ts'

/** What an engine is asked once. */
export interface EngineFacts {
  readonly logDriver: LogDriver
  /** How far the engine's clock is ahead of ours: it may be on another machine. */
  readonly clockAheadMs: number
  /** Whether it takes a filter of calls in the request. Podman wants a file on its own machine; its own filter is newer than most engines'. */
  readonly takesFilter: boolean
}

export const readFacts = async (engine: Engine): Promise<EngineFacts> => {
  const askedAt = Date.now()
  const { Plugins, SystemTime } = await engine.call('tell what it can do', (docker) => docker.info())
  const roundTrip = Date.now() - askedAt
  const { Components = [] } = (await engine.call('answer', (docker) => docker.version())) as { Components?: readonly { Name: string }[] }
  const ahead = toMillis(SystemTime) - (askedAt + roundTrip / 2)
  return {
    takesFilter: !Components.some(({ Name }) => /podman/i.test(Name)),
    logDriver: (Plugins?.Log ?? []).includes('local') ? 'local' : 'json-file',
    // What the round trip cannot tell from nothing is nothing.
    clockAheadMs: Math.abs(ahead) <= roundTrip / 2 + 1 ? 0 : ahead,
  }
}
