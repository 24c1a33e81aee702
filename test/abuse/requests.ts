import { connect } from 'node:net'

/** What came back over a plain connection until it was closed or so long had passed. */
export interface RawAnswer {
  readonly text: string
  readonly closed: boolean
  readonly ms: number
  /** Bytes that the server took before it stopped to. */
  readonly taken: number
}

/** Speaks to a server byte by byte, as no client of HTTP would. `more` is written over and over, each time `everyMs`. */
export const raw = (
  url: string,
  first: string | Uint8Array,
  { forMs, more, everyMs = 0 }: { readonly forMs: number; readonly more?: string | Uint8Array; readonly everyMs?: number },
): Promise<RawAnswer> =>
  new Promise((done) => {
    const { hostname, port } = new URL(url)
    const began = performance.now()
    const parts: Buffer[] = []
    let closed = false
    const socket = connect(Number(port), hostname)
    const finish = (): void => {
      clearTimeout(over)
      clearInterval(drip)
      done({ text: Buffer.concat(parts).toString('latin1'), closed, ms: performance.now() - began, taken: socket.bytesWritten })
      socket.destroy()
    }
    const over = setTimeout(finish, forMs)
    const push = (): void => {
      if (more === undefined || socket.destroyed) return
      if (everyMs > 0) return void socket.write(more)
      while (socket.write(more));
      socket.once('drain', push)
    }
    const drip = setInterval(() => everyMs > 0 && push(), Math.max(everyMs, 10))
    socket.on('connect', () => {
      socket.write(first)
      push()
    })
    socket.on('data', (chunk: Buffer) => parts.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      closed = true
      finish()
    })
  })

/** A request as text, with these headers beside Host. */
export const request = (url: string, line: string, headers: Readonly<Record<string, string>> = {}, body = ''): string =>
  `${line} HTTP/1.1\r\nHost: ${new URL(url).host}\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`
