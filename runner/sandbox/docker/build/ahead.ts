import type { Limits } from '../../contract.ts'
import type { Kept, Pool, Start } from '../../pool.ts'
import type { Engine } from '../engine.ts'
import type { Owner } from '../labels.ts'
import { type Builder, startBuilder } from './builder.ts'

/** What a builder is made for: two submissions of one lab have the same. */
export interface BuilderShape {
  /** The stocked image. */
  readonly image: string
  readonly limits: Limits
}

/** A started builder that has built nothing yet: its cache is empty, so it tells one learner nothing of another. */
export interface KeptBuilder extends Kept {
  readonly builder: Builder
}

/** Where sandboxes find builders that are ready. */
export type BuildersAhead = Pick<Pool<BuilderShape, KeptBuilder>, 'spare' | 'give'>

export interface AheadOptions {
  readonly engine: Engine
  readonly instance: string
  readonly newId: () => string
  /** Sandboxes that this process holds; a builder is in it from before its start until after its removal. */
  readonly inUse: Set<string>
  readonly runtime?: string | undefined
}

const LIFE_SECONDS = 3600

export const startBuilderAhead =
  ({ engine, instance, newId, inUse, runtime }: AheadOptions): Start<BuilderShape, KeptBuilder> =>
  async ({ image, limits }, { signal }) => {
    signal?.throwIfAborted()
    const owner: Owner = { instance, sandbox: newId(), submission: 'pool', deadline: Math.ceil(Date.now() / 1000) + LIFE_SECONDS }
    inUse.add(owner.sandbox)
    try {
      const builder = await startBuilder(engine, { owner, image, limits, ...(runtime !== undefined && { runtime }) }, 'builder')
      return {
        id: owner.sandbox,
        expiresAt: owner.deadline * 1000,
        ended: builder.ended,
        builder,
        remove: () => builder.end().finally(() => inUse.delete(owner.sandbox)),
      }
    } catch (thrown) {
      inUse.delete(owner.sandbox)
      throw thrown
    }
  }
