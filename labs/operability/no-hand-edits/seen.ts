import type { BuiltImage, Evidence, RequestRecord } from '../../kit/index.ts'
import { PRINTED, WRITTEN } from './hand.ts'
import type { Built, Deployed, HandEdit, Rollout, Shop } from './observe.ts'
import { ENVIRONMENTS } from './release.ts'

/** The beginning of a digest, as engines print it. */
export const short = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12)

export const imageOf = ({ result }: Pick<Built, 'result'>): BuiltImage | undefined => (result.built ? result.image : undefined)

const digestOf = (built: Built): string => short(imageOf(built)?.id ?? '') || '–'

/** Different digests that environments run. */
export const digestsOf = ({ builds }: Rollout): readonly string[] => [
  ...new Set(builds.flatMap((built) => (built.result.built ? [built.result.image.id] : []))),
]

/** Which build each environment runs. */
export const buildTable = ({ builds }: Rollout): Evidence => {
  const rows = ENVIRONMENTS.flatMap((environment) => {
    const built = builds.find((candidate) => candidate.for.includes(environment))
    return built ? [{ environment, built }] : []
  })
  const [first] = rows
  return {
    kind: 'table',
    title: 'builds',
    columns: ['environment', 'build', 'image', 'ms'],
    rows: rows.map(({ environment, built }) => [environment, built.name, digestOf(built), built.result.ms]),
    differing: rows.flatMap(({ built }, row) => [
      ...(built.name === first?.built.name ? [] : [[row, 1] as const]),
      ...(first && digestOf(built) === digestOf(first.built) ? [] : [[row, 2] as const]),
    ]),
  }
}

/** The builds as the pipeline has them, and where each image goes. */
export const topology = ({ builds }: Rollout): Evidence => ({
  kind: 'topology',
  title: 'rollout',
  stages: [
    {
      name: 'during',
      services: [
        { name: 'release.yaml', up: true },
        ...builds.map((built) => ({ name: nodeOf(built), up: built.result.built })),
        ...ENVIRONMENTS.filter((environment) => builds.some((built) => built.for.includes(environment))).map((name) => ({
          name,
          up: true,
        })),
      ],
      edges: builds.flatMap((built) => [
        { from: 'release.yaml', to: nodeOf(built), up: built.result.built },
        ...built.for.map((environment) => ({ from: nodeOf(built), to: environment, up: built.result.built })),
      ]),
    },
  ],
})
const nodeOf = (built: Built): string => `${built.name} ${digestOf(built)}`

/** What lies in the images of the first and the last build, by the digest of each file. */
export const imageDiff = ({ builds }: Rollout): Evidence => {
  const [first] = builds
  const last = builds.at(-1)
  const listing = (built: Built | undefined) =>
    (built?.contents ?? []).map(({ path, digest }) => `${digest.slice(0, 12)}  /${path}`).join('\n')
  return {
    kind: 'diff',
    title: 'images',
    of: `${first?.name ?? ''} → ${last?.name ?? ''}`,
    expected: listing(first),
    actual: listing(last),
  }
}

/** What the programs of a build wrote, step by step. */
export const buildLog = ({ name, result, endedAt }: Built): Evidence => ({
  kind: 'log',
  of: name,
  lines: result.steps.flatMap(({ line, instruction, output }) => [
    { at: endedAt, stream: 'stdout' as const, text: `${line}: ${instruction}` },
    ...output.map((text) => ({ at: endedAt, stream: 'stderr' as const, text })),
  ]),
})

/** Where images hold values of environments, a row for each place. A value itself is not shown again. */
export const traceTable = ({ builds }: Rollout): Evidence => {
  const traces = builds.flatMap((built) => built.traces.map((trace) => ({ ...trace, image: digestOf(built) })))
  const places = new Map(traces.map((trace) => [`${trace.image} ${trace.layer} ${trace.place}`, trace]))
  const rows = [...places.values()].map(({ image, layer, place, removed }) => {
    const here = traces.filter((trace) => trace.image === image && trace.layer === layer && trace.place === place)
    const each = (of: 'environment' | 'setting') => [...new Set(here.map((trace) => trace[of]))].join(', ')
    return [image, layer ?? '–', removed ? `${place} (rm)` : place, each('environment'), each('setting')]
  })
  return {
    kind: 'table',
    title: 'traces',
    columns: ['image', 'layer', 'place', 'environment', 'settings'],
    rows,
    differing: rows.map((_, row) => [row, 2] as const),
  }
}

