import { type Answer, docker, type ExecResult, exhausted, fail, lab, pass, visible } from '../../kit/index.ts'
import { jsonProblem } from './manifest.ts'
import { labelsFor } from './month.ts'
import { type Done, endedWell, FILES, type Installs, type Machine, observe } from './observe.ts'
import {
  askedAtRun,
  changedFiles,
  complaintOf,
  fileDiff,
  movedPackages,
  NOT_THERE,
  outOfStep,
  outputOf,
  refusedIn,
  requestTable,
  topology,
  versionTable,
} from './seen.ts'

export default lab({
  id: 'locked-dependencies',
  minutes: 30,
  seconds: 480,
  files: FILES,
  sandbox: docker({ image: 'node' }),
  observe,
  checks: {
    readable: {
      tier: 'static',
      run: ({ files }) =>
        jsonProblem('package.json', files['package.json']) ?? jsonProblem('package-lock.json', files['package-lock.json']) ?? pass(),
    },
    installs: {
      tier: 'sandbox',
      run: ({ seen }) => {
        const { build, versions } = seen.today
        const evidence = [outputOf('build.sh', build), requestTable(seen)]
        const apart = outOfStep(build)
        if (apart !== undefined) return fail('apart', { said: apart }, { evidence })
        return (
          notEnded('build.sh', build, evidence) ??
          pass({ packages: versions.size, seconds: seconds(build) }, { evidence: [requestTable(seen)] })
        )
      },
    },
    offline: {
      tier: 'sandbox',
      needs: ['installs'],
      run: ({ seen }) => {
        const requests = askedAtRun(seen)
        const [first] = requests
        if (first === undefined) return pass({ seconds: seconds(ran(seen)) }, { evidence: [topology(seen)] })
        const evidence = [topology(seen), requestTable(seen), outputOf('start.sh', ran(seen))]
        const hosts = [...new Set(requests.map(({ of }) => of))].join(', ')
        return fail('asked', { requests: requests.length, host: first.of, hosts, path: first.path }, { evidence })
      },
    },
    'one-command': {
      tier: 'sandbox',
      needs: ['offline'],
      run: ({ seen }) => {
        const run = ran(seen)
        const ended = notEnded('start.sh', run, [outputOf('start.sh', run)])
        if (ended !== undefined) return ended
        const expected = labelsFor(seen.month)
        const actual = visible(run.stdout)
        const evidence = [
          { kind: 'diff', of: 'stdout', expected: visible(Buffer.from(expected)), actual } as const,
          outputOf('start.sh', run),
        ]
        if (Buffer.from(run.stdout).toString('utf8') === expected) return pass({ labels: seen.month.orders.length }, { evidence })
        return fail('other', { wanted: expected.split('\n')[0] ?? '', got: actual.split('␊')[0] ?? '' }, { evidence })
      },
    },
    rebuilds: {
      tier: 'sandbox',
      needs: ['installs'],
      run: ({ seen }) => {
        const { build } = second(seen)
        const evidence = [topology(seen), requestTable(seen), outputOf('build.sh', build)]
        const { removed } = seen.month
        if (endedWell(build))
          return pass(
            { seconds: seconds(build), package: removed.name, version: removed.version },
            { evidence: [topology(seen), requestTable(seen)] },
          )
        const gone = refusedIn(seen, 'later').find(({ path }) => path.includes(removed.name))
        if (gone !== undefined)
          return fail('gone', { package: removed.name, version: removed.version, host: gone.of, status: gone.status }, { evidence })
        return notEnded('build.sh', build, evidence) ?? pass()
      },
    },
    'same-bytes': {
      tier: 'sandbox',
      needs: ['rebuilds'],
      run: ({ seen }) => {
        const changed = changedFiles(seen)
        const moved = movedPackages(seen)
        const evidence = [versionTable(seen), fileDiff(seen), outputOf('build.sh', second(seen).build)]
        const values = { files: seen.today.files.size, changed: changed.length }
        if (changed.length === 0) return pass({ ...values, package: seen.month.moved.name, to: seen.month.moved.to }, { evidence })
        const [first] = moved.filter(({ name }) => name === seen.month.moved.name).concat(moved)
        if (first !== undefined) {
          const detail = { ...values, moved: moved.length, package: first.name, from: first.from, to: first.to }
          return fail(first.to === NOT_THERE ? 'missing' : 'moved', detail, { evidence })
        }
        const path = changed[0] ?? ''
        const downloads = seen.asked.filter(({ of, phase }) => of === 'carrier' && phase === 'later').length
        return fail(
          downloads > 0 ? 'downloaded' : 'other',
          { ...values, path, downloads },
          { evidence: [fileDiff(seen), requestTable(seen)] },
        )
      },
    },
  },
  mistakes: {
    'comma-too-many': 'readable',
    'lock-out-of-step': 'installs',
    'install-at-start': 'offline',
    'stamp-by-hand': 'one-command',
    'only-the-public-registry': 'rebuilds',
    'lock-that-names-the-registry': 'rebuilds',
    'ranges-without-a-lock': 'same-bytes',
    'pinned-at-the-top-only': 'same-bytes',
    'goes-on-after-an-error': 'same-bytes',
    'tariff-of-the-day': 'same-bytes',
  },
})

const seconds = ({ ms }: ExecResult): number => Math.round(ms / 100) / 10

/** Why a program of the learner's did not do its work; undefined when it ended well. */
const notEnded = (what: string, result: ExecResult, evidence: NonNullable<Answer['evidence']>): Answer | undefined => {
  const { ended } = result
  if (ended.by === 'limit') return exhausted(ended, what, { evidence })
  if (ended.by === 'itself' && ended.code === 0) return undefined
  const how = ended.by === 'itself' ? ended.code : 128
  return fail('failed', { code: how, message: complaintOf(result) }, { evidence })
}

/** For the checks that are asked only when the first machine was built. */
const ran = ({ run }: Installs): Done => {
  if (run === undefined) throw new Error('the program was not run, yet a later check is asked')
  return run
}
const second = ({ later }: Installs): Machine => {
  if (later === undefined) throw new Error('there was no second install, yet a later check is asked')
  return later
}
