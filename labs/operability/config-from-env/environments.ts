import { seeded } from '../../kit/index.ts'

/** A place the service is started in: its variables as the platform would set them. */
export interface Environment {
  readonly name: string
  readonly variables: Readonly<Record<string, string>>
}

/** The partner's side of an environment that is complete. */
export interface Account {
  readonly environment: string
  readonly port: number
  readonly key: string
  readonly prices: Readonly<Record<string, number>>
}

/** An environment in which the service must work. */
export interface Complete extends Environment {
  readonly account: Account
  readonly maxItems: number
}

/** An environment in which it must not start. */
export interface Incomplete extends Environment {
  /** Variables that are missing or malformed; every other one is right. */
  readonly wrong: readonly string[]
}

export interface Plan {
  /** The host of the rates service, and what it holds for each environment. */
  readonly partner: string
  readonly accounts: readonly Account[]
  /** A name nobody has seen; everything is set, mail is wanted. */
  readonly full: Complete
  /** A name from the learner's own file, with other values; no wish about mail. */
  readonly known: Complete
  /** A name nobody has seen; no limit set, mail is not wanted. */
  readonly sparse: Complete
  readonly missing: Incomplete
  readonly malformed: Incomplete
  /** Several malformed at once, one of them a secret. */
  readonly several: Incomplete
}

export const NAMES = ['RATES_URL', 'RATES_KEY', 'CURRENCY', 'MAX_ITEMS', 'SEND_MAIL'] as const
export const SECRET = 'RATES_KEY'
export const DEFAULT_MAX_ITEMS = 20
const PLACES = ['tsugaru', 'kumano', 'ibuki', 'shodo', 'oki', 'hirado', 'sado', 'yaku'] as const
const CURRENCIES = ['EUR', 'CHF', 'SEK', 'THB', 'NZD'] as const

/** The environments of one learner: names, addresses, keys and prices that stand in no file. */
export const planFor = (seed: number): Plan => {
  const choose = seeded(seed)
  const name = (kind: string) => `${kind}-${choose.pick(PLACES)}-${choose.token(4)}`
  const partner = `rates-${choose.token(6)}`
  let port = 9000
  const complete = (environment: string, own: { readonly maxItems?: number; readonly sendMail?: boolean }): Complete => {
    port += 1
    const account: Account = {
      environment,
      port,
      key: `rk-${choose.token(24)}`,
      prices: { tea: choose.number(100, 999), rice: choose.number(100, 999), miso: choose.number(100, 999) },
    }
    const variables = {
      APP_ENV: environment,
      RATES_URL: `http://${partner}:${port}`,
      RATES_KEY: account.key,
      CURRENCY: choose.pick(CURRENCIES),
      ...(own.maxItems === undefined ? {} : { MAX_ITEMS: String(own.maxItems) }),
      ...(own.sendMail === undefined ? {} : { SEND_MAIL: String(own.sendMail) }),
    }
    return { name: environment, variables, account, maxItems: own.maxItems ?? DEFAULT_MAX_ITEMS }
  }
  const full = complete(name('review'), { maxItems: choose.number(3, 9), sendMail: true })
  const known = complete('production', { maxItems: choose.number(10, 19) })
  const sparse = complete(name('drill'), { sendMail: false })
  // Whoever starts with half of it must not be taken for one of the others.
  const spare = complete(name('spare'), { maxItems: choose.number(3, 9), sendMail: true })

  const { RATES_URL: _url, CURRENCY: _currency, ...unset } = spare.variables
  const incomplete = (kind: string, variables: Incomplete['variables'], wrong: Incomplete['wrong']): Incomplete => {
    const own = name(kind)
    return { name: own, variables: { ...variables, APP_ENV: own }, wrong }
  }
  const limit = `${choose.number(2, 9)}${choose.pick(['x', ' items', ',5'])}`
  return {
    partner,
    accounts: [full, known, sparse, spare].map(({ account }) => account),
    full,
    known,
    sparse,
    missing: incomplete('new', { ...unset, RATES_KEY: '' }, ['RATES_URL', 'RATES_KEY', 'CURRENCY']),
    malformed: incomplete('typo', { ...spare.variables, MAX_ITEMS: limit }, ['MAX_ITEMS']),
    several: incomplete(
      'hurry',
      {
        ...spare.variables,
        RATES_URL: `${partner}.internal/${spare.account.port}`,
        RATES_KEY: `rk-${choose.token(9)}`,
        MAX_ITEMS: limit,
        SEND_MAIL: choose.pick(['yes', 'on', 'enabled']),
      },
      ['RATES_URL', 'RATES_KEY', 'MAX_ITEMS', 'SEND_MAIL'],
    ),
  }
}
