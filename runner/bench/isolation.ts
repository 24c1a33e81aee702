import type { Submitter } from './client.ts'
import type { BenchReport } from './report.ts'

/**
 * Looks for what another run may have left or be doing, leaves something of every kind itself, stays a moment so that runs of the
 * same instant see each other if they can, and prints it all as one JSON line.
 */
const LOOKING = `
import glob, json, os, socket, subprocess, sys, time
began = time.monotonic()
mark = 'hatoba-left-here'
found = []
places = {os.path.realpath(each) for each in ('/tmp', '/dev/shm', '/var/tmp', os.getcwd(), os.path.expanduser('~'))}
for place in places:
    try:
        if mark in os.listdir(place): found.append('file in ' + place)
        open(os.path.join(place, mark), 'w').write('x')
    except OSError:
        pass
sent = [each for place in places for each in glob.glob(place + '/*.py') if not os.path.samefile(each, sys.argv[0])]
if sent: found.append('files of another submission')
for pid in filter(str.isdigit, os.listdir('/proc')):
    try:
        if mark in open('/proc/%s/cmdline' % pid).read(): found.append('process')
    except OSError:
        pass
try:
    socket.create_connection(('127.0.0.1', 4271), 0.2)
    found.append('a port of another run')
except OSError:
    pass
server = socket.create_server(('127.0.0.1', 4271))
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', mark], start_new_session=True, pass_fds=[server.fileno()],
                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
if os.getuid() == 0 and open('/proc/self/uid_map').read().split()[1] == '0': found.append('real root')
others = [name for _, name in socket.if_nameindex() if name != 'lo']
if others: found.append('network interface ' + others[0])
time.sleep(1)
print(json.dumps({'found': found, 'began': began, 'ended': time.monotonic(),
                  'namespaces': [os.readlink('/proc/self/ns/' + kind) for kind in ('net', 'pid', 'mnt', 'ipc', 'uts')]}))
`

const LOOKED = ['file of another run', 'process of another run', 'port of another run', 'root', 'network', 'shared namespaces']
const AT_ONCE = 4

interface Seen {
  readonly found: readonly string[]
  /** On the one monotonic clock of the machine. */
  readonly began: number
  readonly ended: number
  readonly namespaces: readonly string[]
}

/** Submits the looking program, twice some at the same time, and says what any run saw of another, or of the host. */
export const proveIsolation = async (learner: Submitter): Promise<BenchReport['isolation']> => {
  const looks = async () => Promise.all(Array.from({ length: AT_ONCE }, () => look(learner)))
  const seen = [...(await looks()), ...(await looks())]
  const reports = seen.filter((each) => typeof each !== 'string')
  const found = new Set([...seen.filter((each) => typeof each === 'string'), ...reports.flatMap(({ found }) => found), ...shared(reports)])
  return { holds: found.size === 0, looked: LOOKED, found: [...found] }
}

/** What one run reported, or why it could not. */
const look = async (learner: Submitter): Promise<Seen | string> => {
  const { verdict } = await learner.submit('hello', { 'main.py': LOOKING })
  const diff = verdict.findings.flatMap(({ evidence }) => evidence ?? []).find(({ kind }) => kind === 'diff')
  const line = diff?.kind === 'diff' ? /\{.*\}/.exec(diff.actual)?.[0] : undefined
  return line === undefined ? `the looking program could not report (${verdict.outcome})` : (JSON.parse(line) as Seen)
}

/** Namespaces that two runs had at the same time. The kernel gives the number of one that is gone to the next. */
const shared = (reports: readonly Seen[]): readonly string[] =>
  reports.flatMap((one, at) =>
    reports
      .slice(at + 1)
      .filter(({ began, ended }) => began < one.ended && one.began < ended)
      .flatMap(({ namespaces }) => namespaces.filter((each) => one.namespaces.includes(each)))
      .map((namespace) => `namespace ${namespace} of another run`),
  )
