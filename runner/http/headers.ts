import { createMiddleware } from 'hono/factory'

const EVERYWHERE = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const

export const apiHeaders = createMiddleware(async (c, next) => {
  for (const [name, value] of Object.entries(EVERYWHERE)) c.header(name, value)
  c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
  c.header('Cache-Control', 'no-store')
  await next()
})

export const siteHeaders = createMiddleware(async (c, next) => {
  for (const [name, value] of Object.entries(EVERYWHERE)) c.header(name, value)
  c.header('Permissions-Policy', 'camera=(), microphone=(), geolocation=()')
  await next()
})

/**
 * What one page may do. Its own inline scripts are named by hash, so that nothing injected runs; styles cannot be, since the
 * editor and the highlighted code set them inline. Search compiles WebAssembly.
 */
export const pagePolicy = (scriptHashes: readonly string[]): string =>
  [
    "default-src 'self'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...scriptHashes.map((hash) => `'sha256-${hash}'`)].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
