import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { ImageName } from '../sandbox/contract.ts'

/** What goes into one lab image. Everything that changes its content is in here, because its tag is the hash of this. */
export interface Recipe {
  /** Of the image in the engine; its tag is a hash. */
  readonly name: string
  readonly suite: string
  /** Debian packages above the essential ones, recommends left out. */
  readonly packages: readonly string[]
  readonly node?: string
  /** The version that comes with that Node. */
  readonly npm?: string
  /** Globs that dpkg leaves out while unpacking. */
  readonly without: readonly string[]
  /** Files that packages find when they are configured. */
  readonly before?: Readonly<Record<string, string>>
  /** Links below /usr/local/bin to programs that are on nobody's path. */
  readonly programs?: readonly string[]
  /** Paths removed at the end. */
  readonly removed: readonly string[]
  readonly user: { readonly name: string; readonly uid: number }
}

export const LEARNER = { name: 'learner', uid: 10001 } as const
export const PINNED_NODE = '24.21.0'
export const PINNED_NPM = '11.19.0'

const WITHOUT = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/info/*', '/usr/share/locale/*', '/usr/share/lintian/*']
const REMOVED = ['/var/lib/apt/lists', '/var/cache/apt', '/var/cache/debconf', '/var/log', '/usr/share/i18n']

/** Both languages with a client of PostgreSQL, and what our own helpers in a sandbox work with: nobody else has the capabilities for it. */
const NODE: Recipe = {
  name: 'node',
  suite: 'bookworm',
  packages: ['iptables', 'libfaketime', 'libstdc++6', 'python3', 'python3-psycopg2'],
  node: PINNED_NODE,
  npm: PINNED_NPM,
  without: WITHOUT,
  removed: REMOVED,
  user: LEARNER,
}

const POSTGRES_BIN = '/usr/lib/postgresql/15/bin'

/** The servers that services are made of, in one image: one build, and one set of layers on the disk. */
const SERVERS: Recipe = {
  name: 'servers',
  suite: 'bookworm',
  packages: ['libfaketime', 'nginx', 'postgresql-15', 'redis-server'],
  // The compiler of queries is a hundred megabytes and found missing without harm.
  without: [...WITHOUT, '/usr/lib/*/libLLVM*', '/usr/lib/postgresql/15/lib/bitcode/*', '/usr/lib/postgresql/15/lib/llvmjit*'],
  before: { '/etc/postgresql-common/createcluster.conf': 'create_main_cluster = false\n' },
  programs: [
    '/usr/sbin/nginx',
    ...['initdb', 'pg_basebackup', 'pg_controldata', 'pg_ctl', 'pg_isready', 'pg_rewind', 'postgres', 'psql'].map(
      (program) => `${POSTGRES_BIN}/${program}`,
    ),
  ],
  removed: [...REMOVED, '/var/lib/postgresql'],
  user: LEARNER,
}

/** Names that share a recipe share the image. */
const RECIPES = { node: NODE, python: NODE, redis: SERVERS, nginx: SERVERS, postgres: SERVERS } as const satisfies Record<ImageName, Recipe>

/** What a learner's FROM may name where the lab says nothing else. */
export const BASES = ['node', 'python'] as const satisfies readonly ImageName[]

/** Names that have a recipe. */
export const BUILDABLE = Object.keys(RECIPES) as readonly ImageName[]

/** The recipe of an image. */
export const recipeOf = (name: ImageName): Recipe => RECIPES[name]

/** Where the programs come from that are in no Debian package. */
export interface Sources {
  readonly nodeBinary: string
  readonly npmFolder: string
}

/** The arguments that make one tar stream of a root file system on stdout. Pure. */
export const toBootstrap = (recipe: Recipe, { nodeBinary, npmFolder }: Sources): readonly string[] => [
  '--variant=essential',
  `--include=${recipe.packages.join(',')}`,
  ...recipe.without.map((glob) => `--dpkgopt=path-exclude=${glob}`),
  ...Object.entries(recipe.before ?? {}).map(
    ([path, content]) => `--essential-hook=mkdir -p "$1${posix.dirname(path)}" && printf %s ${quoted(content)} > "$1${path}"`,
  ),
  `--customize-hook=echo '${recipe.user.name}:x:${recipe.user.uid}:${recipe.user.uid}::/work:/bin/sh' >> "$1/etc/passwd"`,
  `--customize-hook=echo '${recipe.user.name}:x:${recipe.user.uid}:' >> "$1/etc/group"`,
  `--customize-hook=install -d -o ${recipe.user.uid} -g ${recipe.user.uid} "$1/work"`,
  ...(recipe.node === undefined ? [] : [`--customize-hook=install -m 755 ${quoted(nodeBinary)} "$1/usr/local/bin/node"`]),
  ...(recipe.npm === undefined ? [] : toNpm(npmFolder)),
  ...(recipe.programs ?? []).map((path) => `--customize-hook=ln -s ${path} "$1/usr/local/bin/"`),
  `--customize-hook=cd "$1" && rm -rf ${recipe.removed.map((path) => `.${path}/*`).join(' ')}`,
  recipe.suite,
  '-',
]

/** As Node's own archives have it, without what is only read by people. */
const toNpm = (folder: string): readonly string[] => {
  const modules = '"$1/usr/local/lib/node_modules"'
  return [
    `--customize-hook=mkdir -p ${modules} && cp -RL ${quoted(folder)} ${modules}/npm && rm -rf ${modules}/npm/docs ${modules}/npm/man`,
    `--customize-hook=chmod -R u=rwX,go=rX ${modules} && chmod 755 ${modules}/npm/bin/npm-cli.js ${modules}/npm/bin/npx-cli.js`,
    ...['npm', 'npx'].map((name) => `--customize-hook=ln -s ../lib/node_modules/npm/bin/${name}-cli.js "$1/usr/local/bin/${name}"`),
  ]
}

/** What the engine adds to the file system while it imports it. */
export const toChanges = (recipe: Recipe): readonly string[] => [
  'ENV PATH=/usr/local/bin:/usr/bin:/bin',
  'WORKDIR /work',
  `USER ${recipe.user.uid}:${recipe.user.uid}`,
]

/** The tag of an image with this recipe on this architecture: a hash of everything that decides its content. */
export const referenceOf = (recipe: Recipe, arch: string = process.arch): string => {
  const content = JSON.stringify([arch, recipe, toBootstrap(recipe, { nodeBinary: 'node', npmFolder: 'npm' }), toChanges(recipe)])
  return `hatoba/${recipe.name}:${createHash('sha256').update(content).digest('hex').slice(0, 12)}`
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
