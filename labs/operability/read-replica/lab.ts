import { docker, fail, lab, pass } from '../../kit/index.ts'
import { isRefused } from './deaths.ts'
import { FILES, observe } from './observe.ts'
import { countTable, lagTimeline, logFrom, lookTable, outageTimeline, topology } from './seen.ts'
import { isGood } from './traffic.ts'

export default lab({
  id: 'read-replica',
  minutes: 30,
  seconds: 240,
  files: FILES,
  sandbox: docker({ image: 'python', images: ['postgres'], powers: ['inside', 'own-ports', 'restart'] }),
  observe,
  checks: {
    syntax: { tier: 'sandbox', run: () => pass() },
    starts: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const { requests } = seen.reading
        const bad = requests.find((request) => !isGood(request))
        if (bad === undefined) return pass({ ms: Math.round(seen.readyMs), reads: requests.length })
        const failed = requests.filter((request) => !isGood(request)).length
        return fail(
          'failing',
          { failed, reads: requests.length, status: bad.status ?? 0 },
          { evidence: [logFrom(seen.log, bad.startedAt)] },
        )
      },
    },
    writes: {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => {
        const { requests, counts } = seen.writing
        const { once, missing, doubled } = seen.stored
        const bad = requests.filter((request) => request.status !== 201)
        const values = { writes: requests.length, once }
        const evidence = [countTable(seen), logFrom(seen.log, bad[0]?.startedAt ?? requests[0]?.startedAt ?? 0)]
        if (bad.length > 0) return fail('failing', { ...values, failed: bad.length, status: bad[0]?.status ?? 0 }, { evidence })
        if (missing.length > 0) return fail('missing', { ...values, missing: requests.length - once - doubled.length }, { evidence })
        if (doubled.length > 0) return fail('doubled', { ...values, doubled: doubled.length, review: doubled[0] ?? '' }, { evidence })
        return pass({ ...values, inserts: counts.primary.writes })
      },
    },
    reads: {
      tier: 'sandbox',
      needs: ['writes'],
      run: ({ seen }) => {
        const { requests, counts } = seen.reading
        const values = { reads: requests.length, primary: counts.primary.reads, replica: counts.replica.reads }
        const evidence = [countTable(seen)]
        if (counts.replica.reads === 0) return fail('none', values, { evidence })
        if (counts.replica.reads < requests.length) return fail('some', values, { evidence })
        return counts.primary.reads > 0 ? fail('both', values, { evidence }) : pass(values, { evidence })
      },
    },
    'own-writes': {
      tier: 'sandbox',
      needs: ['reads'],
      run: ({ seen }) => {
        const lag = had(seen.lag)
        const { looks, writes, heldAt, releasedAt } = lag
        const evidence = [lookTable(looks), lagTimeline(seen, lag), countTable(seen)]
        const behindMs = Math.round(releasedAt - heldAt)
        const unwritten = writes.filter(({ status }) => status !== 201)
        const values = { looks: looks.length, writers: writes.length, behindMs }
        if (unwritten.length > 0)
          return fail('unwritten', { ...values, failed: unwritten.length, status: unwritten[0]?.status ?? 0 }, { evidence })
        const unseen = looks.filter(({ found }) => !found)
        const [first] = [...unseen].sort((a, b) => a.afterMs - b.afterMs)
        if (first === undefined) return pass(values, { evidence })
        const told = { ...values, unseen: unseen.length, customer: `w${first.customer}`, ms: Math.round(first.afterMs) }
        if (first.request.status !== 200) return fail('failing', { ...told, status: first.request.status ?? 0 }, { evidence })
        const foundBefore = looks.some(({ found, customer, afterMs }) => found && customer === first.customer && afterMs < first.afterMs)
        return foundBefore ? fail('gone', told, { evidence }) : fail('unseen', told, { evidence })
      },
    },
    others: {
      tier: 'sandbox',
      needs: ['reads'],
      run: ({ seen }) => {
        const { requests, counts } = had(seen.lag).others
        const values = { reads: requests.length, replica: counts.replica.reads, primary: counts.primary.reads }
        const evidence = [countTable(seen), lagTimeline(seen, had(seen.lag))]
        const bad = requests.filter((request) => !isGood(request))
        if (bad.length > 0) return fail('failing', { ...values, failed: bad.length, status: bad[0]?.status ?? 0 }, { evidence })
        return counts.replica.reads < requests.length ? fail('moved', values, { evidence }) : pass(values, { evidence })
      },
    },
    returns: {
      tier: 'sandbox',
      needs: ['own-writes'],
      run: ({ seen }) => {
        const { returnedAfterMs, after, writes } = had(seen.lag)
        const values = { writers: writes.length, primary: after.primary.reads, replica: after.replica.reads, limitMs: seen.limitMs }
        const evidence = [countTable(seen), lagTimeline(seen, had(seen.lag))]
        if (returnedAfterMs === undefined) return fail('stay', values, { evidence })
        return pass({ ...values, ms: Math.round(returnedAfterMs) }, { evidence })
      },
    },
    'replica-dies': {
      tier: 'sandbox',
      needs: ['reads'],
      run: ({ seen }) => {
        const death = had(seen.replicaDeath)
        const { reads, writes, overMs, at } = death
        const evidence = [topology('replica', death), outageTimeline(seen, death), logFrom(seen.log, at)]
        const badReads = reads.filter((request) => !isGood(request))
        const badWrites = writes.filter((request) => !isGood(request))
        const values = { reads: reads.length, failed: badReads.length, writes: writes.length, limitMs: seen.limitMs }
        if (overMs !== undefined) return pass({ ...values, ms: Math.round(overMs) }, { evidence })
        if (badReads.length === 0)
          return fail('writes', { ...values, unwritten: badWrites.length, status: badWrites[0]?.status ?? 0 }, { evidence })
        return fail('lost', { ...values, status: badReads.at(-1)?.status ?? 0 }, { evidence })
      },
    },
    'replica-returns': {
      tier: 'sandbox',
      needs: ['replica-dies'],
      run: ({ seen }) => {
        const { usedAfterMs, withinMs, counts, requests } = had(seen.replacement)
        const values = { reads: requests.length, primary: counts.primary.reads, replica: counts.replica.reads, withinMs }
        const evidence = [countTable(seen), logFrom(seen.log, had(seen.replacement).at)]
        if (usedAfterMs === undefined) return fail('forgotten', values, { evidence })
        return pass({ ...values, ms: Math.round(usedAfterMs) }, { evidence })
      },
    },
    'primary-dies': {
      tier: 'sandbox',
      needs: ['replica-returns'],
      run: ({ seen }) => {
        const death = had(seen.primaryDeath)
        const { reads, writes, overMs, at } = death
        const evidence = [topology('primary', death), outageTimeline(seen, death), logFrom(seen.log, at)]
        const values = { writes: writes.length, reads: reads.length, limitMs: seen.limitMs }
        const lied = writes.filter(isGood)
        if (lied.length > 0) return fail('lied', { ...values, lied: lied.length, status: lied[0]?.status ?? 0 }, { evidence })
        if (overMs !== undefined) return pass({ ...values, ms: Math.round(overMs) }, { evidence })
        const unread = reads.filter((request) => !isGood(request))
        const unclear = writes.filter((request) => !isRefused(request))
        const silent = unclear.filter(({ error }) => error === 'timeout')
        if (silent.length > 0) return fail('silent', { ...values, silent: silent.length }, { evidence })
        if (unclear.length > 0)
          return fail('unclear', { ...values, unclear: unclear.length, status: unclear.at(-1)?.status ?? 0 }, { evidence })
        return fail('reads', { ...values, unread: unread.length, status: unread.at(-1)?.status ?? 0 }, { evidence })
      },
    },
  },
  mistakes: {
    'missing-parenthesis': 'syntax',
    'server-in-turn': 'writes',
    'counts-on-the-primary': 'reads',
    'whatever-the-replica-has': 'own-writes',
    'a-second-is-enough': 'own-writes',
    'everybody-back-to-the-primary': 'others',
    'writers-stay-on-the-primary': 'returns',
    'no-way-around': 'replica-dies',
    'once-bitten': 'replica-returns',
    'keeps-it-for-later': 'primary-dies',
    'tries-until-it-works': 'primary-dies',
  },
})

/** What was seen because a check that this one needs has passed. */
const had = <T>(part: T | undefined): T => {
  if (part === undefined) throw new Error('a part of the run that was asked for did not take place')
  return part
}
