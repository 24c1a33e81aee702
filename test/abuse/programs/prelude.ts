/** What every hostile program begins with: its mark in its argv, and words for trying what must not work. */
const PRELUDE = `
import os, sys
MARK = '{mark}'
if MARK not in sys.argv: os.execv(sys.executable, [sys.executable, *sys.argv, MARK])
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == 'x86_64'
leaks = []
def call(x86, arm, *args):
    if libc.syscall(ctypes.c_long(x86 if X86 else arm), *args) < 0: raise OSError(ctypes.get_errno(), 'refused')
def c(name, *args):
    if getattr(libc, name)(*args) < 0: raise OSError(ctypes.get_errno(), 'refused')
def refused(what, attempt):
    try: attempt()
    except (OSError, ValueError, OverflowError, AttributeError): return
    leaks.append(what)
def nothing(what, attempt):
    try: found = attempt()
    except OSError: return
    if found: leaks.append(what)
def verdict(): print('hello' if not leaks else 'leaks: ' + ', '.join(map(str, leaks)))
`

/** A program of which every process can be found on the host by `mark`, as long as it is not made to forget it. */
export const marked = (mark: string, program: string): string => `${PRELUDE.replace('{mark}', mark)}${program}`

/**
 * What a later submission can see of an earlier one: prints `hello` when that is nothing. Any file, process, shared memory, queue,
 * socket or mount beyond those of a fresh sandbox is named.
 */
export const LOOK = `
import os, json
found = []
for place, fresh in {'/work': ['main.py'], '/tmp': [], '/dev/shm': [], '/dev/mqueue': [], '/run/lock': [], '/var/tmp': []}.items():
    try: found += [place + '/' + name for name in os.listdir(place) if name not in fresh]
    except OSError: pass
for pid in filter(str.isdigit, os.listdir('/proc')):
    if int(pid) in (1, os.getpid()): continue
    try: found.append('process ' + open('/proc/%s/cmdline' % pid).read())
    except OSError: pass
for kind in ('shm', 'sem', 'msg'):
    try: found += ['sysv ' + line for line in open('/proc/sysvipc/' + kind).readlines()[1:]]
    except OSError: pass
try: found += ['socket ' + line.split()[-1] for line in open('/proc/net/unix').readlines()[1:]]
except OSError: pass
found += ['descriptor %s' % fd for fd in os.listdir('/proc/self/fd') if int(fd) > 3]
print('hello' if not found else json.dumps(found))
`

/** Works beside an attack with files of its own: prints `hello` when they are as it left them. */
export const neighbour = (token: string): string => `
import os, time
for place in ('/tmp', '/work', '/dev/shm'): open(place + '/token', 'w').write('${token}')
time.sleep(0.25)
same = all(open(place + '/token').read() == '${token}' for place in ('/tmp', '/work', '/dev/shm'))
print('hello' if same and sorted(os.listdir('/tmp')) == ['token'] else os.listdir('/tmp'))
`