const shopsOf = ({ shops }: Deployed): readonly Shop[] => ENVIRONMENTS.map((name) => shops[name])

/** Whether a page is that of this environment. */
export const hasTitle = (page: RequestRecord | undefined, { settings }: Shop): boolean => page?.body?.includes(settings.title) === true

/** How much the shop said to be left; undefined when it said nothing of the kind. */
export const leftIn = (answer: RequestRecord | undefined): unknown => {
  try {
    return (JSON.parse(answer?.body ?? '') as Record<string, unknown>)['left']
  } catch {
    return undefined
  }
}

/** Requests to the stock of an environment, with its key and without. */
export const asksOf = ({ asked }: Deployed, environment: string) => {
  const own = asked.filter((request) => request.environment === environment)
  const authorized = own.filter((request) => request.authorized).length
  return { authorized, refused: own.length - authorized }
}

const statusOf = (answer: RequestRecord | undefined): string | number => answer?.status ?? answer?.error ?? '–'

/** The environments side by side: what each must be, and what it was. */
export const shopTable = (deployed: Deployed): Evidence => {
  const shops = shopsOf(deployed)
  return {
    kind: 'table',
    title: 'shops',
    columns: ['environment', 'title', 'GET /', 'stock: 200', 'stock: 401', 'left', 'GET /stock/tea'],
    rows: shops.map((shop) => {
      const { authorized, refused } = asksOf(deployed, shop.name)
      const page = shop.page === undefined ? '–' : `${statusOf(shop.page)} ${hasTitle(shop.page, shop) ? '=' : '≠'}`
      return [
        shop.name,
        shop.settings.title,
        page,
        authorized,
        refused,
        shop.account.left,
        String(leftIn(shop.stock) ?? statusOf(shop.stock)),
      ]
    }),
    differing: shops.flatMap((shop, row) => {
      const { authorized, refused } = asksOf(deployed, shop.name)
      return [
        ...(hasTitle(shop.page, shop) ? [] : [[row, 2] as const]),
        ...(authorized > 0 ? [] : [[row, 3] as const]),
        ...(refused === 0 ? [] : [[row, 4] as const]),
        ...(leftIn(shop.stock) === shop.account.left ? [] : [[row, 6] as const]),
      ]
    }),
  }
}

export const logOf = ({ log, name }: Shop): Evidence => ({ kind: 'log', of: name, lines: log })

/** The files that the hand found. */
export const handTable = ({ touched }: HandEdit): Evidence => ({
  kind: 'table',
  title: 'hand',
  columns: ['production', 'sed -i'],
  rows: touched.map(({ path, changed }) => [path, changed ? 'ok' : 'EROFS']),
  differing: touched.flatMap(({ changed }, row) => (changed ? [[row, 1] as const] : [])),
})

/** The page as the image has it beside the page of the container that took the edited one's place. */
export const pageDiff = (shop: Shop, { after }: HandEdit): Evidence => ({
  kind: 'diff',
  title: 'page',
  of: 'GET /',
  expected: shop.page?.body ?? '',
  actual: after?.body ?? '',
})

/** What the page says of the opening hours: as printed, as the hand wrote it, or neither. */
export const hoursIn = (answer: RequestRecord | undefined): 'printed' | 'written' | 'neither' => {
  const body = answer?.body ?? ''
  if (body.includes(WRITTEN)) return 'written'
  return body.includes(PRINTED) ? 'printed' : 'neither'
}

/** What customers were told of their orders before and after the container was replaced. */
export const orderTable = ({ orders }: HandEdit): Evidence => ({
  kind: 'table',
  title: 'orders',
  columns: ['order', 'PUT', 'GET'],
  rows: orders.map(({ id, put, got }) => [id, statusOf(put), statusOf(got)]),
  differing: orders.flatMap(({ put, got }, row) => [
    ...(put.status === 201 ? [] : [[row, 1] as const]),
    ...(got?.status === 200 ? [] : [[row, 2] as const]),
  ]),
})
