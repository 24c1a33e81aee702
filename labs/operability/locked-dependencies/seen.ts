import { type Evidence, type ExecResult, visible } from '../../kit/index.ts'
import { type Asked, type Done, endedWell, type Installs, type Machine, PHASES, type Phase, SERVICES } from './observe.ts'

/** What a script of the learner's wrote, errors after output, as a log; without the pages on its own use that npm adds. */
export const outputOf = (script: 'build.sh' | 'start.sh', { stdout, stderr, endedAt }: Done): Evidence => {
  const errors = linesOf(stderr)
  const usage = errors.findIndex((line) => /^npm error Usage:/.test(line))
  const told = usage < 0 ? errors : errors.slice(0, usage)
  const linesAs = (stream: 'stdout' | 'stderr', lines: readonly string[]) => lines.map((text) => ({ at: endedAt, stream, text }))
  return { kind: 'log', of: script, lines: [...linesAs('stdout', linesOf(stdout)), ...linesAs('stderr', told)] }
}

const SHOWN_BYTES = 16 * 1024
const linesOf = (output: Uint8Array): readonly string[] =>
  visible(output, SHOWN_BYTES)
    .split('␊\n')
    .filter((line) => line !== '')

/** The line in which a program says why it stopped: npm's first that is more than a code, or else the last one that is an error's. */
export const complaintOf = ({ stdout, stderr }: ExecResult): string => {
  const lines = [...linesOf(stdout), ...linesOf(stderr)].filter((line) => line.trim() !== '')
  const npm = lines.find((line) => /^npm error (?!code )\S/.test(line))
  return (npm?.replace(/^npm error /, '') ?? lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? '–').trim()
}

/** Packages whose lock entry is not what the manifest asks for, in npm's words. */
export const outOfStep = ({ stderr }: ExecResult): string | undefined => {
  const said = Buffer.from(stderr).toString('utf8')
  if (!/can only install packages when your package\.json and package-lock\.json/.test(said)) return undefined
  return /(?:Invalid|Missing): (.+)/.exec(said)?.[0] ?? 'package-lock.json'
}

/** What the program asked for while it ran. */
export const askedAtRun = ({ asked }: Installs): readonly Asked[] => asked.filter(({ phase }) => phase === 'run')

/** Requests that were not answered with what was asked for, in one phase. */
export const refusedIn = ({ asked }: Installs, phase: Phase): readonly Asked[] =>
  asked.filter((request) => request.phase === phase && request.by === 'build' && request.status >= 400)

/** Who was asked by the installs and by the program, and how often in vain. */
export const requestTable = ({ asked }: Installs): Evidence => {
  const rows = PHASES.flatMap((phase) =>
    SERVICES.map((name) => {
      const own = asked.filter((request) => request.phase === phase && request.of === name && request.by === 'build')
      const failed = own.filter(({ status }) => status >= 400)
      return { phase, name, own, failed }
    }),
  ).filter(({ own }) => own.length > 0)
  return {
    kind: 'table',
    title: 'requests',
    columns: ['phase', 'host', 'GET', '4xx', 'first'],
    rows: rows.map(({ phase, name, own, failed }) => [phase, name, own.length, failed.length, (failed[0] ?? own[0])?.path ?? '']),
    differing: rows.flatMap(({ phase, failed }, row) => [
      ...(phase === 'run' ? [[row, 2] as const] : []),
      ...(failed.length > 0 ? [[row, 3] as const] : []),
    ]),
  }
}

const STAGES = { today: 'before', run: 'during', later: 'after' } as const

/** Who stood in the way of whom: the first install, the run, and the install a month later. */
export const topology = (seen: Installs): Evidence => ({
  kind: 'topology',
  title: 'asked',
  stages: PHASES.filter((phase) => phase === 'today' || seen.later !== undefined).map((phase) => {
    const own = seen.asked.filter((request) => request.phase === phase)
    const edge = (from: string, to: string, requests: readonly Asked[]) =>
      requests.length === 0 ? [] : [{ from, to, up: requests.every(({ status }) => status < 400) }]
    const ended = { today: seen.today.build, run: seen.run, later: seen.later?.build }[phase]
    return {
      name: STAGES[phase],
      called: phase,
      services: [
        { name: phase === 'run' ? 'start.sh' : 'build.sh', up: ended !== undefined && endedWell(ended) },
        ...SERVICES.map((name) => ({ name, up: phase !== 'run' })),
      ],
      edges: [
        ...SERVICES.flatMap((name) =>
          edge(
            phase === 'run' ? 'start.sh' : 'build.sh',
            name,
            own.filter(({ of, by }) => of === name && by === 'build'),
          ),
        ),
        ...edge(
          'mirror',
          'registry',
          own.filter(({ by }) => by === 'mirror'),
        ),
      ],
    }
  }),
})

const nameOf = (folder: string): string => folder.replace(/^.*node_modules\//, '')

/** In place of a version. */
export const NOT_THERE = '–'

/** Versions that two machines got. */
export const versionTable = ({ today, later }: Installs): Evidence => {
  const folders = [...new Set([...today.versions.keys(), ...(later?.versions.keys() ?? [])])].sort()
  const rows = folders.map(
    (folder) => [nameOf(folder), today.versions.get(folder) ?? NOT_THERE, later?.versions.get(folder) ?? NOT_THERE] as const,
  )
  return {
    kind: 'table',
    title: 'versions',
    columns: ['package', 'today', 'later'],
    rows,
    differing: rows.flatMap(([, one, other], row) => (one === other ? [] : [[row, 2] as const])),
  }
}

/** Packages that a month has changed. */
export const movedPackages = ({ today, later }: Installs) =>
  [...new Set([...today.versions.keys(), ...(later?.versions.keys() ?? [])])].sort().flatMap((folder) => {
    const [from = NOT_THERE, to = NOT_THERE] = [today.versions.get(folder), later?.versions.get(folder)]
    return from === to ? [] : [{ name: nameOf(folder), from, to }]
  })

/** Files that differ between two machines, by their paths. */
export const changedFiles = ({ today, later }: Installs): readonly string[] =>
  [...new Set([...today.files.keys(), ...(later?.files.keys() ?? [])])]
    .filter((path) => today.files.get(path) !== later?.files.get(path))
    .sort()

const MOST_FILES = 80
const listing = ({ files }: Machine, paths: readonly string[]): string =>
  paths.flatMap((path) => (files.has(path) ? [`${files.get(path)?.slice(0, 12)}  ${path}`] : [])).join('\n')

/** The files that differ between the machines, with their digests; all of them where none does. */
export const fileDiff = (seen: Installs): Evidence => {
  const changed = changedFiles(seen)
  const paths = (changed.length > 0 ? changed : [...seen.today.files.keys()]).slice(0, MOST_FILES)
  return {
    kind: 'diff',
    title: 'files',
    of: 'sha256',
    expected: listing(seen.today, paths),
    actual: seen.later ? listing(seen.later, paths) : '',
  }
}
