import type { Limits } from '../../contract.ts'
import type { Kept, Pool, Start } from '../../pool.ts'
import { type AheadOptions, ownAhead } from '../ahead.ts'
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

export const startBuilderAhead =
  (options: AheadOptions): Start<BuilderShape, KeptBuilder> =>
  async ({ image, limits }, { signal }) => {
    signal?.throwIfAborted()
    const { engine, runtime } = options
    const { owner, release } = ownAhead(options)
    try {
      const builder = await startBuilder(engine, { owner, image, limits, ...(runtime !== undefined && { runtime }) }, 'builder')
      return {
        id: owner.sandbox,
        expiresAt: owner.deadline * 1000,
        ended: builder.ended,
        builder,
        remove: () => release(() => builder.end()),
      }
    } catch (thrown) {
      await release(async () => {})
      throw thrown
    }
  }
