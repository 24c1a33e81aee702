import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join, normalize, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { getMimeType } from 'hono/utils/mime'

export interface SiteFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly etag: string
  /** Its name changes with its content, so it may be kept for ever. */
  readonly named: boolean
  /** Of a page: the SHA-256 of each inline script that runs. */
  readonly scriptHashes: readonly string[] | undefined
  /** Compressed once; undefined where that saves nothing. */
  gzip(): Promise<Uint8Array<ArrayBuffer> | undefined>
}

export interface Site {
  /** The file at a path, the `index.html` of one that ends with a slash, or `folder` when the slash is missing. */
  find(path: string): Promise<SiteFile | 'folder' | undefined>
}

const compress = promisify(gzip)
/** The whole built site is some tens of MiB; what has been asked for stays in memory up to this. */
const KEPT_MIB = 64

/** Serves a folder of files. Looks at the disk each time, so a newly built site is seen without a restart. */
export const openSite = (folder: string): Site => {
  const kept = new Map<string, { readonly stamp: string; readonly file: SiteFile }>()
  let bytes = 0

  const load = async (path: string): Promise<SiteFile | 'folder' | undefined> => {
    const found = await stat(path).catch(() => undefined)
    if (found?.isDirectory() === true) return 'folder'
    if (found?.isFile() !== true) return undefined
    const stamp = `${found.mtimeMs}-${found.size}`
    const known = kept.get(path)
    if (known?.stamp === stamp) return known.file
    const file = fileOf(path, new Uint8Array(await readFile(path)))
    if (known !== undefined) bytes -= known.file.bytes.length
    kept.set(path, { stamp, file })
    bytes += file.bytes.length
    for (const [oldest, { file: old }] of kept) {
      if (bytes <= KEPT_MIB * 2 ** 20) break
      kept.delete(oldest)
      bytes -= old.bytes.length
    }
    return file
  }

  return {
    async find(path) {
      const plain = decoded(path)
      if (plain === undefined) return undefined
      const file = join(folder, normalize(plain.endsWith('/') ? `${plain}index.html` : plain))
      if (!file.startsWith(`${normalize(folder)}${sep}`)) return undefined
      const found = await load(file)
      return found === 'folder' && plain.endsWith('/') ? undefined : found
    },
  }
}

const decoded = (path: string): string | undefined => {
  try {
    const plain = decodeURIComponent(path)
    // Nothing of the site begins with a dot, but an editor's or a version control's leavings may.
    return plain.includes('\0') || plain.includes('\\') || /(^|\/)\./.test(plain) ? undefined : plain
  } catch {
    return undefined
  }
}

const fileOf = (path: string, bytes: Uint8Array<ArrayBuffer>): SiteFile => {
  const type = getMimeType(path) ?? 'application/octet-stream'
  let packed: Promise<Uint8Array<ArrayBuffer> | undefined> | undefined
  return {
    bytes,
    type,
    etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    named: /\/_astro\/|[.-](?=[\w-]*[A-Z0-9])[\w-]{8}\.(js|css|woff2?|wasm|ttf)$/.test(path),
    scriptHashes: type.startsWith('text/html') ? inlineScripts(Buffer.from(bytes).toString('utf8')) : undefined,
    gzip() {
      packed ??= pack(type, bytes)
      return packed
    },
  }
}

const pack = async (type: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> => {
  if (bytes.length < 1024 || !/^text\/|javascript|json|xml|svg|wasm|manifest|octet-stream/.test(type)) return undefined
  const packed = new Uint8Array(await compress(bytes, { level: 6 }))
  return packed.length < bytes.length * 0.95 ? packed : undefined
}

/** Hashes of the inline scripts of a page that a browser would run; data blocks need none. */
const inlineScripts = (html: string): string[] => {
  const hashes = new Set<string>()
  for (const [, attributes = '', source = ''] of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)) {
    const type = /\btype\s*=\s*["']?([^"'\s>]+)/i.exec(attributes)?.[1]?.toLowerCase()
    const runs =
      type === undefined || type === 'module' || type === 'importmap' || type === 'speculationrules' || type.endsWith('javascript')
    if (runs && !/\bsrc\s*=/i.test(attributes) && source !== '') hashes.add(createHash('sha256').update(source).digest('base64'))
  }
  return [...hashes]
}
