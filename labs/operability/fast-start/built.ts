import type { Sandbox } from '../../kit/index.ts'

/** Everything in the folder built/, read before anybody else could change it. */
export interface Built {
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly kib: number
}

/** Files that are read at all; an image that needs more says so by failing to start. */
const MOST_FILES = 200

/** Reads what a build left behind in the sandbox's working directory. Links are not followed. */
export const readBuilt = async (sandbox: Sandbox, signal: AbortSignal): Promise<Built> => {
  const listed = await sandbox.exec(['sh', '-c', "test ! -d built || find built -type f -printf '%s %p\\0'"], { signal })
  const found = Buffer.from(listed.stdout)
    .toString('utf8')
    .split('\0')
    .map((entry) => /^(\d+) (.+)$/s.exec(entry))
    .flatMap((match) => (match === null ? [] : [{ bytes: Number(match[1]), path: match[2] ?? '' }]))
  const files: Record<string, Uint8Array> = {}
  for (const { path } of found.slice(0, MOST_FILES)) {
    const content = await sandbox.read(path, { signal })
    if (content !== undefined) files[path] = content
  }
  return { files, kib: found.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 }
}
