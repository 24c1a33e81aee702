interface Cookie {
  readonly value: string
  readonly path: string
}

/** The cookies of one visitor, as a browser keeps them for one site that is reached over TLS. */
export class Jar {
  readonly #cookies = new Map<string, Cookie>()

  /** Takes what `set-cookie` headers say. */
  take(headers: readonly string[], now: number): void {
    for (const header of headers) {
      const [pair = '', ...attributes] = header.split(';').map((part) => part.trim())
      const at = pair.indexOf('=')
      if (at < 1) continue
      const name = pair.slice(0, at)
      const told = new Map(attributes.map((attribute) => splitOnce(attribute)))
      const maxAge = told.get('max-age')
      const expires = told.get('expires')
      const gone = maxAge !== undefined ? Number(maxAge) <= 0 : expires !== undefined && Date.parse(expires) <= now
      const path = told.get('path')
      if (gone) this.#cookies.delete(name)
      else this.#cookies.set(name, { value: pair.slice(at + 1), path: path?.startsWith('/') ? path : '/' })
    }
  }

  /** The `cookie` header for a request; undefined when there is nothing to send. */
  header(path: string): string | undefined {
    const sent = [...this.#cookies].filter(([, cookie]) => isBelow(path.replace(/\?.*$/s, ''), cookie.path))
    return sent.length === 0 ? undefined : sent.map(([name, { value }]) => `${name}=${value}`).join('; ')
  }
}

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)

const splitOnce = (attribute: string): readonly [string, string] => {
  const at = attribute.indexOf('=')
  return at < 0 ? [attribute.toLowerCase(), ''] : [attribute.slice(0, at).toLowerCase(), attribute.slice(at + 1)]
}
