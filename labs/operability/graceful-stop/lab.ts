import { docker, fail, lab, parseable, pass } from '../../kit/index.ts'
import { compare } from './kept.ts'
import { FILES, observe, type Stop } from './observe.ts'
import { acknowledged, counted, failedOrders, keptTable, knockTimeline, logEvidence, processTable, timeline } from './seen.ts'

export default lab({
  id: 'graceful-stop',
  minutes: 25,
  seconds: 90,
  files: FILES,
  sandbox: docker({ image: 'node', limits: { memoryMiB: 256 } }),
  observe,
  checks: {
    syntax: parseable('server.js'),
    starts: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const { requests, readyMs } = seen
        if (requests.some(acknowledged)) return pass({ ms: Math.round(readyMs) })
        return fail('failing', { status: requests[0]?.status ?? 0 }, { evidence: [logEvidence(seen), timeline(seen)] })
      },
    },
    signal: {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => {
        const { closedAt, exit, sigtermAt, graceSeconds, processes } = seen
        const evidence = [processTable(seen), timeline(seen), logEvidence(seen)]
        const reactedAt = exit.by === 'itself' ? Math.min(closedAt ?? exit.at, exit.at) : closedAt
        if (reactedAt !== undefined) return pass({ ms: Math.max(0, Math.round(reactedAt - sigtermAt)) }, { evidence })
        const [first, ...others] = processes
        const program = nameOf(first?.command)
        if (others.length > 0 && program !== 'node') return fail('swallowed', { program, graceSeconds }, { evidence })
        return fail(first?.onSigterm === 'handled' ? 'unmoved' : 'unhandled', { program, graceSeconds }, { evidence })
      },
    },
    answered: {
      tier: 'sandbox',
      needs: ['signal'],
      run: ({ seen }) => {
        const { requests, sigtermAt, exit } = seen
        const evidence = [timeline(seen), logEvidence(seen)]
        const total = requests.length
        const { early, cut, refused, first } = failedOrders(seen)
        if (first === undefined) return pass({ total, open: counted(requests, sigtermAt) }, { evidence })
        if (early.length > 0) return fail('early', { failed: early.length, total, status: early[0]?.status ?? 0 }, { evidence })
        if (cut.length === 0) return fail('refused', { failed: refused.length, total, status: refused[0]?.status ?? 0 }, { evidence })
        const { id = first.id, startedAt = first.startedAt, endedAt = first.endedAt } = cut[0] ?? {}
        const values = { lost: cut.length, total, order: id, workedMs: Math.round(Math.min(exit.at, endedAt) - startedAt) }
        if (exit.by === 'itself') return fail('cut', { ...values, ms: Math.round(exit.at - sigtermAt) }, { evidence })
        return fail('killed', { ...values, graceSeconds: seen.graceSeconds }, { evidence })
      },
    },
    stored: {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => {
        const { told, once, missing, doubled } = comparison(seen)
        const values = { acknowledged: told, once, missing: missing.length, doubled: doubled.length }
        const evidence = [keptTable(seen, [...missing, ...doubled.map(({ order }) => order)]), logEvidence(seen), timeline(seen)]
        if (missing.length > 0) return fail('missing', values, { evidence })
        if (doubled.length > 0) return fail('doubled', { ...values, order: doubled[0]?.order ?? '' }, { evidence })
        return pass(values)
      },
    },
    whole: {
      tier: 'sandbox',
      needs: ['starts'],
      run: ({ seen }) => {
        const { half } = comparison(seen)
        const kept = seen.kept.length
        if (half.length === 0) return pass({ kept })
        const evidence = [
          keptTable(
            seen,
            half.map(({ order }) => order),
          ),
          timeline(seen),
        ]
        return fail(
          'half',
          { half: half.length, kept, order: half[0]?.order ?? '', text: half[0]?.text.trimEnd().replaceAll('\n', ' / ') ?? '' },
          { evidence },
        )
      },
    },
    exit: {
      tier: 'sandbox',
      needs: ['signal'],
      run: ({ seen }) => {
        const { exit, requests, sigtermAt, graceSeconds } = seen
        const evidence = [timeline(seen), logEvidence(seen)]
        const seconds = Math.round((exit.at - sigtermAt) / 10) / 100
        const well = exit.code === 0 || exit.code === 143
        if (exit.by === 'itself')
          return well ? pass({ seconds, graceSeconds }, { evidence }) : fail('crashed', { code: exit.code, seconds }, { evidence })
        const afterSignal = requests.filter(({ endedAt }) => endedAt > sigtermAt)
        const unanswered = afterSignal.filter(({ status }) => status === undefined)
        if (unanswered.length > 0) return fail('working', { graceSeconds, unanswered: unanswered.length }, { evidence })
        const lastMs = Math.max(0, Math.round(Math.max(...afterSignal.map(({ endedAt }) => endedAt)) - sigtermAt))
        const connections = new Set(afterSignal.map(({ connection }) => connection)).size
        return fail('idle', { graceSeconds, lastMs, connections }, { evidence })
      },
    },
    closed: {
      tier: 'sandbox',
      needs: ['signal'],
      run: ({ seen }) => {
        const { closedAt, sigtermAt, knocks } = seen
        const evidence = [knockTimeline(seen), logEvidence(seen)]
        if (closedAt !== undefined) return pass({ ms: Math.max(0, Math.round(closedAt - sigtermAt)) }, { evidence })
        const last = knocks.at(-1)
        return fail('open', { tries: knocks.length, ms: Math.round((last?.endedAt ?? sigtermAt) - sigtermAt) }, { evidence })
      },
    },
  },
  mistakes: {
    'missing-bracket': 'syntax',
    'listens-on-loopback': 'starts',
    'shell-swallows-the-signal': 'signal',
    'no-handler': 'signal',
    'exits-at-once': 'answered',
    'turns-open-orders-away': 'answered',
    'acknowledges-before-storing': 'stored',
    'stores-twice-on-retry': 'stored',
    'waits-for-idle-connections': 'exit',
    'keeps-the-door-open': 'closed',
  },
})

const comparison = ({ requests, kept }: Stop) =>
  compare(
    requests.filter(acknowledged).map(({ id }) => id),
    kept,
  )

/** `sh` of `sh entrypoint.sh`. */
const nameOf = (command = ''): string => command.split(' ')[0]?.split('/').at(-1) ?? ''
