import { readFileSync } from 'node:fs'

/**
 * Whether what is installed is what the lock file asks for, so that nothing is installed again over a developer's `npm install`.
 * Exits 0 or 1.
 *
 *     installed.ts run|all
 */
interface Entry {
  readonly version?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly optional?: boolean
  readonly peer?: boolean
}

const packagesOf = (file: string): Readonly<Record<string, Entry>> =>
  (JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> }).packages

/** Optional packages are for some machine or other; npm left out those of the others. */
const isWanted = ([path, entry]: [string, Entry]): boolean =>
  path.includes('node_modules/') && !entry.link && !entry.optional && !(process.argv[2] === 'run' && entry.dev)

try {
  const wanted = packagesOf('package-lock.json')
  const installed = packagesOf('node_modules/.package-lock.json')
  const stale = Object.entries(wanted)
    .filter(isWanted)
    .some(([path, { integrity }]) => installed[path]?.integrity !== integrity)
  process.exitCode = stale ? 1 : 0
} catch {
  process.exitCode = 1
}
