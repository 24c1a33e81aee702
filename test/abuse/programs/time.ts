import type { Attack } from './attack.ts'

export const TIME: readonly Attack[] = [
  {
    id: 'exec-bomb',
    what: 'a program that starts itself over and over is ended by the clock',
    program: `
os.execv(sys.executable, [sys.executable, *sys.argv])
`,
    ends: 'limit.time',
  },
  {
    id: 'stops-itself',
    what: 'a program that stops itself is ended by the clock',
    program: `
import signal
os.kill(os.getpid(), signal.SIGSTOP)
`,
    ends: 'limit.time',
  },
  {
    id: 'sleep-forever',
    what: 'sleeping is ended by the clock though no processor is used',
    program: `
import time
time.sleep(3600)
`,
    ends: 'limit.time',
    shows: /5 s/,
  },
  {
    id: 'sleeps-at-exit',
    what: 'sleeping in an exit handler is ended by the clock',
    program: `
import atexit, time
atexit.register(time.sleep, 3600)
print('hello')
`,
    ends: 'limit.time',
  },
  {
    id: 'thread-keeps-process',
    what: 'a thread that does not end keeps the program, and the clock ends it',
    program: `
import threading, time
threading.Thread(target=time.sleep, args=(3600,)).start()
print('hello')
`,
    ends: 'limit.time',
  },
  {
    id: 'wait-for-stdin',
    what: 'standard input is at its end',
    program: `
print('hello' if sys.stdin.read() == '' else 'input')
`,
    ends: 'passed',
  },
  {
    id: 'waits-on-a-pipe-of-its-own',
    what: 'waiting in an uninterruptible looking way, for a child that never comes, is ended by the clock',
    program: `
a, b = os.pipe()
if os.fork() == 0:
    os.setsid()
    os.read(a, 1)
libc.vfork.restype = ctypes.c_int
os.mkfifo('never')
open('never').read()
`,
    ends: 'limit.time',
  },
  {
    id: 'crash-runtime',
    what: 'a crash of the interpreter is a failure with its signal',
    program: `
ctypes.memset(0, 0, 1)
`,
    ends: 'signal',
    shows: /SIGSEGV/,
  },
  {
    id: 'aborts',
    what: 'a program that aborts leaves no core and is named by its signal',
    program: `
import resource
refused('core dumps', lambda: resource.setrlimit(resource.RLIMIT_CORE, (1, 1)))
if leaks: verdict()
else: os.abort()
`,
    ends: 'signal',
    shows: /SIGABRT/,
  },
  {
    id: 'realtime-signal',
    what: 'ending by a signal without a name is a failure all the same',
    program: `
os.kill(os.getpid(), 50)
`,
    ends: 'signal',
  },
  {
    id: 'deep-recursion',
    what: 'a stack that overflows is a failure of the program',
    program: `
sys.setrecursionlimit(10 ** 9)
def down(n): return down(n + 1) + 1
down(0)
`,
    ends: ['signal', 'code', 'limit.memory', 'limit.time'],
  },
]
