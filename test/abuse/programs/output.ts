import type { Attack } from './attack.ts'

export const OUTPUT: readonly Attack[] = [
  {
    id: 'one-endless-line',
    what: 'one endless line is cut at the byte and ends the program',
    program: `
while True: sys.stdout.write('a' * 65536)
`,
    ends: 'limit.output',
    shows: /64 KiB/,
  },
  {
    id: 'output-on-both',
    what: 'both streams together count as output',
    program: `
while True: os.write(1, b'out\\n' * 1000); os.write(2, b'err\\n' * 1000)
`,
    ends: 'limit.output',
  },
  {
    id: 'output-by-orphan',
    what: 'output of a child that outlives the program counts, and ends with it',
    program: `
if os.fork() == 0:
    os.setsid()
    while True:
        try: os.write(1, b'x' * 65536)
        except OSError: os._exit(0)
import time
time.sleep(3)
`,
    ends: 'limit.output',
  },
  {
    id: 'late-output',
    what: 'output written just before the end is whole, and none comes after it',
    program: `
import time
if os.fork() == 0:
    os.setsid()
    time.sleep(0.5)
    print('late')
    os._exit(0)
print('hello')
`,
    ends: 'passed',
    hides: /late/,
  },
  {
    id: 'disk-fill-one-file',
    what: 'one enormous file ends at the disk limit and is named as that',
    program: `
with open('big', 'wb') as big:
    for _ in range(200): big.write(b'x' * 1_000_000)
`,
    ends: 'limit.disk',
    shows: /MiB/,
  },
  {
    id: 'disk-fill-many-files',
    what: 'many large files end at the disk limit and are named as that',
    program: `
for n in range(200):
    with open('/tmp/%d' % n, 'wb') as big: big.write(b'x' * 1_000_000)
`,
    ends: ['limit.disk', 'limit.memory'],
    shows: /MiB/,
  },
  {
    id: 'disk-fill-errors-swallowed',
    what: 'a full disk that nobody looks at harms nobody',
    program: `
for place in ('/work', '/tmp', '/dev/shm'):
    try:
        with open(place + '/fill', 'wb') as big:
            while True: big.write(b'x' * 100_000); big.flush()
    except OSError: pass
print('hello')
`,
    ends: ['passed', 'limit.memory'],
  },
  {
    id: 'sparse-file',
    what: 'a file that only claims to be enormous ends at the largest size',
    program: `
refused('a sparse terabyte', lambda: os.truncate(os.open('sparse', os.O_CREAT | os.O_RDWR), 2 ** 40))
refused('a reserved gigabyte', lambda: os.posix_fallocate(os.open('sparse', os.O_CREAT | os.O_RDWR), 0, 2 ** 30))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'many-small-files',
    what: 'empty files end at their number and are gone in bounded time',
    program: `
for n in range(500_000):
    if n % 100 == 0: os.mkdir('d%d' % n); os.chdir('d%d' % n)
    open('f%d' % n, 'w').close()
`,
    ends: ['limit.disk', 'limit.memory', 'limit.time'],
  },
  {
    id: 'deep-directories',
    what: 'five thousand nested folders disturb nothing that comes after',
    program: `
for n in range(5000):
    os.mkdir('d' * 200)
    os.chdir('d' * 200)
print('hello')
`,
    ends: ['passed', 'limit.disk', 'limit.memory', 'code'],
  },
]
