import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

/** One version of a package, as its author publishes it. */
export interface Release {
  readonly name: string
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
}

/** The same with what the registry hands out. */
export interface Published extends Release {
  readonly tarball: Uint8Array
  readonly integrity: string
  readonly shasum: string
}

const OLD = new Date('2026-01-05T09:00:00Z')
/** Where a gzip header tells on which system it was made. */
const SYSTEM_BYTE = 9
const UNKNOWN_SYSTEM = 255

/** Packs a release: the same bytes on every machine, since a lock file names them. */
export const publish = async (release: Release): Promise<Published> => {
  const { name, version, dependencies, files } = release
  const manifest = { name, version, type: 'module', exports: './index.js', dependencies }
  const tar = pack()
  for (const [path, text] of Object.entries({ 'package.json': `${JSON.stringify(manifest, null, 2)}\n`, ...files }))
    tar.entry({ name: `package/${path}`, mtime: OLD, mode: 0o644 }, text)
  tar.finalize()
  // Stored, not compressed: what a compressor makes of it depends on its version.
  const tarball = gzipSync(await buffer(tar), { level: 0 })
  tarball[SYSTEM_BYTE] = UNKNOWN_SYSTEM
  const digest = (algorithm: string, encoding: 'base64' | 'hex') => createHash(algorithm).update(tarball).digest(encoding)
  return { ...release, tarball, integrity: `sha512-${digest('sha512', 'base64')}`, shasum: digest('sha1', 'hex') }
}

const pad = (version: string, filler: string): Release => ({
  name: 'harbour-pad',
  version,
  dependencies: {},
  files: { 'index.js': `export const pad = (text, width) => text.padEnd(width, '${filler}')\n` },
})

const letters = (version: string, alphabet: string): Release => ({
  name: 'harbour-letters',
  version,
  dependencies: {},
  files: {
    'index.js': `const ALPHABET = '${alphabet}'\n\nexport const letter = (number) => ALPHABET[number % ALPHABET.length]\n`,
  },
})

const label = (version: string): Release => ({
  name: 'harbour-label',
  version,
  dependencies: { 'harbour-pad': '^1.0.0' },
  files: {
    'index.js': [
      "import { pad } from 'harbour-pad'",
      '',
      "export const label = ({ code, name, price }) => [code, pad(name, 16), price + ' yen'].join(' | ')",
      '',
    ].join('\n'),
  },
})

const code = (version: string): Release => ({
  name: 'harbour-code',
  version,
  dependencies: { 'harbour-letters': '^3.1.0' },
  files: {
    'index.js': [
      "import { letter } from 'harbour-letters'",
      '',
      'export const code = (order) => [7, 5, 3].map((step) => letter(order * step)).join("")',
      '',
    ].join('\n'),
  },
})

export const TARIFF = { small: 640, large: 980 } as const
/** What the carrier's page says a month later. */
export const RAISED = { small: 690, large: 1060 } as const

const tariff = (version: string, prices: Readonly<Record<string, number>>): Release => ({
  name: 'harbour-tariff',
  version,
  dependencies: {},
  files: {
    'tariff.json': `${JSON.stringify(prices, null, 2)}\n`,
    'index.js': [
      "import { readFileSync } from 'node:fs'",
      '',
      "export const tariff = JSON.parse(readFileSync(new URL('tariff.json', import.meta.url), 'utf8'))",
      '',
    ].join('\n'),
  },
})

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ'

/** What the registry has on the day of the first install. */
export const TODAY: readonly Release[] = [
  pad('1.0.3', '.'),
  pad('1.0.4', ' '),
  letters('3.1.1', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
  letters('3.1.2', ALPHABET),
  label('2.2.0'),
  label('2.3.1'),
  code('1.1.0'),
  tariff('1.7.0', TARIFF),
]

/** A version that appears within a month, in the range of everybody who asks for the one before. */
export const NEWER = {
  'harbour-pad': pad('1.0.5', '_'),
  'harbour-letters': letters('3.2.0', 'BCDFGHJKLMNPQRSTVWXZ'),
} as const

export type Transitive = keyof typeof NEWER
/** What is newest today of the packages that nobody asks for by name. */
export const CURRENT: Readonly<Record<Transitive, string>> = { 'harbour-pad': '1.0.4', 'harbour-letters': '3.1.2' }

/** The label of an order, as the versions of today make it. */
export const labelOf = ({ order, name, size }: { readonly order: number; readonly name: string; readonly size: keyof typeof TARIFF }) =>
  `${[7, 5, 3].map((step) => ALPHABET[(order * step) % ALPHABET.length]).join('')} | ${name.padEnd(16)} | ${TARIFF[size]} yen`
