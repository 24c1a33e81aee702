import type { RequestRecord } from '../../kit/index.ts'
import { ASKED, itemAt, ownerOf, pictureOf, SHOPPERS } from './shoppers.ts'

/** Whether an answer came and said yes. */
export const isYes = ({ status = 0, error }: RequestRecord): boolean => error === undefined && status >= 200 && status < 300

/** The first thing that a shopper was denied or got back wrong. */
export interface Loss {
  readonly shopper: number
  readonly request: RequestRecord
  /** What it relied on: the last request of the shopper that went well, or the one that had put in what is missing. */
  readonly before: RequestRecord | undefined
}

/** A basket without something that was put in, or with what somebody else put in. */
export interface BasketLoss extends Loss {
  readonly missing: readonly string[]
  readonly foreign: readonly string[]
  readonly told: number
}

/** What the shoppers were told, held against what they had done. At most one loss of a kind for each shopper. */
export interface Account {
  readonly loggedOut: readonly Loss[]
  readonly baskets: readonly BasketLoss[]
  readonly pictures: readonly Loss[]
  /** Neither yes nor one of the above. */
  readonly failed: readonly RequestRecord[]
  readonly puts: number
  readonly looks: number
  readonly views: number
}

/** What a shopper's own records say. */
const accountOfOne = (shopper: number, own: readonly RequestRecord[]) => {
  const had = new Map<string, RequestRecord>()
  let kept: RequestRecord | undefined
  let before: RequestRecord | undefined
  const losses: { loggedOut?: Loss; basket?: BasketLoss; picture?: Loss } = {}
  const failed: RequestRecord[] = []
  const counts = { puts: 0, looks: 0, views: 0 }
  for (const request of own) {
    const { step = 0, status, body } = request
    const asked = ASKED[step]
    const loss = { shopper, request, before }
    if (status === 401 && asked !== 'login') losses.loggedOut ??= loss
    else if (asked === 'picture' && (status === 404 || isYes(request))) {
      counts.views += 1
      if (kept && (status === 404 || body !== pictureOf(shopper))) losses.picture ??= { ...loss, before: kept }
    } else if (!isYes(request)) failed.push(request)
    else if (asked === 'keep') kept = request
    else if (asked === 'put') {
      counts.puts += 1
      had.set(itemAt(step, shopper), request)
    } else if (asked === 'basket') {
      counts.looks += 1
      const items = itemsIn(body)
      const missing = [...had.keys()].filter((item) => !items.includes(item))
      const foreign = items.filter((item) => ownerOf(item) !== shopper)
      if (missing.length + foreign.length > 0)
        losses.basket ??= { ...loss, before: had.get(missing[0] ?? '') ?? before, missing, foreign, told: had.size }
    }
    if (isYes(request)) before = request
  }
  return { losses, failed, counts }
}

/** Reads all shoppers' records; those of other traffic are left out. */
export const accountOf = (requests: readonly RequestRecord[]): Account => {
  const all = Array.from({ length: SHOPPERS }, (_, shopper) =>
    accountOfOne(
      shopper,
      requests.filter(({ visitor }) => visitor === shopper).sort((a, b) => a.startedAt - b.startedAt),
    ),
  )
  const sum = (of: 'puts' | 'looks' | 'views') => all.reduce((total, { counts }) => total + counts[of], 0)
  return {
    loggedOut: all.flatMap(({ losses }) => losses.loggedOut ?? []),
    baskets: all.flatMap(({ losses }) => losses.basket ?? []),
    pictures: all.flatMap(({ losses }) => losses.picture ?? []),
    failed: all.flatMap(({ failed }) => failed),
    puts: sum('puts'),
    looks: sum('looks'),
    views: sum('views'),
  }
}

/** The items that an answer lists; none when it is no such list. */
export const itemsIn = (body = ''): readonly string[] => {
  try {
    const { items } = JSON.parse(body) as { readonly items?: unknown }
    return Array.isArray(items) ? items.filter((item) => typeof item === 'string') : []
  } catch {
    return []
  }
}

/** The session that a login answered with. */
export const sessionIn = (body = ''): string | undefined => {
  try {
    const { session } = JSON.parse(body) as { readonly session?: unknown }
    return typeof session === 'string' && session !== '' ? session : undefined
  } catch {
    return undefined
  }
}
