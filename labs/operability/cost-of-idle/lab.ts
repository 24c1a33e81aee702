import { type Context, docker, exhausted, fail, lab, pass } from '../../kit/index.ts'
import { isSame, type Stretch, stretchesOf, unattended, yenOfDay } from './day.ts'
import { readLayout } from './layout.ts'
import { type Day, FILES, observe, type Played, percentOf } from './observe.ts'
import { billTable, dayTable, idleOf, lossTimeline, lossTopology, playedTimeline, yenSeries } from './seen.ts'
import { readRecording, readTerms, timeOf } from './terms.ts'

export default lab({
  id: 'cost-of-idle',
  minutes: 20,
  seconds: 120,
  files: FILES,
  // Copies of one program, all on its port, and one of them with too little memory.
  sandbox: docker({ image: 'node', powers: ['own-ports', 'memory-limit'] }),
  observe,
  checks: {
    readable: {
      tier: 'static',
      run: ({ files }) => {
        const read = readLayout(files['layout.yaml'])
        return 'answer' in read ? read.answer : pass()
      },
    },
    attended: {
      tier: 'static',
      needs: ['readable'],
      run: (context) => {
        const { layout, stretches } = planned(context)
        const [first] = unattended(stretches)
        if (first === undefined) return pass({ stretches: stretches.filter(({ perMinute }) => perMinute > 0).length })
        const { part, from, to, perMinute, ordered } = first
        const values = { part, from: timeOf(from), to: timeOf(to), perMinute }
        return fail(ordered > 0 ? 'early' : 'nobody', values, {
          at: layout.at([part, 'copies'], 'key'),
          evidence: [dayTable(stretches, first)],
        })
      },
    },
    alive: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const [gone] = seen.gone
        if (gone === undefined) return pass({ copies: copiesOf(seen) })
        const { part, copy, exit, log } = gone
        const evidence = [{ kind: 'log', of: copy, lines: log, points: [log.length - 1] } as const]
        const size = seen.layout.size[part]
        const at = seen.layout.at([part, 'size'])
        if (exit.limit === undefined) return fail('ended', { copy, code: exit.code }, { evidence })
        if (exit.by !== 'memory') return exhausted(exit.limit, copy, { evidence })
        return fail(
          'memory',
          { copy, size, memoryMiB: seen.terms.sizes[size]['memory-mib'], needsMiB: seen.terms.memory[part] },
          { at, evidence },
        )
      },
    },
    answered: {
      tier: 'sandbox',
      needs: ['alive'],
      run: ({ seen }) => {
        const { played, stretches, layout, terms } = seen
        const missed = played.filter((each) => percentOf(each) < terms.objective.percent).sort((a, b) => percentOf(a) - percentOf(b))
        const [worst] = missed
        const wanted = terms.objective.percent
        if (worst === undefined)
          return pass(
            { requests: played.reduce((sum, { requests }) => sum + requests.length, 0), wanted, ...timesOf(slowest(played)) },
            { evidence: [dayTable(stretches, undefined, played)] },
          )
        const stretch = stretchOf(worst, stretches)
        const { part, perMinute, ready, requests, inTime } = worst
        const times = { from: timeOf(stretch.from), to: timeOf(stretch.to) }
        const values = {
          part,
          perMinute,
          ready,
          inTime,
          total: requests.length,
          ...times,
          wanted,
          ...timesOf(worst),
          size: layout.size[part],
          ordered: stretch.ordered,
        }
        const evidence = [playedTimeline(worst), dayTable(stretches, stretch, played), yenSeries(seen)]
        const at = layout.at([part, 'copies'], 'key')
        return fail(stretch.ordered > ready ? 'late' : 'crowded', values, { at, evidence })
      },
    },
    survives: {
      tier: 'sandbox',
      needs: ['alive'],
      run: ({ seen }) => {
        const { loss, recording, terms, layout } = seen
        const values = {
          at: timeOf(recording.lossAt),
          left: loss.ready,
          inTime: loss.inTime,
          total: loss.requests.length,
          ...timesOf(loss),
        }
        const evidence = [lossTopology(seen), lossTimeline(seen)]
        if (percentOf(loss) >= terms.objective.percent) return pass(values, { evidence })
        return fail(loss.ready === 0 ? 'alone' : 'crowded', values, { at: layout.at(['shop', 'copies'], 'key'), evidence })
      },
    },
    cost: {
      tier: 'sandbox',
      needs: ['answered'],
      run: ({ seen }) => {
        const { stretches, layout, terms } = seen
        const paid = yenOfDay(stretches, layout, terms)
        const most = terms['yen-per-day']
        const { part, yen, unaskedYen, unaskedHours, busiest } = idleOf(seen)
        const idle = Math.round(idleOf(seen).allYen)
        const evidence = [yenSeries(seen), billTable(seen)]
        if (paid <= most) return pass({ paid, most, used: paid - idle }, { evidence })
        const values = {
          paid,
          most,
          idle,
          part,
          partIdle: Math.round(yen),
          unasked: Math.round(unaskedYen),
          hours: unaskedHours,
          busiest: Math.round(100 * busiest),
          size: layout.size[part],
        }
        return fail(unaskedYen > yen / 2 ? 'unasked' : busiest < ROOMY ? 'roomy' : 'steady', values, { at: layout.at([part]), evidence })
      },
    },
  },
  mistakes: {
    'misspelt-size': 'readable',
    'half-past-twenty-five': 'readable',
    'forgets-the-nightly-test': 'attended',
    'starts-when-asked': 'attended',
    'smallest-of-all': 'alive',
    'scales-with-the-rush': 'answered',
    'the-average-day': 'answered',
    'one-copy-at-night': 'survives',
    'sized-for-the-peak': 'cost',
    'waits-all-day-for-reports': 'cost',
  },
})

/** Below this part of their time even in the busiest hour, the copies are larger or more than the work. */
const ROOMY = 0.5

/** For the checks that are asked only when the file was read. */
const planned = ({ files }: Context<typeof FILES>) => {
  const read = readLayout(files['layout.yaml'])
  if ('answer' in read) throw new Error('layout.yaml was not read, yet a later check is asked')
  const { layout } = read
  return { layout, stretches: stretchesOf(layout, readRecording(files['recording.yaml']), readTerms(files['terms.yaml'])) }
}

/** What the objective allowed, and how slowly that was played. */
const timesOf = ({ limitMs, pace }: Pick<Played, 'limitMs' | 'pace'>) => ({ limitMs: Math.round(limitMs), pace })
const slowest = ([first, ...rest]: readonly Played[]): Pick<Played, 'limitMs' | 'pace'> =>
  rest.reduce((slow, each) => (each.pace > slow.pace ? each : slow), first ?? { limitMs: 0, pace: 1 })

const copiesOf = ({ layout: { ordered } }: Day): number => Object.values(ordered).reduce((sum, each) => sum + Math.max(...each), 0)

/** The first time of the day at which this situation occurs. */
const stretchOf = (played: Played, stretches: readonly Stretch[]): Stretch => {
  const found = stretches.find((stretch) => isSame(stretch, played))
  if (found === undefined) throw new Error('a situation was played that does not occur in the day')
  return found
}
