import { type Answer, docker, fail, lab, parseable, pass, type Values } from '../../kit/index.ts'
import { type Attack, CROWD, FILES, MOST_PROCESSES, observe, type Tool } from './observe.ts'
import { RUN_FILE, readRun } from './run-file.ts'
import { capabilitiesIn, firstTable, leakOf, logOf, successes, timeline, triesTable, unprinted } from './seen.ts'

export default lab({
  id: 'lock-it-down',
  minutes: 25,
  seconds: 90,
  files: FILES,
  sandbox: docker({ image: 'node', limits: { memoryMiB: 256, pids: MOST_PROCESSES }, powers: ['walls', 'inside'] }),
  observe,
  checks: {
    'run-file': {
      tier: 'static',
      run: ({ files }) => {
        const read = readRun(files[RUN_FILE], '')
        return 'answer' in read ? read.answer : pass({ user: read.run.walls.user })
      },
    },
    syntax: parseable('server.js'),
    prints: {
      tier: 'sandbox',
      run: ({ seen }) => pass({ total: seen.before.length }, { evidence: [timeline(seen)] }),
    },
    files: {
      tier: 'sandbox',
      needs: ['prints'],
      run: ({ seen }) => judged(seen, ['plant', 'rewrite']),
    },
    programs: {
      tier: 'sandbox',
      needs: ['prints'],
      run: ({ seen }) => judged(seen, ['drop']),
    },
    identity: {
      tier: 'sandbox',
      needs: ['prints'],
      run: ({ seen }) => {
        const [, uid = ''] = seen.first.Uid.split('\t')
        const answer = judged(seen, ['vault', 'disguise'], { uid })
        if (answer.status !== 'passed') return { ...answer, evidence: [...(answer.evidence ?? []), firstTable(seen)] }
        return uid === '0' ? fail('root', { uid }, { evidence: [firstTable(seen)] }) : answer
      },
    },
    climbing: {
      tier: 'sandbox',
      needs: ['prints'],
      run: ({ seen }) => {
        const reserve = capabilitiesIn(seen.first.CapBnd)
        const answer = judged(seen, ['climb'], { reserve })
        const evidence = [...(answer.evidence ?? []), firstTable(seen)]
        if (answer.status !== 'passed' || reserve === 0) return { ...answer, evidence }
        const held = capabilitiesIn(seen.first.CapEff)
        return fail(held > 0 ? 'held' : 'reserve', { reserve, held, mask: seen.first.CapBnd.replace(/^0+/, '') }, { evidence })
      },
    },
    secret: {
      tier: 'sandbox',
      needs: ['prints'],
      run: ({ seen }) => {
        const leak = leakOf(seen)
        const answer = judged(seen, ['environ', 'rummage'], { lines: seen.log.length })
        if (answer.status !== 'passed' || leak === undefined) return answer
        if ('line' in leak) return fail('log', { line: leak.line + 1 }, { evidence: [logOf(seen, leak.line)] })
        return fail('answer', { status: leak.answer.status ?? 0 }, { evidence: [timeline(seen)] })
      },
    },
    crowd: {
      tier: 'sandbox',
      needs: ['prints'],
      run: ({ seen }) => judged(seen, ['crowd'], { wanted: CROWD }),
    },
    serving: {
      tier: 'sandbox',
      needs: ['prints'],
      run: ({ seen }) => {
        const { after, exit, attackedAt, endedAt } = seen
        const evidence = [timeline(seen), logOf(seen)]
        const failed = unprinted(after)
        const ms = Math.round(endedAt - attackedAt)
        if (exit !== undefined) return fail('ended', { code: exit.code, ms: Math.round(exit.at - attackedAt) }, { evidence })
        if (failed.length > 0)
          return fail('failing', { failed: failed.length, total: after.length, status: failed[0]?.status ?? 0 }, { evidence })
        return pass({ total: after.length, tries: seen.tries.length, ms }, { evidence })
      },
    },
  },
  mistakes: {
    'misspelt-read-only': 'run-file',
    'missing-bracket': 'syntax',
    'nowhere-to-write': 'prints',
    'root-can-be-written': 'files',
    'programs-in-tmp': 'programs',
    'still-root': 'identity',
    'old-programs-give-root': 'climbing',
    'capabilities-in-reserve': 'climbing',
    'key-in-the-environment': 'secret',
    'keeps-the-last-request': 'secret',
    'tells-its-settings': 'secret',
    'as-many-as-it-likes': 'crowd',
  },
})

/** What these tools came to: the first that got what it was after names the entry of the text. */
const judged = (seen: Attack, tools: readonly Tool[], values: Values = {}): Answer => {
  const evidence = [triesTable(seen, ...tools)]
  const got = successes(seen, ...tools)
  const tries = seen.tries.filter(({ tool }) => tools.includes(tool))
  const [one] = got
  if (one === undefined) return pass({ ...values, tries: tries.length }, { evidence })
  const whole = {
    ...values,
    at: one.at,
    got: got.filter(({ tool }) => tool === one.tool).length,
    said: one.tool === 'crowd' ? (one.said ?? '') : '',
  }
  return fail(one.tool, whole, { evidence })
}
