import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { Fault } from '../fault.ts'
import type { Recipe } from './recipe.ts'

export const DEBOOTSTRAP = 'mmdebstrap'

/** The arguments that make one tar stream of a root file system on stdout. Pure. */
export const toBootstrap = (recipe: Recipe, nodeBinary: string): readonly string[] => [
  '--variant=essential',
  `--include=${recipe.packages.join(',')}`,
  ...recipe.without.map((glob) => `--dpkgopt=path-exclude=${glob}`),
  `--customize-hook=echo '${recipe.user.name}:x:${recipe.user.uid}:${recipe.user.uid}::/work:/bin/sh' >> "$1/etc/passwd"`,
  `--customize-hook=echo '${recipe.user.name}:x:${recipe.user.uid}:' >> "$1/etc/group"`,
  '--customize-hook=mkdir "$1/work"',
  ...(recipe.node === undefined ? [] : [`--customize-hook=install -m 755 ${quoted(nodeBinary)} "$1/usr/local/bin/node"`]),
  `--customize-hook=cd "$1" && rm -rf ${recipe.removed.map((path) => `.${path}/*`).join(' ')}`,
  recipe.suite,
  '-',
]

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

export interface Bootstrap {
  readonly tar: Readable
  /** Rejects with `image.build` when the program failed, carrying the end of what it said. */
  readonly done: Promise<void>
}

/** Starts mmdebstrap; its progress is told line by line. Throws `Fault` `image.build` when the program is not there. */
export const bootstrap = (args: readonly string[], onLine: (line: string) => void, signal?: AbortSignal): Bootstrap => {
  const child = spawn(DEBOOTSTRAP, [...args], { stdio: ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) })
  const tail: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    tail.push(line)
    if (tail.length > 20) tail.shift()
    onLine(line)
  })
  const done = new Promise<void>((resolve, reject) => {
    child.on('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'ENOENT'
          ? new Fault('image.build', `${DEBOOTSTRAP} is not installed: \`apt-get install -y --no-install-recommends ${DEBOOTSTRAP}\`.`, { cause })
          : signal?.aborted
            ? signal.reason
            : new Fault('image.build', `${DEBOOTSTRAP} could not run.`, { cause }),
      ),
    )
    child.on('close', (code, by) =>
      code === 0 ? resolve() : reject(new Fault('image.build', `${DEBOOTSTRAP} ended with ${code ?? by}:\n${tail.join('\n')}`)),
    )
  })
  done.catch(() => child.stdout.destroy())
  return { tar: child.stdout, done }
}
