import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Header, pack } from 'tar-stream'

const HIDES = '.wh.'
const HIDES_ALL = '.wh..wh..opq'

/** A layer made of several: its uncompressed archive and that archive's digest. */
export interface Flat {
  readonly path: string
  readonly bytes: number
  readonly diffId: string
}

/**
 * Makes one layer that does to what lies below it exactly what the layers do one after the other. The engine spends a process and a
 * mount on each layer it takes in, which is most of what loading a small image costs. Undefined where a hard link would
 * lose its target.
 */
export const flatten = async (layers: readonly string[], to: string): Promise<Flat | undefined> => {
  const listed = await Promise.all(layers.map(list))
  const plan = toPlan(listed)
  if (!plan) return undefined
  const archive = pack()
  const hash = createHash('sha256')
  const counted = new PassThrough()
  let bytes = 0
  counted.on('data', (chunk: Buffer) => {
    hash.update(chunk)
    bytes += chunk.length
  })
  const written = pipeline(archive, counted, createWriteStream(to))
  written.catch(() => {})
  try {
    for (const [index, path] of layers.entries()) await copy(path, plan.kept[index] ?? new Set(), archive)
    for (const folder of plan.emptied) archive.entry({ name: `${folder}/${HIDES_ALL}`, size: 0 })
    archive.finalize()
  } catch (thrown) {
    archive.destroy(thrown as Error)
    throw thrown
  }
  await written
  return { path: to, bytes, diffId: `sha256:${hash.digest('hex')}` }
}

interface Entry {
  readonly name: string
  readonly path: string
  readonly kind: 'folder' | 'link' | 'other' | 'hides' | 'hides-all'
  readonly target?: string
}

const clean = (name: string): string => name.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '')

/** What an entry is about: the path itself, or the one that it hides. */
export const toEntry = ({ name, type, linkname }: Pick<Header, 'name' | 'type' | 'linkname'>): Entry => {
  const path = clean(name)
  const at = path.lastIndexOf('/') + 1
  const base = path.slice(at)
  if (base === HIDES_ALL) return { name, path: path.slice(0, Math.max(0, at - 1)), kind: 'hides-all' }
  if (base.startsWith(HIDES)) return { name, path: path.slice(0, at) + base.slice(HIDES.length), kind: 'hides' }
  if (type === 'link') return { name, path, kind: 'link', target: clean(linkname ?? '') }
  return { name, path, kind: type === 'directory' ? 'folder' : 'other' }
}

/** Which entries of each layer remain, by their names, and which folders must hide what lies below all layers. Pure. */
export const toPlan = (
  layers: readonly (readonly Entry[])[],
): { readonly kept: readonly ReadonlySet<string>[]; readonly emptied: readonly string[] } | undefined => {
  const kept: Set<string>[] = layers.map(() => new Set())
  const there = new Map<string, Entry['kind']>()
  const hidden = new Set<string>()
  const opaque = new Set<string>()
  const emptied = new Set<string>()
  const covered = (path: string): boolean => {
    for (let at = path.lastIndexOf('/'); at >= 0; at = path.lastIndexOf('/', at - 1)) {
      const above = path.slice(0, at)
      const kind = there.get(above)
      if (hidden.has(above) || opaque.has(above) || (kind !== undefined && kind !== 'folder')) return true
      if (at === 0) break
    }
    return opaque.has('') || false
  }
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const layer = layers[index] ?? []
    const remaining = layer.filter(({ path, kind }) => {
      if (covered(path)) return false
      if (kind === 'hides-all') return !opaque.has(path) && !hidden.has(path)
      if (kind !== 'hides') return !there.has(path) && !hidden.has(path)
      // Put back by a later layer: a file replaces what is below anyhow, a folder must hide what the old one held.
      if (there.get(path) === 'folder') emptied.add(path)
      return !there.has(path) && !hidden.has(path)
    })
    const names = new Set(remaining.map(({ path }) => path))
    if (remaining.some(({ kind, target = '' }) => kind === 'link' && !names.has(target))) return undefined
    for (const { name } of remaining) kept[index]?.add(name)
    for (const { path, kind } of layer) {
      if (kind === 'hides') hidden.add(path)
      else if (kind === 'hides-all') opaque.add(path)
    }
    for (const { path, kind } of remaining) if (kind !== 'hides' && kind !== 'hides-all') there.set(path, kind)
  }
  return { kept, emptied: [...emptied].filter((path) => !opaque.has(path)) }
}

const list = async (path: string): Promise<readonly Entry[]> => {
  const entries: Entry[] = []
  const tar = extract()
  tar.on('entry', (header, body, next) => {
    entries.push(toEntry(header))
    body.on('end', next)
    body.resume()
  })
  await pipeline(createReadStream(path), createGunzip(), tar)
  return entries
}

const copy = async (path: string, kept: ReadonlySet<string>, archive: ReturnType<typeof pack>): Promise<void> => {
  const tar = extract()
  tar.on('entry', (header, body, next) => {
    if (kept.has(header.name)) pipeline(body, archive.entry(header)).then(() => next(), next)
    else {
      body.on('end', next)
      body.resume()
    }
  })
  await pipeline(createReadStream(path), createGunzip(), tar)
}
