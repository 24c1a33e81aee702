import { type Seeded, seeded } from '../../kit/index.ts'

/** What goes wrong in one night. */
export type NightName = 'hung' | 'release' | 'disk' | 'gone'

/** One night: what is broken, and what the tools will tell of it. */
export interface Night {
  readonly name: NightName
  /** Names of this night's services. */
  readonly orders: string
  readonly store: string
  readonly replica?: string
  readonly version: string
  readonly before: string
  /** How long ago this version came, as the tools say it. */
  readonly released: string
  /** Orders that were taken before the fault, and those that the store has not passed on when it goes. */
  readonly taken: number
  readonly behind: number
}

/** The four nights of one learner. */
export const planNights = (seed: number): readonly Night[] => {
  const choose = seeded(seed)
  return (['hung', 'release', 'disk', 'gone'] as const).map((name) => planNight(name, choose))
}

const planNight = (name: NightName, choose: Seeded): Night => {
  const version = choose.number(12, 80)
  const days = choose.number(3, 12)
  const minutes = choose.number(11, 48)
  return {
    name,
    orders: `orders-${name}`,
    store: `store-${name}`,
    ...(name === 'gone' && { replica: `replica-${name}` }),
    version: `v${version}`,
    before: `v${version - 1}`,
    released: name === 'release' ? `${minutes} minutes ago` : `${days} days ago`,
    taken: choose.number(5, 8),
    behind: choose.number(2, 5),
  }
}
