import { lstat, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { FoundFile } from '../contract.ts'

/** The regular files below a folder, never through a link, by the path that a program knows them by; none when it is gone. */
export const filesBelow = async (folder: string, as: string): Promise<readonly FoundFile[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map(async (path) => ({ path: join(as, relative(folder, path)), size: await sizeOf(path) })),
  )
  return found.flatMap(({ path, size }) => (size === undefined ? [] : [{ path, bytes: size }])).sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** A file may go while we look. */
const sizeOf = (path: string): Promise<number | undefined> =>
  lstat(path).then(
    ({ size }) => size,
    () => undefined,
  )
