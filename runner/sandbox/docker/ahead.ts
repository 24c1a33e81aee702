import type { Engine } from './engine.ts'
import type { Owner } from './labels.ts'

/** What those need who start something before anybody asks for it. */
export interface AheadOptions {
  readonly engine: Engine
  readonly instance: string
  readonly newId: () => string
  /** Sandboxes that this process holds; the sweep leaves what they own. */
  readonly inUse: Set<string>
  readonly runtime?: string | undefined
}

export interface Ahead {
  readonly owner: Owner
  /** Ends its use by `removing` what it owns. */
  readonly release: (removing: () => Promise<void>) => Promise<void>
}

/** How long such a thing may live, waiting and used; then the sweep takes it, whoever holds it. */
export const AHEAD_SECONDS = 3600
/** What stands on the label in the place of a submission, because nobody knows yet whose it will be. */
const POOL = 'pool'

/** Makes an owner, which is in use until it is released. */
export const ownAhead = ({ instance, newId, inUse }: AheadOptions, lifeSeconds = AHEAD_SECONDS): Ahead => {
  const owner: Owner = { instance, sandbox: newId(), submission: POOL, deadline: Math.ceil(Date.now() / 1000) + lifeSeconds }
  inUse.add(owner.sandbox)
  return { owner, release: (removing) => removing().finally(() => inUse.delete(owner.sandbox)) }
}
