import { defineCollection } from 'astro:content'
import { i18nLoader } from '@astrojs/starlight/loaders'
import { docsSchema, i18nSchema } from '@astrojs/starlight/schema'
import { glob } from 'astro/loaders'
import { z } from 'astro/zod'
import { loadLabViews } from './lib/load-lab-views.ts'
import { loadTracks, trackSchema } from './lib/load-tracks.ts'

const CONTENT = '../content'

/** What stands at the head of a lesson. */
const lesson = z.object({
  /** Reading time, without the lab. */
  minutes: z.number().int().positive().optional(),
  /** The lab beside it. */
  lab: z.string().optional(),
})

export const collections = {
  docs: defineCollection({ loader: glob({ base: CONTENT, pattern: '{en,ja}/**/*.mdx' }), schema: docsSchema({ extend: lesson }) }),
  i18n: defineCollection({ loader: i18nLoader(), schema: i18nSchema() }),
  tracks: defineCollection({ loader: () => loadTracks(`${CONTENT}/tracks.yaml`), schema: trackSchema }),
  labs: defineCollection({
    loader: () => loadLabViews('../labs'),
    schema: z.object({ track: z.string(), sandbox: z.enum(['docker', 'kubernetes', 'none']), view: z.any() }),
  }),
}
