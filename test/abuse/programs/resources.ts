import type { Attack } from './attack.ts'

export const RESOURCES: readonly Attack[] = [
  {
    id: 'memory-hog',
    what: 'memory ends at its limit and is named as that',
    program: `
blocks = []
while True: blocks.append(bytearray(b'x' * 10_000_000))
`,
    ends: 'limit.memory',
    shows: /64 MiB/,
  },
  {
    id: 'memory-in-children',
    what: 'memory of many children counts together',
    program: `
import time
children = []
for _ in range(12):
    child = os.fork()
    if child == 0:
        block = bytearray(b'x' * 20_000_000)
        time.sleep(30)
        os._exit(0)
    children.append(child)
codes = [os.waitpid(child, 0)[1] for child in children]
sys.exit(1 if any(codes) else 0)
`,
    ends: ['limit.memory', 'limit.time'],
  },
  {
    id: 'memory-by-name',
    what: 'memory taken through shared memory, memfd and tmpfs counts as memory, or ends at the size of the place',
    program: `
fd = os.memfd_create('hog')
while True: os.write(fd, b'x' * 1_000_000)
`,
    ends: ['limit.memory', 'limit.disk'],
  },
  {
    id: 'shared-memory-fill',
    what: '/dev/shm has a size',
    program: `
fd = os.open('/dev/shm/hog', os.O_CREAT | os.O_WRONLY)
while True: os.write(fd, b'x' * 100_000)
`,
    ends: ['limit.disk', 'limit.memory'],
  },
  {
    id: 'sysv-shared-memory',
    what: 'System V shared memory counts as memory and is gone afterwards',
    program: `
libc.shmat.restype = ctypes.c_void_p
while True:
    segment = libc.shmget(0x48544f42 + len(leaks), 10_000_000, 0o1666)
    leaks.append(segment)
    if segment < 0: sys.exit(1)
    at = libc.shmat(segment, None, 0)
    ctypes.memset(at, 1, 10_000_000)
`,
    ends: ['limit.memory', 'code', 'signal'],
  },
  {
    id: 'locked-memory',
    what: 'memory cannot be locked beyond the limit',
    program: `
import mmap
kept = []
while True:
    block = mmap.mmap(-1, 10_000_000)
    libc.mlock(ctypes.byref(ctypes.c_char.from_buffer(block)), 10_000_000)
    block.write(b'x' * 10_000_000)
    kept.append(block)
`,
    ends: 'limit.memory',
  },
  {
    id: 'oom-victim-choice',
    what: 'the program cannot make the kernel choose another than itself',
    program: `
refused('a lower score', lambda: open('/proc/self/oom_score_adj', 'w').write('-1000'))
refused('score of the agent', lambda: open('/proc/1/oom_score_adj', 'w').write('1000'))
try: open('/proc/self/oom_score_adj', 'w').write('0')
except OSError: pass
if leaks: verdict()
blocks = []
while True: blocks.append(bytearray(b'x' * 1_000_000))
`,
    ends: 'limit.memory',
  },
  {
    id: 'kernel-memory',
    what: 'kernel memory behind pipes, sockets and open files counts or is refused',
    program: `
import socket
kept = []
try:
    while True:
        a, b = socket.socketpair()
        a.setblocking(False)
        kept += [a, b]
        try:
            while True: a.send(b'x' * 65536)
        except BlockingIOError: pass
except OSError as error: print('hello' if error.errno == errno.EMFILE else error)
`,
    ends: ['passed', 'limit.memory'],
  },
  {
    id: 'many-open-files',
    what: 'open files end at their number',
    program: `
import resource
refused('more files', lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (2 ** 20, 2 ** 20)))
count = 0
try:
    while True: os.dup(0); count += 1
except OSError as error: print('hello' if error.errno == errno.EMFILE and count < 1100 and not leaks else (count, leaks))
`,
    ends: 'passed',
  },
  {
    id: 'descriptor-passing',
    what: 'descriptors in flight over a socket end at their number too',
    program: `
import array, socket
a, b = socket.socketpair()
sent = 0
try:
    while sent < 100_000:
        a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0] * 250))], socket.MSG_DONTWAIT)
        sent += 250
except OSError: pass
print('hello' if sent < 100_000 else sent)
`,
    ends: 'passed',
  },
  {
    id: 'notifications-exhausted',
    what: 'taking every inotify, timer and queue that can be had ends with the run',
    program: `
kept = []
for name in ('inotify_init', 'epoll_create1', 'eventfd', 'timerfd_create'):
    for _ in range(300):
        fd = getattr(libc, name)(0, 0)
        if fd < 0: break
        kept.append(fd)
try:
    for n in range(300): libc.timer_create(0, None, ctypes.byref(ctypes.c_long()))
except OSError: pass
for n in range(64):
    queue = libc.mq_open(b'/q%d' % n, os.O_CREAT | os.O_RDWR, 0o600, None)
    if queue < 0: break
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'host-wide-tables',
    what: 'tables that the whole machine shares cannot be used up: asynchronous input and output, keys, queues of messages',
    program: `
ring = ctypes.c_long()
refused('aio', lambda: call(206, 0, 65000, ctypes.byref(ring)))
refused('keys', lambda: call(248, 217, b'user', b'k', b'v', 1, -3))
refused('keyring', lambda: call(250, 219, 0, -3, 1))
refused('io_uring', lambda: call(425, 425, 8, ctypes.byref((ctypes.c_char * 256)())))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'processor-hog',
    what: 'threads of many processes that never sleep are ended by the clock, and the neighbours go on',
    program: `
for _ in range(16):
    if os.fork() == 0:
        while True: pass
while True: pass
`,
    ends: 'limit.time',
  },
  {
    id: 'priority',
    what: 'nobody gets more of the processor than others',
    program: `
refused('nice', lambda: os.nice(-1))
refused('realtime', lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
refused('agent', lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
refused('everyone of the user', lambda: os.setpriority(os.PRIO_USER, 0, 19))
refused('affinity of the agent', lambda: os.sched_setaffinity(1, {0}))
refused('io priority', lambda: call(251, 30, 1, 1, 1 << 13))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'leftovers-in-tmp',
    what: 'files in every shared place are seen by no later run',
    program: `
import stat
for place in ('/tmp', '/work', '/dev/shm', '/run/lock', '/var/tmp', '/dev/mqueue'):
    try:
        with open(place + '/left', 'w') as left: left.write('here')
        os.chmod(place + '/left', 0o4777)
    except OSError: pass
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'huge-arguments',
    what: 'a huge argv and environment disturb nobody who lists processes',
    program: `
import subprocess
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', MARK, *['a' * 100_000] * 10], env={'B' * 1000: 'b' * 100_000})
import time
time.sleep(0.2)
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'locale-and-time-zone',
    what: 'locale, time zone and hash seed are the same for everybody',
    program: `
import locale, time
facts = (time.tzname[0], sys.getfilesystemencoding(), sys.stdout.encoding, sys.flags.hash_randomization, os.environ.get('LANG'))
same = facts == ('UTC', 'utf-8', 'utf-8', 0, 'C.UTF-8') and hash('波止場') == hash('波止場')
print('hello' if same and f'{1234.5:n}' == '1234.5' else facts)
`,
    ends: 'passed',
  },
]
