import { docker, fail, lab, parseable, pass } from '../../kit/index.ts'
import { accountOf, isAnswered, wholeStacks, wrongLevels } from './account.ts'
import { readEvents } from './events.ts'
import { FILES, observe } from './observe.ts'
import { answerTable, burstTimeline, excerpt, fileTable, grown, growth, leakIn, leaksIn, paymentTable, shortened } from './seen.ts'

export default lab({
  id: 'logs-to-stdout',
  minutes: 25,
  seconds: 90,
  files: FILES,
  // Two copies of one program, both on its port; far more output than other labs.
  sandbox: docker({ image: 'node', limits: { memoryMiB: 256, outputKiB: 16_384 }, powers: ['own-ports'] }),
  observe,
  checks: {
    syntax: parseable('log.js', 'server.js'),
    serves: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const { payments, log, readyMs } = seen
        const wrong = payments.filter(({ request, wanted }) => request.error !== undefined || request.status !== wanted.status)
        const [first] = wrong
        if (first === undefined && payments.length > 0) return pass({ total: payments.length, ms: Math.round(readyMs) })
        const status = first?.request.status ?? 0
        return fail(
          'wrong',
          { wrong: wrong.length, total: payments.length, event: first?.wanted.event ?? '', wanted: first?.wanted.status ?? 0, status },
          { evidence: [answerTable(wrong), excerpt(log, log.length - 1)] },
        )
      },
    },
    stdout: {
      tier: 'sandbox',
      needs: ['serves'],
      run: ({ seen }) => {
        const { payments, log } = seen
        const [file] = grown(seen)
        const told = log.filter(({ text }) => payments.some(({ request }) => text.includes(request.id))).length
        const answered = payments.filter(isAnswered).length
        const evidence = [fileTable(seen), excerpt(log, log.length - 1)]
        if (file !== undefined) {
          const kib = Math.round((file.bytes - file.was) / 1024)
          return fail(told === 0 ? 'instead' : 'besides', { path: file.path, kib, answered, lines: log.length }, { evidence })
        }
        if (told === 0) return fail('nothing', { answered, lines: log.length }, { evidence })
        return pass({ answered, files: seen.after.length }, { evidence: [growth(seen)] })
      },
    },
    lines: {
      tier: 'sandbox',
      needs: ['stdout'],
      run: ({ seen: { log } }) => {
        const { bad } = readEvents(log)
        const [first] = bad
        if (first === undefined) return pass({ lines: log.length })
        const values = { line: first.line + 1, text: shortened(first.text), bad: bad.length, lines: log.length }
        return fail(first.why, values, { evidence: [excerpt(log, first.line)] })
      },
    },
    once: {
      tier: 'sandbox',
      needs: ['lines'],
      run: ({ seen }) => {
        const { log } = seen
        const account = accountOf(seen.payments, log)
        const { answered, once, missing, doubled, without, tail } = account
        const values = { answered: answered.length, once, missing: missing.length, doubled: doubled.length }
        const evidence = [growth(seen), paymentTable(account), excerpt(log, log.length - 1)]
        if (missing.length > 0 && tail) return fail('tail', values, { evidence })
        const [lost] = missing
        if (lost !== undefined) return fail('missing', { ...values, id: lost.request.id, event: lost.wanted.event }, { evidence })
        const [twice] = doubled
        if (twice !== undefined) {
          const [one = 0, other = 0] = twice.lines
          const detail = { evidence: [paymentTable(account), excerpt(log, one)] }
          return fail('doubled', { ...values, id: twice.request.id, line: one + 1, other: other + 1 }, detail)
        }
        const [bare] = without
        if (bare !== undefined)
          return fail('without', { ...values, without: without.length, line: bare.line + 1 }, { evidence: [excerpt(log, bare.line)] })
        return pass(values, { evidence: [growth(seen)] })
      },
    },
    levels: {
      tier: 'sandbox',
      needs: ['once'],
      run: ({ seen: { payments, log, currency } }) => {
        const wrong = wrongLevels(payments, log)
        const [first] = wrong
        if (first !== undefined) {
          const { event, level } = first.payment.wanted
          const values = { wrong: wrong.length, event, wanted: level, level: first.level, line: first.line + 1 }
          return fail('level', values, { evidence: [excerpt(log, first.line)] })
        }
        const { failed, cut } = wholeStacks(payments, log, currency)
        const [short] = cut
        if (short === undefined) return pass({ failed })
        return fail(
          'stack',
          { cut: cut.length, failed, line: short.line + 1, lines: short.lines },
          { evidence: [excerpt(log, short.line)] },
        )
      },
    },
    secrets: {
      tier: 'sandbox',
      needs: ['stdout'],
      run: ({ seen: { log, secrets, burst } }) => {
        const all = [...log, ...(burst?.log ?? [])]
        const leak = leakIn(all, secrets)
        if (leak === undefined) return pass({ lines: all.length })
        return fail('told', { ...leak, line: leak.line + 1, count: leaksIn(all, secrets) }, { evidence: [excerpt(all, leak.line)] })
      },
    },
    flow: {
      tier: 'sandbox',
      needs: ['once'],
      run: ({ seen: { burst } }) => {
        if (burst === undefined) return fail('absent')
        const { planned, payments, releasedAt, heldAt, usualMs, exit, log } = burst
        const evidence = [burstTimeline(burst), excerpt(log, log.length - 1)]
        const served = payments.filter((payment) => isAnswered(payment) && payment.request.endedAt <= releasedAt).length
        const seconds = Math.round((releasedAt - heldAt) / 100) / 10
        const values = { served, total: payments.length, seconds, usualSeconds: Math.round(usualMs / 10) / 100 }
        if (exit !== undefined) return fail('ended', { ...values, code: exit.code }, { evidence })
        if (served < payments.length) return fail('stalled', { ...values, total: planned }, { evidence })
        const { missing, doubled } = accountOf(payments, log)
        if (missing.length > 0) return fail('lost', { ...values, missing: missing.length }, { evidence })
        if (doubled.length > 0) return fail('doubled', { ...values, doubled: doubled.length }, { evidence })
        const kib = Math.round(log.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, 0) / 2 / 1024)
        return pass({ ...values, kib }, { evidence: [burstTimeline(burst)] })
      },
    },
  },
  mistakes: {
    'missing-bracket': 'syntax',
    'file-as-well': 'stdout',
    'plain-text': 'lines',
    'json-by-hand': 'lines',
    'stack-over-many-lines': 'lines',
    'collects-before-writing': 'once',
    'logs-twice': 'once',
    'everything-is-info': 'levels',
    'tells-the-request': 'secrets',
    'waits-for-its-reader': 'flow',
  },
})
