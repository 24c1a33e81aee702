import { docker, fail, lab, parseable, pass } from '../../kit/index.ts'
import { isPage, pageFault, programFault } from './judge.ts'
import { isShops, LATE_ORDER, observe } from './observe.ts'
import { FILES } from './parts.ts'
import { healthTable, logEvidence, timeline, toldTable } from './seen.ts'

export default lab({
  id: 'sorry-page',
  minutes: 25,
  seconds: 120,
  files: FILES,
  sandbox: docker({ image: 'node', images: ['nginx'] }),
  observe,
  checks: {
    syntax: parseable('server.js'),
    starts: { tier: 'sandbox', run: () => pass() },
    switch: {
      tier: 'sandbox',
      run: ({ seen, files }) => {
        const { switchedAt, doneAt, offMs, closedAt, during } = seen
        const people = during.filter(({ wish }) => wish.who === 'person')
        const open = people.every((told) => told.status === 200 && !isPage(told, files['sorry.html']))
        if (closedAt === undefined && open) return fail('nothing', {}, { evidence: [toldTable(people, people), logEvidence(seen)] })
        return pass({ onSeconds: Math.round((doneAt - switchedAt) / 100) / 10, offSeconds: Math.round(offMs / 100) / 10 })
      },
    },
    'in-flight': {
      tier: 'sandbox',
      needs: ['switch'],
      run: ({ seen }) => {
        const { orders, switchedAt, closedAt, doneAt, stoppedAt } = seen
        const failed = orders.filter(({ status, error }) => status !== 201 || error !== undefined)
        const evidence = [timeline(seen), logEvidence(seen)]
        // Before newcomers got an answer again, or before the script had ended: then nobody had stopped the store yet.
        const untouched = Math.max(closedAt ?? switchedAt, Math.min(doneAt, stoppedAt))
        const cut = failed.filter(({ endedAt }) => endedAt < untouched)
        const values = { lost: failed.length, total: orders.length, ms: Math.max(0, Math.round(doneAt - switchedAt)) }
        if (cut[0]) return fail('cut', { ...values, cut: cut.length, status: cut[0].status ?? 0 }, { evidence })
        if (failed.length > 0) return fail('early', values, { evidence })
        if (closedAt === undefined) return fail('open', values, { evidence })
        const lastMs = Math.round(Math.max(...orders.map(({ endedAt }) => endedAt)) - switchedAt)
        return pass({ total: orders.length, lastMs, ms: values.ms }, { evidence })
      },
    },
    page: {
      tier: 'sandbox',
      needs: ['switch'],
      run: ({ seen, files }) => {
        const { during, secrets } = seen
        const shown = during.filter(({ wish }) => wish.who === 'person')
        const wrong = shown.filter((told) => pageFault(told, files['sorry.html'], secrets.seconds) !== undefined)
        const evidence = [toldTable(shown, wrong)]
        const [told] = wrong
        const { seconds } = secrets
        if (told === undefined) return pass({ pages: shown.length, seconds }, { evidence })
        const { status = 0, location, retryAfter, wish } = told
        const values = { path: wish.path, status, seconds, location: location ?? '–', retryAfter: retryAfter || '–' }
        return fail(pageFault(told, files['sorry.html'], seconds) ?? 'status', values, { evidence })
      },
    },
    api: {
      tier: 'sandbox',
      needs: ['switch'],
      run: ({ seen }) => {
        const { during, secrets, kept } = seen
        const answered = during.filter(({ wish }) => wish.who === 'program')
        const wrong = answered.filter((told) => programFault(told, secrets.seconds) !== undefined)
        const evidence = [toldTable(answered, wrong)]
        if (kept.includes(LATE_ORDER)) return fail('kept', {}, { evidence })
        const [told] = wrong
        const { seconds } = secrets
        if (told === undefined) return pass({ requests: answered.length, seconds }, { evidence })
        const { status = 0, type, retryAfter, wish } = told
        const values = {
          request: `${wish.method ?? 'GET'} ${wish.path}`,
          status,
          seconds,
          type: type || '–',
          retryAfter: retryAfter || '–',
        }
        return fail(programFault(told, seconds) ?? 'status', values, { evidence })
      },
    },
    health: {
      tier: 'sandbox',
      needs: ['switch'],
      run: ({ seen }) => {
        const { health, during } = seen
        const evidence = [healthTable(seen)]
        const monitor = during.find(({ wish }) => wish.who === 'monitor')
        const { livez, readyz } = health.during
        if (livez.status !== 200) return fail('restarted', { status: livez.status ?? 0 }, { evidence })
        if (readyz.status === 200) return fail('ready', {}, { evidence })
        if (monitor?.status !== undefined && monitor.status < 400) return fail('green', { status: monitor.status }, { evidence })
        if (health.after.readyz.status !== 200) return fail('unready', { status: health.after.readyz.status ?? 0 }, { evidence })
        return pass({}, { evidence })
      },
    },
    preview: {
      tier: 'sandbox',
      needs: ['switch'],
      run: ({ seen }) => {
        const { looks, secrets } = seen
        const shops = looks.filter((told) => isShops(told, secrets)).map(({ wish }) => wish.who)
        const evidence = [
          toldTable(
            looks,
            looks.filter((told) => isShops(told, secrets) === (told.wish.who === 'stranger')),
          ),
        ]
        const status = looks.find(({ wish }) => wish.who === 'tester')?.status ?? 0
        if (shops.includes('stranger')) return fail('everybody', {}, { evidence })
        if (!shops.includes('tester')) return fail('closed', { status }, { evidence })
        return pass({}, { evidence })
      },
    },
    over: {
      tier: 'sandbox',
      needs: ['switch'],
      run: ({ seen }) => {
        const { after, kept, orders } = seen
        const wrong = after.filter(({ status = 0 }) => status !== 200 && status !== 201)
        const evidence = [toldTable(after, wrong)]
        const [told] = wrong
        if (told)
          return fail('still', { request: `${told.wish.method ?? 'GET'} ${told.wish.path}`, status: told.status ?? 0 }, { evidence })
        const missing = orders.filter(({ status, id }) => status === 201 && !kept.includes(id)).length
        if (missing > 0) return fail('lost', { missing }, { evidence })
        return pass({ kept: kept.length }, { evidence })
      },
    },
  },
  mistakes: {
    'missing-bracket': 'syntax',
    'restarts-nginx': 'in-flight',
    'done-at-once': 'in-flight',
    'answers-200': 'page',
    'redirects-to-the-page': 'page',
    'an-hour-always': 'page',
    'page-for-programs': 'api',
    'alive-only-with-store': 'health',
    'always-ready': 'health',
    'monitor-sees-green': 'health',
    'nobody-may-look': 'preview',
  },
})
