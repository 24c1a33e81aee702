import { parse } from 'yaml'
import { z } from 'zod'
import { type Context, docker, fail, lab, pass } from '../../kit/index.ts'
import { type Action, CAUSES, caseFor } from './causes.ts'
import { type Asked, type Look, readAsked, undecided } from './looks.ts'
import { FILES, type Incident, isRecovered, isWell, observe } from './observe.ts'
import { basketTimeline, billTable, measuresOf, resultOf } from './seen.ts'

export default lab({
  id: 'find-the-cause',
  minutes: 30,
  seconds: 300,
  files: FILES,
  sandbox: docker({ image: 'node', powers: ['own-ports', 'degrade', 'fill', 'restart'] }),
  observe,
  variations: {
    all: CAUSES,
    of: (seed) => caseFor(seed).cause,
    writtenFor: {
      'by-metrics-alone': 'slow-line',
      'blames-who-is-slow': 'slow-line',
      guesses: 'many-calls',
      'one-look-too-few': 'kept-connections',
      'restarts-it': 'kept-connections',
      'turns-everybody-away': 'slow-line',
      'asks-for-everything': 'loud-client',
      'misspelt-metric': 'slow-line',
    },
  },
  checks: {
    readable: {
      tier: 'static',
      run: ({ files }) => {
        const read = readAsked(files)
        return 'answer' in read ? read.answer : pass({ looks: read.asked.looks.length })
      },
    },
    affordable: {
      tier: 'static',
      needs: ['readable'],
      run: (context) => {
        const { looks, lookAt } = understood(context)
        const { minutes, 'budget-minutes': budget } = costs(context)
        const spent = spentOn(looks, minutes)
        const evidence = [billTable(looks, minutes, budget)]
        if (spent <= budget) return pass({ looks: looks.length, spent, budget }, { evidence })
        const first = looks.findIndex((_, index) => spentOn(looks.slice(0, index + 1), minutes) > budget)
        return fail('spent', { spent, budget, looks: looks.length, first: first + 1 }, { at: lookAt(first), evidence })
      },
    },
    looks: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const { looks } = seen.asked
        const values = { bad: badOf(seen), total: seen.during.length, limitMs: seen.limitMs, pace: seen.pace, looks: looks.length }
        const evidence = [basketTimeline({ ...seen, after: [] }), ...looks.flatMap((look) => resultOf(seen, look))]
        if (looks.length > 0 || seen.asked.cause === undefined) return pass(values, { evidence })
        return fail('guess', { ...values, cause: seen.asked.cause }, { at: seen.asked.answerAt('cause'), evidence })
      },
    },
    named: {
      tier: 'sandbox',
      needs: ['looks'],
      run: ({ seen }) => {
        const { cause, action, looks, answerAt } = seen.asked
        const values = { looks: looks.length, bad: badOf(seen), total: seen.during.length }
        if (cause === undefined) return fail('open', values, { at: answerAt('cause') })
        if (action === undefined) return fail('idle', { ...values, cause }, { at: answerAt('first-action') })
        return pass({ cause, action })
      },
    },
    cause: {
      tier: 'sandbox',
      needs: ['named'],
      run: ({ seen }) => {
        const { cause, answerAt } = seen.asked
        const measures = measuresOf(seen)
        if (cause === seen.cause) return pass({ cause })
        return fail(cause ?? 'leaking-memory', measures, {
          at: answerAt('cause'),
          evidence: seen.asked.looks.flatMap((look) => resultOf(seen, look)),
        })
      },
    },
    grounded: {
      tier: 'sandbox',
      needs: ['cause'],
      run: ({ seen }) => {
        const { looks, lookAt } = seen.asked
        const other = undecided(looks, seen.cause)
        const names = looks.map(({ of }) => `\`${of}\``).join(', ')
        if (other === undefined) return pass({ looks: looks.length, names })
        return fail(
          'undecided',
          { cause: seen.cause, other, names },
          { at: lookAt(0), evidence: looks.flatMap((look) => resultOf(seen, look)) },
        )
      },
    },
    recovers: {
      tier: 'sandbox',
      needs: ['named'],
      run: ({ seen }) => {
        const { after, afterLimitMs: limitMs, asked } = seen
        const action = asked.action ?? 'restart-web'
        const good = after.filter((basket) => isWell(basket, limitMs)).length
        const values = { action, good, total: after.length, bad: badOf(seen), sick: seen.during.length, limitMs }
        const evidence = [basketTimeline(seen)]
        if (isRecovered(seen)) return pass(values, { evidence })
        const turnedAway = after.filter(({ status }) => status === 429).length
        const at = asked.answerAt('first-action')
        if (turnedAway > after.length / 2) return fail('turned-away', { ...values, turnedAway }, { at, evidence })
        if (seen.cause === 'kept-connections' && isForAWhile(after)) return fail('for-a-while', values, { at, evidence })
        return fail(kindOf(action), values, { at, evidence })
      },
    },
  },
  mistakes: {
    'misspelt-metric': 'readable',
    'asks-for-everything': 'affordable',
    guesses: 'looks',
    'blames-who-is-slow': 'cause',
    'one-look-too-few': 'grounded',
    'restarts-it': 'recovers',
    'turns-everybody-away': 'recovers',
  },
})

/** At first baskets were answered, late or not; in the end they were not. */
const isForAWhile = (after: Incident['after']): boolean => {
  const third = Math.floor(after.length / 3)
  const answered = (baskets: Incident['after']): number => baskets.filter(({ status }) => status === 200).length
  return answered(after.slice(0, third)) >= third - 1 && answered(after.slice(-third)) <= 1
}

const kindOf = (action: Action): 'restart' | 'roll-back' | 'elsewhere' =>
  action.startsWith('restart-') ? 'restart' : action.startsWith('roll-back-') ? 'roll-back' : 'elsewhere'

const badOf = ({ during, limitMs }: Incident): number => during.filter((basket) => !isWell(basket, limitMs)).length

/** For the checks that are asked only when the files were read. */
const understood = ({ files }: Context<typeof FILES>): Asked => {
  const read = readAsked(files)
  if ('answer' in read) throw new Error('the files were not read, yet a later check is asked')
  return read.asked
}

const prices = z.object({ minutes: z.object({ metric: z.number(), log: z.number(), trace: z.number() }), 'budget-minutes': z.number() })
const costs = ({ files }: Context<typeof FILES>) => prices.parse(parse(files['system.yaml']))

const spentOn = (looks: readonly Look[], minutes: Readonly<Record<Look['kind'], number>>): number =>
  looks.reduce((sum, { kind }) => sum + minutes[kind], 0)
