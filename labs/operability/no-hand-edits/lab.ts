import { type Answer, docker, exhausted, fail, lab, pass, syntaxAnswer } from '../../kit/index.ts'
import { PRINTED, WRITTEN } from './hand.ts'
import { type Built, type Deployed, FILES, type HandEdit, observe, PORT, READY_SECONDS, type Rollout, type Shop } from './observe.ts'
import { ENVIRONMENTS, readRelease } from './release.ts'
import {
  asksOf,
  buildLog,
  buildTable,
  digestsOf,
  handTable,
  hasTitle,
  hoursIn,
  imageDiff,
  leftIn,
  logOf,
  orderTable,
  pageDiff,
  shopTable,
  short,
  topology,
  traceTable,
} from './seen.ts'

export default lab({
  id: 'no-hand-edits',
  minutes: 25,
  seconds: 240,
  files: FILES,
  sandbox: docker({ image: 'node', limits: { memoryMiB: 192 }, powers: ['build', 'own-ports', 'restart', 'inside'] }),
  observe,
  checks: {
    readable: {
      tier: 'static',
      run: ({ files }) => {
        const read = readRelease(files['release.yaml'])
        return syntaxAnswer(files, 'server.js') ?? ('answer' in read ? read.answer : pass({ builds: read.release.builds.length }))
      },
    },
    builds: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const failed = seen.builds.find(({ result }) => !result.built)
        if (failed !== undefined) return notBuilt(failed)
        const ms = seen.builds.reduce((sum, { result }) => sum + result.ms, 0)
        return pass({ builds: seen.builds.length, seconds: Math.round(ms / 100) / 10 })
      },
    },
    'one-image': {
      tier: 'sandbox',
      needs: ['builds'],
      run: ({ seen }) => {
        const { builds } = seen
        const digests = digestsOf(seen)
        const names = builds.map(({ name }) => `\`${name}\``).join(', ')
        const evidence = [topology(seen), buildTable(seen)]
        const values = { builds: builds.length, names, images: digests.length, digest: short(digests[0] ?? '') }
        if (digests.length > 1) {
          const untested = builds.find((built) => built.for.includes('production'))
          return fail(
            'several',
            { ...values, production: short(untested?.result.built ? untested.result.image.id : '') },
            { evidence: [...evidence, imageDiff(seen)] },
          )
        }
        return builds.length > 1
          ? fail('chance', values, { evidence })
          : pass({ digest: values.digest, environments: ENVIRONMENTS.length }, { evidence })
      },
    },
    clean: {
      tier: 'sandbox',
      needs: ['builds'],
      run: ({ seen }) => {
        const traces = seen.builds.flatMap(({ traces }) => traces)
        // The worst first: who has the image has the key.
        const first = traces.find(({ setting }) => setting === 'stockKey') ?? traces[0]
        if (first === undefined) return pass({ files: seen.builds[0]?.contents.length ?? 0 }, { evidence: [imageListing(seen)] })
        const { setting, environment, place, layer = 0, removed } = first
        const values = { setting, environment, place, layer, traces: traces.length }
        return fail(removed ? 'removed' : 'carried', values, { evidence: [traceTable(seen)] })
      },
    },
    environments: {
      tier: 'sandbox',
      needs: ['one-image'],
      run: ({ seen }) => {
        const deployed = deployedOf(seen)
        const wrong = ENVIRONMENTS.map((name) => problemOf(deployed, deployed.shops[name])).find((answer) => answer !== undefined)
        return (
          wrong ?? pass({ environments: ENVIRONMENTS.length, digest: short(digestsOf(seen)[0] ?? '') }, { evidence: [shopTable(deployed)] })
        )
      },
    },
    'hand-edit': {
      tier: 'sandbox',
      needs: ['environments'],
      run: ({ seen }) => {
        const { shop, hand } = production(seen)
        const { touched, edited, again, after } = hand
        const evidence = [handTable(hand), pageDiff(shop, hand), logOf(shop)]
        const changed = touched.filter((file) => file.changed)
        const values = { changed: changed.length, refused: touched.length - changed.length, from: PRINTED, to: WRITTEN }
        if (!again.ready) return fail('down', { ...values, seconds: READY_SECONDS }, { evidence })
        const path = changed[0]?.path ?? ''
        if (hoursIn(after) === 'written') return fail('survived', { ...values, path }, { evidence })
        if (hoursIn(after) === 'neither') return fail('other', { ...values, status: after?.status ?? 0 }, { evidence })
        return pass({ ...values, shown: hoursIn(edited) === 'written' ? 1 : 0 }, { evidence })
      },
    },
    kept: {
      tier: 'sandbox',
      needs: ['environments'],
      run: ({ seen }) => {
        const { shop, hand } = production(seen)
        const { orders } = hand
        const evidence = [orderTable(hand), logOf(shop)]
        const refused = orders.find(({ put }) => put.status !== 201)
        if (refused !== undefined) return fail('refused', { order: refused.id, status: refused.put.status ?? 0 }, { evidence })
        const lost = orders.filter(({ got }) => got?.status !== 200)
        const values = { orders: orders.length, lost: lost.length, kept: orders.length - lost.length }
        if (lost.length === 0) return pass(values, { evidence })
        return fail(shop.deployment.disk ? 'lost' : 'diskless', { ...values, order: lost[0]?.id ?? '' }, { evidence })
      },
    },
  },
  mistakes: {
    'missing-bracket': 'readable',
    'misspelt-build': 'readable',
    'copies-a-file-that-is-not-there': 'builds',
    'image-for-each-environment': 'one-image',
    'built-three-times': 'one-image',
    'all-settings-inside': 'clean',
    'key-removed-in-a-later-layer': 'clean',
    'staging-asks-the-test-stock': 'environments',
    'copies-itself-once': 'hand-edit',
    'page-kept-on-the-disk': 'hand-edit',
    'no-disk': 'kept',
  },
})

