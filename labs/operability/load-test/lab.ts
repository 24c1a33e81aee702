import { docker, fail, felt, lab, parseable, pass } from '../../kit/index.ts'
import { COMFORTABLE, SIDE_BY_SIDE } from './engine.ts'
import { CAPACITY_PART, GOODPUT_PART } from './load.ts'
import { FILES, observe, type Seen } from './observe.ts'
import { BELOW } from './plan.ts'
import { engineTable, isGood, isRefused, loadSeries, logOf, quantile, rounded, scheduledIn, stepTable } from './seen.ts'

/**
 * Of the places in the engine, while more customers come than it has. How many are used is what the service lets in, on any machine; what
 * arrives per second is not.
 */
const USED_PART = 0.75
/** A refusal that takes longer than so many calculations has cost a customer a good part of their patience. */
const REFUSAL_TIMES = 2
/** So few may have no answer in an overload, or another one, on a machine that stumbles. */
const STRAY_PART = 0.15

export default lab({
  id: 'load-test',
  minutes: 25,
  seconds: 240,
  files: FILES,
  sandbox: docker({ image: 'node', limits: { memoryMiB: 256, pids: 512 } }),
  observe,
  checks: {
    syntax: parseable('server.js'),
    starts: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const below = scheduledIn(seen.requests, seen.below)
        const prices = seen.requests.filter(isGood).length
        if (prices > seen.asked) return fail('invented', { prices, asked: seen.asked }, { evidence: pictures(seen) })
        if (below.some(isGood)) return pass({ ms: Math.round(seen.readyMs) })
        return fail('failing', { requests: below.length, status: below[0]?.status ?? 0 }, { evidence: [logOf(seen), loadSeries(seen)] })
      },
    },
    below: {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => {
        const requests = scheduledIn(seen.requests, seen.below)
        const refused = requests.filter(isRefused)
        const other = requests.filter((request) => !isGood(request) && !isRefused(request))
        const { perSecond } = seen.capacity
        const told = { engine: rounded(perSecond), offered: Math.round(BELOW * perSecond), requests: requests.length }
        const evidence = pictures(seen)
        if (refused.length > 0) return fail('refused', { ...told, refused: refused.length }, { evidence })
        if (other.length > 0)
          return fail('failing', { ...told, failed: other.length, status: other[0]?.status ?? 0 }, { evidence: [logOf(seen), ...evidence] })
        return pass({ ...told, ms: Math.round(quantile(requests.map(felt), 0.95)) })
      },
    },
    capacity: {
      tier: 'sandbox',
      needs: ['below'],
      run: ({ seen }) => {
        const { best } = had(seen.overload)
        const { perSecond } = seen.capacity
        const inEngine = seen.calls.map(({ atOnce }) => atOnce)
        const [most, usual] = [Math.max(0, ...inEngine), quantile(inEngine, 0.5)]
        const told = { engine: rounded(perSecond), peak: rounded(best), part: Math.round((100 * best) / perSecond), most, usual }
        const evidence = pictures(seen)
        if (most < USED_PART * SIDE_BY_SIDE) return fail('timid', told, { evidence })
        if (best >= CAPACITY_PART * perSecond) return pass(told)
        return fail(usual > COMFORTABLE ? 'crowded' : 'idle', told, { evidence })
      },
    },
    beyond: {
      tier: 'sandbox',
      needs: ['capacity'],
      run: ({ seen }) => {
        const overload = had(seen.overload)
        const { best, settled } = overload
        const requests = scheduledIn(seen.requests, overload)
        const during = seen.calls.filter(({ at }) => at >= overload.from && at < overload.to)
        const most = Math.max(0, ...during.map(({ atOnce }) => atOnce))
        const late = requests.filter(({ error }) => error === 'timeout')
        const told = {
          engine: rounded(seen.capacity.perSecond),
          peak: rounded(best),
          good: rounded(settled),
          part: Math.round((100 * settled) / best),
          requests: requests.length,
          late: late.length,
          refused: requests.filter(isRefused).length,
          most,
          seconds: rounded(
            quantile(
              during.map((call) => call.ms / 1000),
              0.5,
            ),
          ),
          deadlineMs: seen.deadlineMs,
        }
        const evidence = pictures(seen)
        if (settled >= GOODPUT_PART * best) return pass(told, { evidence })
        if (most > COMFORTABLE) return fail('crowded', told, { evidence })
        // The engine did all that was asked of it, so it was the way to it that took too long, or was closed.
        return late.length > STRAY_PART * requests.length ? fail('queued', told, { evidence }) : fail('closed', told, { evidence })
      },
    },
    refused: {
      tier: 'sandbox',
      needs: ['beyond'],
      run: ({ seen }) => {
        const requests = scheduledIn(seen.requests, had(seen.overload))
        const turnedAway = requests.filter(isRefused)
        const unanswered = requests.filter(({ error }) => error === 'timeout')
        const unclear = requests.filter((request) => !isGood(request) && !isRefused(request) && request.error !== 'timeout')
        const ms = Math.round(quantile(turnedAway.map(felt), 0.5))
        const limitMs = Math.round(REFUSAL_TIMES * seen.capacity.ms)
        const told = { requests: requests.length, refused: turnedAway.length, ms, limitMs, deadlineMs: seen.deadlineMs }
        const evidence = pictures(seen)
        const strays = STRAY_PART * requests.length
        if (unclear.length > strays)
          return fail(
            'unclear',
            { ...told, unclear: unclear.length, status: unclear[0]?.status ?? 0 },
            { evidence: [...evidence, logOf(seen)] },
          )
        if (unanswered.length > strays) return fail('silent', { ...told, unanswered: unanswered.length }, { evidence })
        return ms > limitMs ? fail('late', told, { evidence }) : pass(told)
      },
    },
    recovers: {
      tier: 'sandbox',
      needs: ['below'],
      run: ({ seen }) => {
        const requests = scheduledIn(seen.requests, had(seen.recovered))
        const bad = requests.filter((request) => !isGood(request))
        const told = { requests: requests.length, failed: bad.length, status: bad[0]?.status ?? 0 }
        if (bad.length === 0) return pass(told)
        return fail(bad.some(isRefused) ? 'shut' : 'stuck', told, { evidence: [loadSeries(seen), stepTable(seen)] })
      },
    },
  },
  mistakes: {
    'missing-bracket': 'syntax',
    'so-many-a-second': 'below',
    'three-at-a-time': 'capacity',
    'asks-three-times': 'capacity',
    'generous-limit': 'beyond',
    'endless-queue': 'beyond',
    'hangs-up': 'refused',
    'refuses-late': 'refused',
  },
})

const pictures = (seen: Seen) => [loadSeries(seen), stepTable(seen), engineTable(seen)]

/** What was seen because a check that this one needs has passed. */
const had = <T>(part: T | undefined): T => {
  if (part === undefined) throw new Error('a part of the load that was asked for was not offered')
  return part
}
