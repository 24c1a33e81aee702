import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { toSeccomp } from '../../sandbox/docker/build/seccomp.ts'

/** Debian's buildah has read here-documents since this suite; the lab images stay on theirs. */
const SUITE = 'trixie'

/** `netavark` is looked for by buildah even where it makes no network. */
const PACKAGES = ['buildah', 'crun', 'netavark', 'uidmap', 'util-linux']

const WITHOUT = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/lintian/*',
  '/usr/share/bash-completion/*',
]
const REMOVED = ['/var/lib/apt/lists', '/var/cache/apt', '/var/cache/debconf', '/var/log', '/usr/share/i18n', '/etc/containers']

/** Root inside a build is this user of the host, and the 65,535 after it are the others: nobody a host would have. */
export const MAPPED = { first: 100_000, count: 65_536 } as const

/** Where our own programs are in the image. */
export const HERE = '/usr/lib/hatoba'

const PROGRAMS = ['enter', 'serve', 'runtime', 'fill']

const read = (name: string): string => readFileSync(new URL(`./builder/${name}`, import.meta.url), 'utf8')

/** Every file of ours in the image, by its place there, with its mode. */
export const toFiles = (): readonly { readonly path: string; readonly mode: number; readonly content: string }[] => {
  const ours = readdirSync(new URL('./builder/', import.meta.url)).map((name) =>
    PROGRAMS.includes(name)
      ? { path: `${HERE}/${name}`, mode: 0o755, content: read(name) }
      : { path: `/etc/containers/${name}`, mode: 0o644, content: read(name) },
  )
  const map = `root:${MAPPED.first}:${MAPPED.count}\n`
  return [
    ...ours,
    { path: `${HERE}/run.json`, mode: 0o644, content: JSON.stringify(toSeccomp('run')) },
    { path: '/etc/subuid', mode: 0o644, content: map },
    { path: '/etc/subgid', mode: 0o644, content: map },
  ]
}

/** The arguments of mmdebstrap that make the builder's file system, but for our own files, as one tar on stdout. Pure. */
export const toBuilderBootstrap = (): readonly string[] => [
  '--variant=essential',
  `--include=${PACKAGES.join(',')}`,
  '--aptopt=APT::Install-Recommends "false"',
  ...WITHOUT.map((glob) => `--dpkgopt=path-exclude=${glob}`),
  `--customize-hook=cd "$1" && rm -rf ${REMOVED.map((path) => `.${path}/*`).join(' ')}`,
  `--customize-hook=cd "$1" && mkdir -p .${HERE} work bases fill && chown ${MAPPED.first}:${MAPPED.first} bases fill && ln -s /work/cache var/cache/containers`,
  SUITE,
  '-',
]

/** The tag of the builder's packages on this architecture: a hash of everything that decides their content. */
export const builderReference = (arch: string = process.arch): string => `hatoba/builder:${hash([arch, toBuilderBootstrap()])}`

/** The tag of a builder with our files that holds these base images: each name with the id that it has in the engine. */
export const stockedReference = (builder: string, bases: readonly { readonly name: string; readonly id: string }[]): string =>
  `hatoba/builder-stocked:${hash([builder, toFiles(), bases])}`

const hash = (of: unknown): string => createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 12)
