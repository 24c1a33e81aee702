import { type Context, Hono } from 'hono'
import type { Deps } from './deps.ts'
import { pagePolicy } from './headers.ts'
import { languageOf } from './language.ts'
import { openSite, type SiteFile } from './site-files.ts'

const YEAR_SECONDS = 365 * 86_400

/** The built site. Its pages are static; only the API computes. */
export const siteRoutes = ({ siteFolder }: Pick<Deps, 'siteFolder'>) => {
  const site = openSite(siteFolder)
  return new Hono()
    .get('/', (c) => {
      c.header('Vary', 'Accept-Language, Cookie')
      c.header('Cache-Control', 'no-cache')
      return c.redirect(`/${languageOf(c)}/`, 302)
    })
    .get('*', async (c) => {
      const found = await site.find(c.req.path)
      if (found === 'folder') return c.redirect(`${c.req.path}/`, 301)
      if (found !== undefined) return answer(c, found, 200)
      const language = c.req.path.startsWith('/ja/') ? 'ja' : c.req.path.startsWith('/en/') ? 'en' : languageOf(c)
      const page = (await site.find(`/${language}/404/`)) ?? (await site.find(`/${language}/404.html`)) ?? (await site.find('/404.html'))
      return page === undefined || page === 'folder' ? c.text(NOT_FOUND[language], 404) : answer(c, page, 404)
    })
}

const NOT_FOUND = { en: 'There is no page at this address.\n', ja: 'このアドレスにページはありません。\n' } as const

const answer = async (c: Context, file: SiteFile, status: 200 | 404): Promise<Response> => {
  c.header('Content-Type', file.type)
  c.header('ETag', file.etag)
  c.header('Vary', 'Accept-Encoding')
  c.header('Cache-Control', file.named ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache')
  if (file.scriptHashes !== undefined) c.header('Content-Security-Policy', pagePolicy(file.scriptHashes))
  if (status === 200 && sameTag(c.req.header('if-none-match'), file.etag)) return c.body(null, 304)
  const packed = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '') ? await file.gzip() : undefined
  if (packed !== undefined) c.header('Content-Encoding', 'gzip')
  return c.body(packed ?? file.bytes, status)
}

const sameTag = (asked: string | undefined, etag: string): boolean =>
  asked?.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag.replace(/^W\//, '')) === true
