import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, rm } from 'node:fs/promises'
import { Fault } from '../../fault.ts'
import type { FileMap } from '../contract.ts'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

/**
 * Writes files below a folder in which a learner's program may be running. Every step goes through an open folder and follows
 * no link, so that a link put there meanwhile cannot lead the runner elsewhere.
 */
export const writeFiles = async (root: string, files: FileMap, owner: number | undefined): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    const parts = partsOf(path)
    const name = parts.pop() ?? ''
    await using folder = await openFolder(root, parts, owner)
    const place = `/proc/self/fd/${folder.fd}/${name}`
    await rm(place, { force: true, recursive: true })
    const bytes = Buffer.from(content as Uint8Array)
    const mode = bytes.subarray(0, 2).equals(SCRIPT) ? 0o755 : 0o644
    await using file = await open(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
    await file.chmod(mode)
    if (owner !== undefined) await file.chown(owner, owner)
    await file.writeFile(bytes)
  }
}

const SCRIPT = Buffer.from('#!')

/** The bytes of a regular file of at most `mostBytes`, never through a link; undefined when there is none. */
export const readFileBelow = async (root: string, path: string, mostBytes: number): Promise<Uint8Array | undefined> => {
  if (!isBelow(path)) return undefined
  const parts = partsOf(path)
  const name = parts.pop() ?? ''
  try {
    await using folder = await openFolder(root, parts, undefined, false)
    await using file = await open(`/proc/self/fd/${folder.fd}/${name}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const { size } = await file.stat().then((found) => (found.isFile() ? found : { size: Number.POSITIVE_INFINITY }))
    return size > mostBytes ? undefined : new Uint8Array(await file.readFile())
  } catch (cause) {
    if (ABSENT.has((cause as NodeJS.ErrnoException).code ?? '')) return undefined
    throw new Fault('engine.failed', `${path} could not be read`, { cause })
  }
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO', 'EACCES', 'ENAMETOOLONG'])

const isBelow = (path: string): boolean =>
  path !== '' && !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

const partsOf = (path: string): string[] => {
  if (!isBelow(path)) throw new TypeError(`Not a path below the working directory: ${JSON.stringify(path)}`)
  return path.split('/')
}

const openFolder = async (root: string, parts: readonly string[], owner: number | undefined, make = true): Promise<FileHandle> => {
  let folder = await open(root, O_RDONLY | O_DIRECTORY)
  for (const part of parts) {
    await using above = folder
    const place = `/proc/self/fd/${above.fd}/${part}`
    if (make && (await isInTheWay(place))) await rm(place, { force: true })
    const made = make && (await makeFolder(place))
    folder = await open(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    if (made && owner !== undefined) await folder.chown(owner, owner)
  }
  return folder
}

/** Whether something that is not a folder, a link say, stands where a folder is to be. */
const isInTheWay = (place: string): Promise<boolean> =>
  lstat(place).then(
    (found) => !found.isDirectory(),
    () => false,
  )

/** Whether it was not there before. */
const makeFolder = async (place: string): Promise<boolean> => {
  try {
    await mkdir(place, 0o755)
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw cause
  }
}
