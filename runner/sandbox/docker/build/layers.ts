import { createReadStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import type { LayerFile } from '../../contract.ts'

const HIDES = '.wh.'
const HIDES_ALL = '.wh..wh..opq'

/** What one entry of a layer says about the file system. */
const toFile = (header: Header): LayerFile => {
  const path = header.name.replace(/^\.?\//, '').replace(/\/$/, '')
  const parts = path.split('/')
  const name = parts.pop() ?? ''
  const owner = { bytes: header.size ?? 0, mode: (header.mode ?? 0) & 0o7777, uid: header.uid ?? 0, gid: header.gid ?? 0 }
  if (name === HIDES_ALL) return { path: parts.join('/'), kind: 'emptied', ...owner }
  if (name.startsWith(HIDES)) return { path: [...parts, name.slice(HIDES.length)].join('/'), kind: 'removed', ...owner }
  switch (header.type) {
    case 'directory':
      return { path, kind: 'folder', ...owner }
    case 'symlink':
    case 'link':
      return { path, kind: 'link', target: header.linkname ?? '', ...owner }
    case 'file':
      return { path, kind: 'file', ...owner }
    default:
      return { path, kind: 'special', ...owner }
  }
}

type Visit = (file: LayerFile, content: () => Promise<Buffer>) => void | Promise<void>

/** Visits every entry of a compressed layer; contents are read only where the visitor asks for them. */
export const visitLayer = async (path: string, visit: Visit): Promise<void> => {
  const tar = extract()
  tar.on('entry', (header, body, next) => {
    let read = false
    const content = () => {
      read = true
      return buffer(body)
    }
    Promise.resolve(visit(toFile(header), content)).then(
      () => {
        if (read) return next()
        body.on('end', next)
        body.resume()
        return undefined
      },
      (thrown) => next(thrown),
    )
  })
  await pipeline(createReadStream(path), createGunzip(), tar)
}
