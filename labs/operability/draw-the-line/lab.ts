import { type Context, fail, lab, pass } from '../../kit/index.ts'
import { contradictions, gaps, owned, powerless, unclear } from './judge.ts'
import { readLine } from './line.ts'
import { readOrganisation, TEAMS } from './organisation.ts'
import { changesTable, hoursTable, lineTable, meansTable } from './tables.ts'

const FILES = { 'duties.yaml': 'edit', 'organisation.yaml': 'read' } as const

/** Weeks in which waiting changes pile up before somebody puts them out together. */
const WEEKS = 4

export default lab({
  id: 'draw-the-line',
  minutes: 15,
  files: FILES,
  checks: {
    readable: {
      tier: 'static',
      run: (context) => {
        const { organisation, read } = drawn(context)
        if ('answer' in read) return read.answer
        return pass({ entries: read.claims.length, duties: Object.keys(organisation.duties).length })
      },
    },
    covered: {
      tier: 'static',
      needs: ['readable'],
      run: (context) => {
        const { organisation, claims } = understood(context)
        const total = Object.keys(organisation.duties).length
        const missing = gaps(organisation, claims)
        const evidence = [lineTable(Object.keys(organisation.duties), claims, missing)]
        const [duty] = missing
        if (duty === undefined) return pass({ total }, { evidence })
        const change = listed(organisation.duties[duty]?.change ?? [])
        return fail(duty, { duty, change, missing: missing.length, names: listed(missing), total }, { evidence })
      },
    },
    'one-name': {
      tier: 'static',
      needs: ['readable'],
      run: (context) => {
        const { organisation, claims } = understood(context)
        const doubts = unclear(organisation, claims)
        const wrong = doubts.map(({ duty }) => duty)
        const evidence = [lineTable(Object.keys(organisation.duties), claims, wrong)]
        const [doubt] = doubts
        if (doubt === undefined) return pass({ shared: claims.filter(({ shared }) => shared).length }, { evidence })
        const values = { duty: doubt.duty, unclear: doubts.length, names: listed(wrong) }
        if (doubt.kind !== 'twice') {
          const { claim } = doubt
          return fail(
            doubt.kind,
            { ...values, teams: listed(doubt.kind === 'heads' ? claim.accountable : claim.hands) },
            { at: claim.at, evidence },
          )
        }
        const [first, second] = doubt.claims
        const places = {
          first: first.hands.join(' + '),
          firstLine: first.at.line,
          second: second.hands.join(' + '),
          secondLine: second.at.line,
        }
        return fail('twice', { ...values, ...places }, { at: second.at, evidence })
      },
    },
    means: {
      tier: 'static',
      needs: ['covered', 'one-name'],
      run: (context) => {
        const { organisation, claims, line } = understood(context)
        const without = powerless(organisation, line)
        const [first] = without
        if (first === undefined)
          return pass({ duties: line.length }, { evidence: [lineTable(Object.keys(organisation.duties), claims, [])] })
        const { duty, owner, claim } = first.of
        const wrong = without.map(({ of }) => of.duty)
        const evidence = [meansTable(organisation, first.of)]
        const values = { duty, team: first.kind === 'missing' ? owner : first.team, powerless: without.length, names: listed(wrong) }
        if (first.kind === 'spectator')
          return fail('spectator', { ...values, change: listed(organisation.duties[duty]?.change ?? []) }, { at: claim.at, evidence })
        const able = TEAMS.filter((team) => organisation.teams[team]['can-change'].includes(first.lever))
        return fail(first.lever, { ...values, lever: first.lever, able: listed(able) }, { at: claim.at, evidence })
      },
    },
    facts: {
      tier: 'static',
      needs: ['covered', 'one-name'],
      run: (context) => {
        const { organisation, claims, line } = understood(context)
        const [first] = contradictions(organisation, line)
        if (first === undefined) return pass({}, { evidence: [hoursTable(organisation, line), changesTable(organisation, line)] })
        if (first.kind === 'meetings') {
          const duties = first.claims.map(({ duty }) => duty)
          const [last] = first.claims.slice(-1)
          const values = { shared: duties.length, most: first.most, names: listed(duties) }
          return fail('meetings', values, { ...(last && { at: last.at }), evidence: [lineTable(duties, claims, duties)] })
        }
        const { duty, owner, claim } = first.of
        const values = { duty, team: owner }
        if (first.kind === 'asleep') return fail('asleep', values, { at: claim.at, evidence: [hoursTable(organisation, line)] })
        if (first.kind === 'no-say')
          return fail(
            'no-say',
            { ...values, woken: first.woken },
            { at: claim.at, evidence: [lineTable([first.doing, duty], claims, [duty])] },
          )
        const { asked, possible } = first
        const times = organisation.duties[duty]?.['times-a-week'] ?? 0
        const evidence = [changesTable(organisation, line)]
        return fail(
          'too-often',
          { ...values, asked, possible, times, weeks: WEEKS, waiting: (asked - possible) * WEEKS },
          { at: claim.at, evidence },
        )
      },
    },
  },
  mistakes: {
    'tab-for-indent': 'readable',
    'misspelt-duty': 'readable',
    'nobody-rebuilds': 'covered',
    'certificate-with-two-teams': 'one-name',
    'incidents-with-no-name': 'one-name',
    'everybody-accountable': 'one-name',
    'operations-fixes-defects': 'means',
    'platform-invited-along': 'means',
    'developers-carry-the-pager': 'facts',
    'releases-on-tuesdays': 'facts',
    'woken-without-a-say': 'facts',
    'meeting-for-everything': 'facts',
  },
})

const drawn = ({ files }: Context<typeof FILES>) => {
  const organisation = readOrganisation(files['organisation.yaml'])
  return { organisation, read: readLine(files['duties.yaml'], organisation) }
}

/** For the checks that are asked only when the file was read. */
const understood = (context: Context<typeof FILES>) => {
  const { organisation, read } = drawn(context)
  if ('answer' in read) throw new Error('duties.yaml was not read, yet a later check is asked')
  return { organisation, claims: read.claims, line: owned(read.claims) }
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')
