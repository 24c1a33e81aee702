import { seeded } from '../../kit/index.ts'
import { CURRENT, labelOf, NEWER, publish, RAISED, type Release, TARIFF, TODAY, type Transitive } from './packages.ts'

/** What happens between the two installs, and which orders are printed. */
export interface Month {
  /** Gets a newer version that is in everybody's range. */
  readonly moved: { readonly name: Transitive; readonly from: string; readonly to: string }
  /** The version of today is taken away. */
  readonly removed: { readonly name: Transitive; readonly version: string }
  readonly orders: readonly { readonly order: number; readonly name: string; readonly size: keyof typeof TARIFF }[]
}

const NAMES = ['Aiko Mori', 'Ben Sato', 'Chie Hara', 'Emi Kato', 'Jun Ota', 'Rin Abe'] as const

/** The month of one learner. Nobody asks by name for a package that it is about. */
export const monthFor = (seed: number): Month => {
  const choose = seeded(seed)
  const name = choose.pick<Transitive>(['harbour-pad', 'harbour-letters'])
  const gone = name === 'harbour-pad' ? 'harbour-letters' : 'harbour-pad'
  return {
    moved: { name, from: CURRENT[name], to: NEWER[name].version },
    removed: { name: gone, version: CURRENT[gone] },
    orders: (['small', 'large', 'small'] as const).map((size) => ({ order: choose.number(100, 999), name: choose.pick(NAMES), size })),
  }
}

/** What is printed for the orders, a line each. */
export const labelsFor = ({ orders }: Month): string => orders.map((order) => `${labelOf(order)}\n`).join('')

/** The orders as the program reads them. */
export const inputFor = ({ orders }: Month): string => orders.map(({ order, name, size }) => `${order};${name};${size}\n`).join('')

/** What each service knows: its `packages.json`. */
export const stockFor = async ({ moved, removed }: Month): Promise<Readonly<Record<'registry' | 'mirror' | 'carrier', string>>> => {
  const offer = async (release: Release) => {
    const { files: _files, tarball, ...rest } = await publish(release)
    return { ...rest, tarball: Buffer.from(tarball).toString('base64') }
  }
  return {
    registry: JSON.stringify({
      today: await Promise.all(TODAY.map(offer)),
      later: { add: [await offer(NEWER[moved.name])], remove: [removed] },
    }),
    mirror: '{}',
    carrier: JSON.stringify({ pages: { today: { '/tariff.json': TARIFF }, later: { '/tariff.json': RAISED } } }),
  }
}
