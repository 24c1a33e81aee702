import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { LANGUAGES, type Language } from '../../labs/kit/finding.ts'

const LANGUAGE_COOKIE = 'language'

/** The language asked for: in the address, else the cookie, else what the browser prefers, else English. */
export const languageOf = (c: Context): Language =>
  known(c.req.query('language')) ?? known(getCookie(c, LANGUAGE_COOKIE)) ?? preferred(c.req.header('accept-language') ?? '')

export const known = (value: unknown): Language | undefined => LANGUAGES.find((language) => language === value)

/** `ja-JP,ja;q=0.9,en;q=0.8` is Japanese. */
const preferred = (header: string): Language => {
  const wanted = header
    .slice(0, 500)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';')
      const q = Number(
        parameters
          .find((parameter) => parameter.trim().startsWith('q='))
          ?.trim()
          .slice(2) ?? 1,
      )
      return { language: known(tag.split('-')[0]), q: Number.isFinite(q) ? q : 0 }
    })
    .filter(({ language, q }) => language !== undefined && q > 0)
    .sort((a, b) => b.q - a.q)
  return wanted[0]?.language ?? 'en'
}