const notBuilt = (built: Built): Answer => {
  const { name, result } = built
  if (result.built) throw new Error('a build that succeeded has no failure')
  const { because } = result
  const detail = { at: because.at, evidence: [buildLog(built)] }
  const values = { build: name, line: because.at.line }
  if (because.kind === 'limit') return exhausted(because.ended, name, detail)
  if (because.kind === 'base')
    return fail('base', { ...values, image: because.image, allowed: because.allowed.map((image) => `\`${image}\``).join(', ') }, detail)
  if (because.kind === 'invalid') return fail('invalid', { ...values, message: because.message }, detail)
  return fail('step', { ...values, instruction: because.instruction, message: because.message }, detail)
}

const imageListing = ({ builds }: Rollout) => ({
  kind: 'table' as const,
  title: 'contents',
  columns: ['file', 'sha256'],
  rows: (builds[0]?.contents ?? []).map(({ path, digest }) => [`/${path}`, short(digest)]),
})

/** For the checks that are asked only when there was one image to start. */
const deployedOf = ({ deployed }: Rollout): Deployed => {
  if (deployed === undefined) throw new Error('nothing was deployed, yet a later check is asked')
  return deployed
}

/** For the checks that are asked only when production served. */
const production = (seen: Rollout): { readonly shop: Shop; readonly hand: HandEdit } => {
  const { shops, hand } = deployedOf(seen)
  if (hand === undefined) throw new Error('production did not serve, yet a later check is asked')
  return { shop: shops.production, hand }
}

/** Why one environment is not what its settings say; undefined when it is. */
const problemOf = (deployed: Deployed, shop: Shop): Answer | undefined => {
  const { name, readyMs, exit, page, stock, settings, account } = shop
  const evidence = [shopTable(deployed), logOf(shop)]
  if (readyMs === undefined)
    return exit === undefined
      ? fail('silent', { name, port: PORT, seconds: READY_SECONDS }, { evidence })
      : fail('ended', { name, code: exit.code }, { evidence })
  if (page?.status !== 200) return fail('page', { name, status: page?.status ?? 0 }, { evidence })
  if (!hasTitle(page, shop)) return fail('untitled', { name, title: settings.title }, { evidence })
  if (hoursIn(page) !== 'printed') return fail('notice', { name, notice: PRINTED }, { evidence })
  const { authorized, refused } = asksOf(deployed, name)
  const values = { name, url: settings.stockUrl, status: stock?.status ?? 0 }
  if (authorized + refused === 0) return fail('elsewhere', values, { evidence })
  if (authorized === 0) return fail('key', values, { evidence })
  const left = leftIn(stock)
  if (left !== account.left) return fail('stock', { ...values, left: account.left, told: String(left ?? '–') }, { evidence })
  return undefined
}
