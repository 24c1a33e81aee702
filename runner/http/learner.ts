import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { link, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getCookie, setSignedCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { nanoid } from 'nanoid'

const COOKIE = 'learner'
const YEAR_SECONDS = 365 * 86_400

export interface LearnerEnv {
  Variables: { learner: string }
}

/** The key that signs cookies: made once, kept in the data folder, readable by its owner alone. */
export const cookieKey = async (data: string): Promise<string> => {
  const file = join(data, 'cookie.key')
  const draft = `${file}.${process.pid}`
  // Linked into place when it is whole, so that a crash in between leaves no empty key that anybody could sign with.
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flush: true })
  try {
    await link(draft, file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
  } finally {
    await unlink(draft)
  }
  return await readFile(file, 'utf8')
}

/** Knows the learner by a signed cookie, and gives one to whoever has none. Nothing is stored before the first submission. */
export const knowLearner = (key: string) =>
  createMiddleware<LearnerEnv>(async (c, next) => {
    const known = signedValue(getCookie(c, COOKIE), key)
    const learner = known !== undefined && /^[\w-]{21}$/.test(known) ? known : nanoid()
    c.set('learner', learner)
    if (learner !== known) {
      await setSignedCookie(c, COOKIE, learner, key, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: YEAR_SECONDS })
    }
    await next()
  })

/**
 * What a cookie of `setSignedCookie` holds; undefined for every other. Hono's own reader imports the key for each request and waits for
 * another thread twice, which took a twentieth of the time of a submission.
 */
const signedValue = (cookie: string | undefined, key: string): string | undefined => {
  const [value, signature] = cookie?.split('.') ?? []
  if (value === undefined || signature === undefined) return undefined
  const expected = createHmac('sha256', key).update(value).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected) ? value : undefined
}
