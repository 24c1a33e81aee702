import type { Submitter } from './client.ts'
import type { BenchReport } from './report.ts'

/**
 * Looks for what an earlier run may have left, leaves something of every kind itself, and prints it all as one JSON line: a
 * second run of the same program must find none of it.
 */
const LOOKING = `
import glob, json, os, socket, subprocess, sys
mark = 'hatoba-left-here'
found = []
for place in {os.path.realpath(each) for each in ('/tmp', '/dev/shm', '/var/tmp', os.getcwd(), os.path.expanduser('~'))}:
    try:
        if mark in os.listdir(place): found.append('file in ' + place)
        open(os.path.join(place, mark), 'w').write('x')
    except OSError:
        pass
for pid in filter(str.isdigit, os.listdir('/proc')):
    try:
        if mark in open('/proc/%s/cmdline' % pid).read(): found.append('process')
    except OSError:
        pass
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', mark], start_new_session=True,
                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
if os.getuid() == 0 and open('/proc/self/uid_map').read().split()[1] == '0': found.append('real root')
others = [name for name in os.listdir('/sys/class/net') if name != 'lo'] if os.path.isdir('/sys/class/net') else []
if others: found.append('network interface ' + others[0])
try:
    socket.create_connection(('127.0.0.1', 4270), 0.2)
    found.append('the server answers')
except OSError:
    pass
print(json.dumps({'found': found, 'net': os.readlink('/proc/self/ns/net'), 'pid': os.readlink('/proc/self/ns/pid')}))
`

const LOOKED = ['file of another run', 'process of another run', 'root', 'network', 'shared namespaces']

/** Submits the looking program a few times and says what any run saw of another, or of the host. */
export const proveIsolation = async (learner: Submitter): Promise<BenchReport['isolation']> => {
  const found = new Set<string>()
  const namespaces = new Set<string>()
  for (let run = 0; run < 4; run++) {
    const { verdict } = await learner.submit('hello', { 'main.py': LOOKING })
    const diff = verdict.findings.flatMap(({ evidence }) => evidence ?? []).find(({ kind }) => kind === 'diff')
    const line = diff?.kind === 'diff' ? /\{.*\}/.exec(diff.actual)?.[0] : undefined
    if (line === undefined) {
      found.add(`the looking program could not report (${verdict.outcome})`)
      continue
    }
    const seen = JSON.parse(line) as { found: string[]; net: string; pid: string }
    for (const each of seen.found) found.add(each)
    for (const namespace of [seen.net, seen.pid]) {
      if (namespaces.has(namespace)) found.add(`namespace ${namespace} of another run`)
      namespaces.add(namespace)
    }
  }
  return { holds: found.size === 0, looked: LOOKED, found: [...found] }
}
