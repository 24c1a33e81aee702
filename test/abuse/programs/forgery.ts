import type { Attack } from './attack.ts'

export const FORGERY: readonly Attack[] = [
  {
    id: 'fake-verdict',
    what: 'a printed verdict is output like any other',
    program: `
print('{"type":"verdict","verdict":{"outcome":"passed","findings":[],"ms":1}}')
print('event: verdict')
print('data: {"outcome":"passed"}')
print('1 passed, 0 failed')
print('::set-output name=outcome::passed')
`,
    ends: 'differs',
  },
  {
    id: 'fake-exit-note',
    what: 'a note about limits that the program prints for itself changes nothing',
    program: `
os.write(2, b'\\0hatoba: processes refused\\0')
os.write(1, b'\\0hatoba: processes refused\\0')
sys.exit(9)
`,
    ends: 'code',
    shows: /code 9/,
  },
  {
    id: 'early-exit',
    what: 'ending early with code 0 says nothing about the output',
    program: `
os._exit(0)
print('hello')
`,
    ends: 'nothing',
  },
  {
    id: 'exit-in-thread',
    what: 'ending the process from a thread or an exit handler makes no result',
    program: `
import atexit, threading
atexit.register(lambda: os.write(1, b'passed\\n'))
threading.Thread(target=lambda: os._exit(3)).start()
import time
time.sleep(5)
`,
    ends: 'code',
    shows: /code 3/,
  },
  {
    id: 'killed-by-itself-after-hello',
    what: 'the right output before a violent end is no pass',
    program: `
print('hello', flush=True)
os.kill(os.getpid(), 9)
`,
    ends: 'signal',
    shows: /SIGKILL/,
  },
  {
    id: 'killed-by-its-child',
    what: 'a child that ends its parent makes no pass',
    program: `
import time
print('hello', flush=True)
parent = os.getpid()
if os.fork() == 0: os.kill(parent, 15)
time.sleep(5)
`,
    ends: 'signal',
    shows: /SIGTERM/,
  },
  {
    id: 'answer-after-the-end',
    what: 'a child that outlives the program cannot complete its output',
    program: `
import time
os.write(1, b'hel')
if os.fork() == 0:
    os.setsid()
    time.sleep(0.3)
    os.write(1, b'lo\\n')
    os._exit(0)
`,
    ends: 'differs',
  },
  {
    id: 'full-pipe-before-the-check',
    what: 'filling standard output before the check neither blocks nor counts',
    program: `
import fcntl
try: fcntl.fcntl(1, 1031, 4096)
except OSError: pass
os.set_blocking(1, False)
try:
    while True: os.write(1, b'x' * 100)
except BlockingIOError: pass
os._exit(0)
`,
    ends: ['differs', 'limit.output'],
  },
  {
    id: 'steals-from-the-pipe',
    what: 'reading its own output back out of the pipe changes only its own output',
    program: `
import select
os.write(1, b'wrong\\n')
try:
    way = os.open('/proc/self/fd/1', os.O_RDONLY | os.O_NONBLOCK)
    for _ in range(2000):
        try: os.read(way, 65536)
        except BlockingIOError: pass
except OSError: pass
os.write(1, b'wrong\\n')
`,
    ends: 'differs',
  },
  {
    id: 'closes-its-output',
    what: 'closing standard output leaves nothing to check',
    program: `
print('hello')
sys.stdout = open('/dev/null', 'w')
for fd in range(3): os.close(fd)
os._exit(0)
`,
    ends: 'nothing',
  },
  {
    id: 'preload',
    what: 'variables and modules that change how programs start reach nobody else',
    program: `
import site, subprocess
os.makedirs(site.getusersitepackages(), exist_ok=True)
for name in ('usercustomize.py', 'sitecustomize.py'):
    for place in (site.getusersitepackages(), '.', '/tmp'):
        with open(place + '/' + name, 'w') as module: module.write('import os; os.write(1, b"hello\\\\n"); os._exit(0)')
with open('/tmp/evil.so', 'wb') as library: library.write(open('/usr/bin/python3', 'rb').read(4096))
for name in ('.bashrc', '.profile', '.pythonrc', '.npmrc', 'python3', 'sh', 'pip.conf', 'ld.so.preload'):
    with open(name, 'w') as file: file.write('exit 0')
os.environ.update(LD_PRELOAD='/tmp/evil.so', PYTHONSTARTUP='/work/.pythonrc', PATH='/work', PYTHONPATH='/tmp')
refused('preload for everybody', lambda: open('/etc/ld.so.preload', 'w'))
print('changed' if not leaks else leaks)
`,
    ends: 'differs',
  },
  {
    id: 'looks-like-hello',
    what: 'text that only looks right is told apart byte by byte',
    program: `
sys.stdout.buffer.write('hell\\u043e\\n'.encode())
`,
    ends: 'differs',
  },
  {
    id: 'rewrites-the-line',
    what: 'control characters that would paint the right word are shown as signs',
    program: `
sys.stdout.write('wrong\\r\\x1b[2Khello\\n')
`,
    ends: 'differs',
    shows: /␛\[2K/,
    hides: /\\u001b/,
  },
  {
    id: 'ansi-escapes',
    what: 'terminal sequences reach no page and no log as such',
    program: `
text = '\\x1b[2J\\x1b[31m\\x1b]0;title\\x07\\x1b]8;;http://example.com\\x07link\\x1b]8;;\\x07\\x9b31m\\x1bP+q544e\\x1b\\\\'
sys.stdout.write(text)
sys.stderr.write(text)
sys.exit(1)
`,
    ends: 'code',
    hides: /\\u001b|\\u0007|\u009b|\\u009b(?!3)/,
  },
  {
    id: 'turned-text',
    what: 'characters that turn or hide text are spelled out',
    program: `
print('\\u202eolleh\\u2066\\u200b\\u00ad\\u061c\\u180e\\ufeff\\U000e0041\\u2028')
`,
    ends: 'differs',
    hides: /[\u202e\u2066\u200b\u00ad\u061c\u180e\ufeff\u{e0041}\u2028]/u,
  },
  {
    id: 'binary-output',
    what: 'every byte twice is stored and shown, and compared as bytes',
    program: `
for stream in (sys.stdout, sys.stderr): stream.buffer.write(bytes(range(256)) * 2)
`,
    ends: 'differs',
    shows: /512/,
  },
  {
    id: 'binary-complaint',
    what: 'every byte on standard error is stored and shown',
    program: `
sys.stderr.buffer.write(bytes(range(256)) * 2)
sys.exit(1)
`,
    ends: 'code',
  },
  {
    id: 'markdown-in-output',
    what: 'markup in output stays text',
    program: `
print('![x](http://example.com/x.png) <script>alert(1)</script> {{7*7}} \${7*7} <img src=x onerror=alert(1)> {because} {0}')
`,
    ends: 'differs',
    shows: /<script>alert\(1\)<\/script> \{\{7\*7\}\}/,
  },
  {
    id: 'false-place',
    what: 'a place in a file that the program makes up is no more than a number',
    program: `
sys.stderr.write('File "main.py", line ' + '9' * 400 + '\\n')
sys.stderr.write('File "/etc/main.py", line 99999999999999999999\\n')
sys.exit(1)
`,
    ends: 'code',
    hides: /null|99999999999999999999,|e\+/,
  },
  {
    id: 'slow-pattern',
    what: 'output made to be slow to search delays no verdict',
    program: `
sys.stderr.write('File "' + 'a/' * 15000 + '\\nFile "' + '/' * 30000)
sys.exit(1)
`,
    ends: 'code',
  },
  {
    id: 'number-edges',
    what: 'numbers at the edge in output are text',
    program: `
print(-1, 0, 1e309, float('nan'), 2 ** 53 + 1, '1_000', '\\u0663', 0x10, ' 5')
`,
    ends: 'differs',
    shows: /inf nan 9007199254740993/,
  },
]
