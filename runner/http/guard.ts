import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { createMiddleware } from 'hono/factory'
import { Refusal } from './refusal.ts'

/**
 * Answers only to names that are this server's. A page elsewhere can make its own name point here (DNS rebinding) and would
 * then read the API as its own; it cannot do so with an address or with `localhost`.
 */
export const checkHost = (hosts: readonly string[]) => {
  const own = new Set([...hosts, hostname()].map((name) => name.toLowerCase()))
  return createMiddleware(async (c, next) => {
    const host = nameOf(c.req.header('host') ?? new URL(c.req.url).host)
    if (isIP(host) === 0 && host !== 'localhost' && !host.endsWith('.localhost') && !own.has(host)) {
      throw new Refusal('host.refused', { values: { host: host.slice(0, 80) } })
    }
    await next()
  })
}

/** Takes no change from a page of another origin. Clients that are no browser send neither header. */
export const checkOrigin = createMiddleware(async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const origin = c.req.header('origin')
    const site = c.req.header('sec-fetch-site')
    const host = c.req.header('host') ?? new URL(c.req.url).host
    // Only the host is compared: behind a proxy that ends TLS the schemes differ.
    const foreign = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== withoutDefaultPort(host))
    if (foreign || site === 'cross-site' || site === 'same-site') throw new Refusal('origin.refused')
  }
  await next()
})

/** The name in a Host header, without port and brackets. */
const nameOf = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')

const withoutDefaultPort = (host: string): string => host.toLowerCase().replace(/:(80|443)$/, '')
