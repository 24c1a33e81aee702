import { type Answer, docker, type Evidence, fail, lab, parseable, pass } from '../../kit/index.ts'
import { accountOf, isYes, type Loss, sessionIn } from './account.ts'
import { DELAY_MS, pairsLost } from './at-once.ts'
import { FILES, FIRST_COPIES, NEW_COPY } from './copies.ts'
import { observe, type Shopping } from './observe.ts'
import {
  basketTable,
  filesTable,
  isStruck,
  logEvidence,
  lossTable,
  pairTable,
  rates,
  sharesOf,
  timeline,
  topology,
  writtenFiles,
} from './seen.ts'
import { SHOPPERS } from './shoppers.ts'

/** A copy takes part when it answers at least such a part of an equal share: ways of sharing by chance are uneven, too. */
const FAIR_PART = 1 / 4

export default lab({
  id: 'scale-out',
  minutes: 30,
  seconds: 120,
  files: FILES,
  sandbox: docker({ image: 'node', images: ['redis', 'nginx'], powers: ['own-ports', 'degrade'] }),
  observe,
  checks: {
    syntax: parseable('server.js'),
    starts: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const logins = seen.requests.filter(({ step }) => step === 0)
        const inside = logins.filter((login) => isYes(login) && sessionIn(login.body) !== undefined)
        if (inside.length > 0) return pass({ copies: FIRST_COPIES.length, logins: inside.length })
        const status = logins.find((login) => login.status !== undefined)?.status ?? 0
        return fail('failing', { status }, { evidence: [logEvidence(seen)] })
      },
    },
    answered: {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => {
        const { requests, addedAt, ended } = seen
        const evidence: readonly Evidence[] = [logEvidence(seen), rates(seen)]
        const [dead] = ended
        if (dead) return fail('ended', { name: dead.name, code: dead.exit.code }, { evidence })
        const failed = accountOf(requests).failed.filter((request) => !isStruck(request, seen))
        const [first] = failed
        const values = { failed: failed.length, total: requests.length }
        if (first)
          return fail(
            'failed',
            { ...values, status: first.status ?? 0, name: first.servedBy ?? '–' },
            { evidence: [...evidence, timeline(seen, [first.visitor ?? 0])] },
          )
        const after = requests.filter(({ startedAt }) => startedAt >= addedAt).length
        if (after < SHOPPERS) return fail('stalled', { after, shoppers: SHOPPERS }, { evidence })
        return pass({ total: requests.length, shoppers: SHOPPERS }, { evidence: [topology(seen)] })
      },
    },
    'logged-in': {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => {
        const { loggedOut } = accountOf(seen.requests)
        if (loggedOut.length === 0) return pass({ shoppers: SHOPPERS, victim: seen.victim }, { evidence: [topology(seen)] })
        return denied(seen, loggedOut, [lossTable(loggedOut)])
      },
    },
    baskets: {
      tier: 'sandbox',
      needs: ['logged-in'],
      run: ({ seen }) => {
        const { baskets, puts, looks } = accountOf(seen.requests)
        if (baskets.length === 0) return pass({ puts, looks })
        const [first] = baskets
        const evidence = [basketTable(baskets)]
        const strange = baskets.find(({ foreign }) => foreign.length > 0)
        if (strange) {
          const [item = ''] = strange.foreign
          return fail('foreign', { lost: baskets.length, shopper: strange.shopper, item }, { evidence })
        }
        return denied(seen, baskets, evidence, { items: first?.missing.length ?? 0 })
      },
    },
    pictures: {
      tier: 'sandbox',
      needs: ['logged-in'],
      run: ({ seen }) => {
        const { pictures, views } = accountOf(seen.requests)
        if (pictures.length === 0) return pass({ views })
        return denied(seen, pictures, [lossTable(pictures), filesTable(seen)], { files: writtenFiles(seen) })
      },
    },
    'at-once': {
      tier: 'sandbox',
      needs: ['answered', 'baskets'],
      run: ({ seen }) => {
        const { puts, refused, lost } = pairsLost(seen.pairs)
        const values = { puts: puts.length, pairs: seen.pairs.length, ms: DELAY_MS }
        const evidence = [pairTable(seen.pairs)]
        if (refused.length > 0)
          return fail('refused', { ...values, refused: refused.length, status: refused[0]?.status ?? 0 }, { evidence })
        if (lost.length > 0) return fail('lost', { ...values, lost: lost.length }, { evidence })
        return pass(values, { evidence })
      },
    },
    spread: {
      tier: 'sandbox',
      needs: ['answered', 'logged-in'],
      run: ({ seen }) => {
        const { before, after } = sharesOf(seen)
        const evidence = [rates(seen), topology(seen)]
        const total = (shares: typeof before) => shares.reduce((sum, { count }) => sum + count, 0)
        const least = (shares: typeof before) => Math.floor((total(shares) / shares.length) * FAIR_PART)
        const idle = before.find(({ count }) => count < least(before))
        const busiest = [...before].sort((a, b) => b.count - a.count)[0]
        if (idle && busiest)
          return fail(
            'uneven',
            { name: idle.name, count: idle.count, total: total(before), busiest: busiest.name, most: busiest.count },
            { evidence },
          )
        const fresh = after.find(({ name }) => name === NEW_COPY)?.count ?? 0
        const values = { name: NEW_COPY, count: fresh, total: total(after) }
        if (fresh < least(after)) return fail('idle', values, { evidence })
        return pass({ ...values, shares: before.map(({ name, count }) => `${name} ${count}`).join(', ') }, { evidence })
      },
    },
  },
  mistakes: {
    'missing-bracket': 'syntax',
    'misspelt-directive': 'starts',
    'sticky-is-enough': 'logged-in',
    'key-per-copy': 'logged-in',
    'counts-in-each-copy': 'baskets',
    'remembers-the-basket': 'baskets',
    'pictures-on-disk': 'pictures',
    'writes-the-whole-basket': 'at-once',
    'one-address-one-copy': 'spread',
  },
})

/** What shoppers lost, told by when it began: among healthy copies, with the one that was killed, or later. */
const denied = (
  seen: Shopping,
  losses: readonly Loss[],
  tables: readonly Evidence[],
  more: Readonly<Record<string, number>> = {},
): Answer => {
  // What was open while the copy was killed may have been asked of the next one.
  const early = losses.filter(({ request }) => request.endedAt < seen.killedAt)
  const withIt = losses.filter(({ before }) => before?.servedBy === seen.victim)
  const values = { lost: losses.length, shoppers: SHOPPERS, victim: seen.victim, ...more }
  const first = early[0] ?? withIt[0] ?? losses[0]
  const evidence = [
    ...tables,
    timeline(
      seen,
      [...(early.length > 0 ? early : losses)].map(({ shopper }) => shopper),
    ),
    topology(seen),
  ]
  const places = { shopper: first?.shopper ?? 0, from: first?.before?.servedBy ?? '–', to: first?.request.servedBy ?? '–' }
  if (early.length > 0) return fail('between', { ...values, ...places, early: early.length }, { evidence })
  return fail('killed', { ...values, ...places, with: withIt.length }, { evidence })
}
