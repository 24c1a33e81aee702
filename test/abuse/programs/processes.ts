import type { Attack } from './attack.ts'

export const PROCESSES: readonly Attack[] = [
  {
    id: 'fork-bomb',
    what: 'a fork bomb meets its cap and is named as that',
    program: `
while True: os.fork()
`,
    ends: 'limit.pids',
    shows: /32/,
  },
  {
    id: 'fork-ignore-errors',
    what: 'a fork bomb that swallows every error is ended by a limit',
    program: `
while True:
    try: os.fork()
    except BaseException: pass
`,
    // On a busy machine its children do not end as fast as they begin, and all of them have memory.
    ends: ['limit.pids', 'limit.time', 'limit.memory'],
  },
  {
    id: 'fork-bomb-exits-well',
    what: 'a fork bomb whose first process ends well leaves none of the others',
    program: `
def grow():
    while True:
        try: os.fork()
        except OSError: pass
if os.fork() == 0: os.setsid(); grow()
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'thread-bomb',
    what: 'threads count as processes do',
    program: `
import threading, time
while True: threading.Thread(target=time.sleep, args=(60,)).start()
`,
    ends: ['limit.pids', 'limit.memory'],
  },
  {
    id: 'vfork-bomb',
    what: 'children made by vfork, which block their parent, are ended with it',
    program: `
import subprocess
children = []
while True: children.append(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', MARK]))
`,
    ends: ['limit.pids', 'limit.memory', 'limit.time'],
  },
  {
    id: 'daemonised-child',
    what: 'a grandchild in a session of its own ends with the run',
    program: `
import time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(3): os.close(fd)
        time.sleep(600)
    os._exit(0)
os.wait()
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'orphans-while-parent-lives',
    what: 'orphans of a living parent, in sessions and groups of their own, end when its time is over',
    program: `
import time
for _ in range(8):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setpgid(0, 0)
            while True: time.sleep(1)
        os._exit(0)
while True: time.sleep(1)
`,
    ends: 'limit.time',
    shows: /5 s/,
  },
  {
    id: 'respawn-on-death',
    what: 'two processes that restart each other are both gone',
    program: `
import time
def guard():
    while True:
        child = os.fork()
        if child == 0: guard()
        os.setpgid(child, 0) if child else None
        os.waitpid(child, 0)
if os.fork() == 0: os.setsid(); guard()
time.sleep(0.3)
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'signals-ignored',
    what: 'ignoring every signal that can be ignored buys no time',
    program: `
import signal, time
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: time.sleep(1)
`,
    ends: 'limit.time',
  },
  {
    id: 'signals-blocked',
    what: 'blocking every signal buys no time either',
    program: `
import signal
signal.pthread_sigmask(signal.SIG_SETMASK, range(1, 65))
while True: pass
`,
    ends: 'limit.time',
  },
  {
    id: 'stopped-children',
    what: 'stopped children are ended with their parent',
    program: `
import signal
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        while True: os.kill(os.getpid(), signal.SIGSTOP)
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'kills-everything',
    what: 'a program that kills all it can reach ends only itself',
    program: `
import signal
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGSEGV): os.kill(1, number)
try: os.kill(-1, signal.SIGKILL)
except ProcessLookupError: pass
verdict()
`,
    ends: ['passed', 'signal'],
  },
  {
    id: 'signal-storm',
    what: 'a storm of signals at the first process neither ends nor delays the verdict',
    program: `
import signal, time
until = time.monotonic() + 1
if os.fork() == 0:
    os.setsid()
    while True:
        for number in range(1, 65):
            if number not in (9, 19):
                try: os.kill(1, number)
                except OSError: pass
while time.monotonic() < until:
    for number in (signal.SIGCHLD, signal.SIGUSR1, signal.SIGTERM, signal.SIGPIPE, 34):
        try: os.kill(1, number)
        except OSError: pass
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'siblings',
    what: 'a child that is made its parent’s sibling, so the agent’s own child, ends with the run',
    program: `
import time
for _ in range(4):
    if libc.syscall(ctypes.c_long(56 if X86 else 220), 0x8000 | 17, 0, 0, 0, 0) == 0:
        os.setsid()
        time.sleep(600)
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'signals-by-descriptor',
    what: 'signals that descriptors send for the program do not end the agent',
    program: `
import fcntl, time
for number in (9, 15, 19, 29):
    for fd in (1, 2):
        try:
            fcntl.fcntl(fd, 10, number)
            fcntl.fcntl(fd, fcntl.F_SETOWN, 1)
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | 0o20000)
        except OSError: pass
    try:
        for end in os.pipe():
            fcntl.fcntl(end, 10, number)
            fcntl.fcntl(end, fcntl.F_SETOWN, 1)
            fcntl.fcntl(end, fcntl.F_SETFL, fcntl.fcntl(end, fcntl.F_GETFL) | 0o20000)
        os.write(end, b'x')
    except OSError: pass
time.sleep(0.1)
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'zombies',
    what: 'children that nobody collects count as processes',
    program: `
import time
while True:
    if os.fork() == 0: os._exit(0)
`,
    ends: 'limit.pids',
  },
]
