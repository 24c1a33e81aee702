import { createHash } from 'node:crypto'
import type { ImageName } from '../sandbox/contract.ts'

/** What goes into one lab image. Everything that changes its content is in here, because its tag is the hash of this. */
export interface Recipe {
  readonly suite: string
  /** Debian packages above the essential ones, recommends left out. */
  readonly packages: readonly string[]
  readonly node?: string
  /** Globs that dpkg leaves out while unpacking. */
  readonly without: readonly string[]
  /** Paths removed at the end. */
  readonly removed: readonly string[]
  readonly user: { readonly name: string; readonly uid: number }
}

export const LEARNER = { name: 'learner', uid: 10001 } as const
export const PINNED_NODE = '24.21.0'

const NODE: Recipe = {
  suite: 'bookworm',
  packages: ['libstdc++6', 'python3'],
  node: PINNED_NODE,
  without: ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/info/*', '/usr/share/locale/*', '/usr/share/lintian/*'],
  removed: ['/var/lib/apt/lists', '/var/cache/apt', '/var/cache/debconf', '/var/log', '/usr/share/i18n'],
  user: LEARNER,
}

/** The recipes there are; `python` is the same image, because both languages are in it. */
const RECIPES = { node: NODE, python: NODE } as const satisfies Partial<Record<ImageName, Recipe>>

/** Names that have a recipe. */
export const BUILDABLE = Object.keys(RECIPES) as readonly (keyof typeof RECIPES)[]

/** The recipe of an image; undefined for names whose recipe is not written yet. */
export const recipeOf = (name: ImageName): Recipe | undefined => (name in RECIPES ? RECIPES[name as keyof typeof RECIPES] : undefined)

/** The arguments that make one tar stream of a root file system on stdout. Pure. */
export const toBootstrap = (recipe: Recipe, nodeBinary: string): readonly string[] => [
  '--variant=essential',
  `--include=${recipe.packages.join(',')}`,
  ...recipe.without.map((glob) => `--dpkgopt=path-exclude=${glob}`),
  `--customize-hook=echo '${recipe.user.name}:x:${recipe.user.uid}:${recipe.user.uid}::/work:/bin/sh' >> "$1/etc/passwd"`,
  `--customize-hook=echo '${recipe.user.name}:x:${recipe.user.uid}:' >> "$1/etc/group"`,
  `--customize-hook=install -d -o ${recipe.user.uid} -g ${recipe.user.uid} "$1/work"`,
  ...(recipe.node === undefined ? [] : [`--customize-hook=install -m 755 ${quoted(nodeBinary)} "$1/usr/local/bin/node"`]),
  `--customize-hook=cd "$1" && rm -rf ${recipe.removed.map((path) => `.${path}/*`).join(' ')}`,
  recipe.suite,
  '-',
]

/** What the engine adds to the file system while it imports it. */
export const toChanges = (recipe: Recipe): readonly string[] => [
  'ENV PATH=/usr/local/bin:/usr/bin:/bin',
  'WORKDIR /work',
  `USER ${recipe.user.uid}:${recipe.user.uid}`,
]

/** The tag of an image with this recipe on this architecture: a hash of everything that decides its content. */
export const referenceOf = (recipe: Recipe, arch: string = process.arch): string => {
  const content = JSON.stringify([arch, recipe, toBootstrap(recipe, 'node'), toChanges(recipe)])
  return `hatoba/node:${createHash('sha256').update(content).digest('hex').slice(0, 12)}`
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
