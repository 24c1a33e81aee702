import { readFile } from 'node:fs/promises'
import { z } from 'astro/zod'
import { parse } from 'yaml'

const localized = z.object({ en: z.string(), ja: z.string() })

export const trackSchema = z.object({
  order: z.number(),
  title: localized,
  summary: localized,
  /** Tracks that make this one easier. */
  after: z.array(z.string()).default([]),
  /** Folder names of its lessons, in the order of reading. */
  lessons: z.array(z.string()).default([]),
})
export type Track = z.infer<typeof trackSchema>

/** Reads `tracks.yaml` below the site's folder; the order of the file is the order of the page. */
export const loadTracks = async (path: string): Promise<({ id: string } & z.input<typeof trackSchema>)[]> => {
  const { tracks } = parse(await readFile(path, 'utf8')) as { tracks: ({ id: string } & Omit<z.input<typeof trackSchema>, 'order'>)[] }
  return tracks.map((track, order) => ({ ...track, order }))
}
