import type { Lab } from '../../labs/kit/lab.ts'

export const SCREEN_LIMITS = { files: 50, fileKiB: 256, totalKiB: 512, pathCharacters: 200 } as const

export type Objection =
  | {
      readonly code: 'file.path' | 'file.unknown' | 'file.read-only' | 'file.missing' | 'file.not-text' | 'file.collision'
      readonly file: string
    }
  | { readonly code: 'file.too-large'; readonly file: string; readonly allowedKiB: number }
  | { readonly code: 'files.too-many'; readonly allowed: number }
  | { readonly code: 'files.too-large'; readonly allowedKiB: number }

/**
 * What keeps these files from being stored and graded at all; undefined when nothing does. Cheap, and never touches a disk.
 * A file's path is judged before it is looked up, so that a trick is called a trick even where it names nothing.
 */
export const screen = (lab: Lab, files: Readonly<Record<string, string>>): Objection | undefined => {
  const entries = Object.entries(files)
  if (entries.length > SCREEN_LIMITS.files) return { code: 'files.too-many', allowed: SCREEN_LIMITS.files }
  return (
    first(entries, ([file]) => (isPlainPath(file) ? undefined : { code: 'file.path', file: shown(file) })) ??
    collision(entries.map(([file]) => file)) ??
    first(entries, ([file]) => unknownOrReadOnly(lab, file)) ??
    first(Object.entries(lab.files), ([file, access]) =>
      access === 'edit' && !Object.hasOwn(files, file) ? { code: 'file.missing', file } : undefined,
    ) ??
    first(entries, ([file, text]) => (isText(text) ? undefined : { code: 'file.not-text', file })) ??
    sizes(entries)
  )
}

const first = <T>(items: readonly T[], objection: (item: T) => Objection | undefined): Objection | undefined => {
  for (const item of items) {
    const found = objection(item)
    if (found !== undefined) return found
  }
  return undefined
}

/** Relative, with forward slashes, no step up or aside, nothing a terminal or another file system reads differently. */
const isPlainPath = (path: string): boolean =>
  path.length > 0 &&
  path.length <= SCREEN_LIMITS.pathCharacters &&
  path.isWellFormed() &&
  // Control, format (zero width, direction), surrogate and private characters; line ends; backslash; characters Windows refuses.
  !/[\p{C}\p{Zl}\p{Zp}\\:*?"<>|]/u.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/^\s|[\s.]$/u.test(part))

const unknownOrReadOnly = (lab: Lab, file: string): Objection | undefined => {
  if (!Object.hasOwn(lab.files, file)) return { code: 'file.unknown', file: shown(file) }
  return lab.files[file] === 'read' ? { code: 'file.read-only', file } : undefined
}

/** Two paths that some file systems take for one. */
const collision = (paths: readonly string[]): Objection | undefined => {
  const seen = new Set<string>()
  for (const file of paths) {
    const folded = file.normalize('NFKC').toLowerCase()
    if (seen.has(folded)) return { code: 'file.collision', file: shown(file) }
    seen.add(folded)
  }
  return undefined
}

/** Text that UTF-8 can carry and a database stores. */
const isText = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

const sizes = (entries: readonly (readonly [string, string])[]): Objection | undefined => {
  let total = 0
  for (const [file, text] of entries) {
    const bytes = Buffer.byteLength(text)
    if (bytes > SCREEN_LIMITS.fileKiB * 1024) return { code: 'file.too-large', file, allowedKiB: SCREEN_LIMITS.fileKiB }
    total += bytes
  }
  return total > SCREEN_LIMITS.totalKiB * 1024 ? { code: 'files.too-large', allowedKiB: SCREEN_LIMITS.totalKiB } : undefined
}

/** A hostile path as it may stand in a message: short, and with its invisible characters spelled out. */
const shown = (path: string): string =>
  path
    .toWellFormed()
    .slice(0, 80)
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
