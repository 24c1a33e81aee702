import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { scanJson } from './json.ts'
import { known } from './language.ts'
import { Refusal } from './refusal.ts'

const BODY_KIB = 1024

/** Reads no more of a body than the limit, whatever its headers say. */
export const limitBody = bodyLimit({
  maxSize: BODY_KIB * 1024,
  onError: () => {
    throw new Refusal('body.too-large', { values: { allowedKiB: BODY_KIB } })
  },
})

/**
 * Lets a request through whose body is one JSON value that every parser reads alike: UTF-8, no key twice, not deep. What a
 * lenient parser would repair silently could otherwise be stored as something the learner did not send.
 */
export const strictJson = createMiddleware(async (c, next) => {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) throw new Refusal('body.not-json')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(await c.req.arrayBuffer())
  } catch (cause) {
    if (cause instanceof Refusal) throw cause
    throw new Refusal('body.not-utf8')
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Refusal('body.malformed', { values: { problem: problemOf(cause) } })
  }
  const language = known((value as { language?: unknown } | null)?.language)
  const found = scanJson(text)
  if (found?.problem === 'deep') throw new Refusal('body.too-deep', { values: { allowed: found.allowed }, language })
  if (found?.problem === 'duplicate')
    throw new Refusal('body.duplicate-key', { values: { key: found.key }, at: { field: found.key }, language })
  await next()
})

/** V8's sentence without the excerpt of the body it quotes. */
const problemOf = (cause: unknown): string => {
  const message = cause instanceof Error ? cause.message : ''
  return /at position \d+(?: \(line \d+ column \d+\))?/.exec(message)?.[0] ?? 'it ends too early'
}
