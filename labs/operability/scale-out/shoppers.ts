import type { Step } from '../../kit/index.ts'

/** Odd, and no multiple of three: otherwise sharing turn by turn would bring each of them back to the same copy every time. */
export const SHOPPERS = 61
/** Requests of one shopper after the first two: more than there is time for, so that the session is always in its middle. */
const MOST_STEPS = 100
const GOODS = ['tea', 'rice', 'miso', 'soba', 'nori'] as const

/** The picture that a shopper leaves, as it must come back. */
export const pictureOf = (shopper: number | string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg"><text>for ${shopper}, with love</text></svg>`

/** What a shopper puts in at a step; nobody else has the same. */
export const itemAt = (step: number, shopper: number | string): string => `${GOODS[step % GOODS.length]}-${shopper}-${step}`

/** Whose item it is. */
export const ownerOf = (item: string): number | undefined => {
  const owner = /^[a-z]+-(\d+)-\d+$/.exec(item)?.[1]
  return owner === undefined ? undefined : Number(owner)
}

type Asked = 'login' | 'put' | 'basket' | 'keep' | 'picture'

/** What a shopper asks for at each step. */
export const ASKED: readonly Asked[] = [
  'login',
  'keep',
  ...Array.from({ length: MOST_STEPS }, (_, index) => (['put', 'basket', 'put', 'picture'] as const)[index % 4] ?? 'put'),
]

const headers = { authorization: 'Bearer {session}', 'x-request-id': '{id}' }

/** One session from the login on. Everything but the login may be sent twice without harm. */
export const STEPS: readonly Step[] = ASKED.map((asked, step): Step => {
  if (asked === 'login')
    return {
      method: 'POST',
      path: '/login',
      headers: { 'content-type': 'application/json', 'x-request-id': '{id}' },
      body: '{"name":"shopper-{visitor}"}',
      capture: { session: { json: 'session' } },
    }
  if (asked === 'keep') return { method: 'PUT', path: '/picture', headers, body: pictureOf('{visitor}') }
  if (asked === 'put') return { method: 'PUT', path: `/basket/${itemAt(step, '{visitor}')}`, headers }
  return { path: asked === 'basket' ? '/basket' : '/picture', headers }
})
