import { posix } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { extract, pack } from 'tar-stream'
import { LEARNER } from '../../images/recipe.ts'
import type { FileMap } from '../contract.ts'

const SCRIPT = Buffer.from('#!')

export interface ArchiveOptions {
  /** Whose the files are; the learner's by default. */
  readonly owner?: number
  /** Of every file; by default everybody may read, and run what begins as a script. */
  readonly mode?: number
  /** Folders that are there although nothing is in them. */
  readonly folders?: readonly string[]
}

/** Files of a map as a tar archive, each folder named before what is in it, so that no link is ever followed while unpacking. */
export const toArchive = async (
  files: FileMap,
  { owner = LEARNER.uid, mode: given, folders = [] }: ArchiveOptions = {},
): Promise<Buffer> => {
  const archive = pack()
  const owned = { uid: owner, gid: owner, mtime: new Date() }
  const all = new Set([...foldersOf(Object.keys(files)), ...foldersOf(folders.map((folder) => `${checked(folder)}/.`))])
  for (const folder of all) archive.entry({ name: `${folder}/`, type: 'directory', mode: 0o755, ...owned })
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content as Uint8Array)
    const mode = given ?? (bytes.subarray(0, 2).equals(SCRIPT) ? 0o755 : 0o644)
    archive.entry({ name: checked(name), mode, ...owned }, bytes)
  }
  archive.finalize()
  return buffer(archive)
}

const checked = (path: string): string => {
  if (isBelow(path)) return path
  throw new TypeError(`Not a path below the working directory: ${JSON.stringify(path)}`)
}

/** Whether a path is relative, stays below where it begins, and is written in the plainest way. */
export const isBelow = (path: string): boolean =>
  path !== '' &&
  path !== '.' &&
  !path.includes('\0') &&
  !posix.isAbsolute(path) &&
  posix.normalize(path) === path &&
  path !== '..' &&
  !path.startsWith('../') &&
  !path.endsWith('/')

/** Every folder on the way to the paths, outermost first. */
export const foldersOf = (paths: readonly string[]): readonly string[] => {
  const folders = new Set<string>()
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1)
    for (let depth = 1; depth <= parts.length; depth += 1) folders.add(parts.slice(0, depth).join('/'))
  }
  return [...folders]
}

/** The bytes of the first entry of an archive when it is a regular file. Throws what the archive breaks off with. */
export const firstFile = async (archive: NodeJS.ReadableStream): Promise<Uint8Array | undefined> => {
  const tar = extract()
  let bytes: Uint8Array | undefined
  let first = true
  tar.on('entry', (header, body, next) => {
    const wanted = first && header.type === 'file'
    first = false
    if (!wanted) {
      body.resume()
      body.on('end', next)
      return
    }
    buffer(body).then((all) => {
      bytes = new Uint8Array(all)
      next()
    }, next)
  })
  await pipeline(archive, tar)
  return bytes
}
