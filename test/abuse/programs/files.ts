import type { Attack } from './attack.ts'

export const FILES: readonly Attack[] = [
  {
    id: 'symlinked-directory',
    what: 'a working directory made of links leads nowhere, for the runner or for the next run',
    program: `
import shutil
shutil.rmtree('/tmp/x', ignore_errors=True)
for name in ('a', 'b'):
    os.symlink('/', name)
refused('replace the working directory', lambda: os.rename('/work', '/work2'))
refused('replace its parent', lambda: os.symlink('/etc', '/work3'))
for name in os.listdir('.'):
    if not os.path.islink(name): os.unlink(name)
os.symlink('/etc/passwd', 'main.py')
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'symlink-race',
    what: 'links that are swapped while the runner cleans up lead nowhere',
    program: `
import time
if os.fork() == 0:
    os.setsid()
    while True:
        for target in ('/etc', '/usr', '/proc/1/root', '.'):
            try: os.unlink('swap')
            except OSError: pass
            try: os.symlink(target, 'swap')
            except OSError: pass
time.sleep(0.2)
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'symlink-loop',
    what: 'links that go round and folders that hold themselves by name disturb nobody',
    program: `
os.symlink('b', 'a'); os.symlink('a', 'b'); os.symlink('.', 'here')
os.mkdir('d'); os.symlink('..', 'd/up')
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'chown-follows-link',
    what: 'a link in the place of a file that the runner made changes nothing outside',
    program: `
os.unlink('main.py')
os.symlink('/usr/bin/python3', 'main.py')
refused('chown', lambda: os.chown('/etc/passwd', 10001, 10001))
refused('chmod', lambda: os.chmod('/usr/bin/python3', 0o777))
refused('own another', lambda: os.chown('main.py', 0, 0, follow_symlinks=False))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'hard-links',
    what: 'no link can be made to a file outside the working directory',
    program: `
refused('hard link', lambda: os.link('/etc/passwd', 'passwd'))
refused('hard link to proc', lambda: os.link('/proc/1/exe', 'agent', follow_symlinks=True))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'fifo-in-output',
    what: 'pipes and sockets in the place of files block nobody',
    program: `
import socket
os.unlink('main.py')
os.mkfifo('main.py')
socket.socket(socket.AF_UNIX).bind('result')
os.mkfifo('/tmp/hello')
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'device-node',
    what: 'no device can be made or opened beyond the harmless ones',
    program: `
import stat
refused('block device', lambda: os.mknod('disk', stat.S_IFBLK | 0o666, os.makedev(8, 0)))
refused('character device', lambda: os.mknod('mem', stat.S_IFCHR | 0o666, os.makedev(1, 1)))
for place in ('/dev/mem', '/dev/kmem', '/dev/kmsg', '/dev/sda', '/dev/vda', '/dev/fuse', '/dev/kvm', '/dev/net/tun', '/dev/loop0', '/dev/loop-control'):
    refused(place, lambda: os.open(place, os.O_RDWR))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'result-readonly-trick',
    what: 'a result that the program writes for itself is nobody’s',
    program: `
for place in ('.', '/tmp', '/dev/shm'):
    for name in ('result', 'results.json', 'verdict', 'score', 'stdout', 'exit'):
        with open(place + '/' + name, 'w') as result: result.write('{"outcome":"passed","score":100}')
        os.chmod(place + '/' + name, 0o444)
print('100')
`,
    ends: 'differs',
  },
  {
    id: 'delete-own-source',
    what: 'deleting everything changes no verdict',
    program: `
import shutil
for name in os.listdir('.'): os.unlink(name)
refused('the folder itself', lambda: os.rmdir('/work'))
for place in ('/work', '/tmp', '/dev', '/etc', '/home', '/opt', '/root', '/run', '/srv', '/var', '/usr/local'): shutil.rmtree(place, ignore_errors=True)
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'write-outside',
    what: 'nothing outside the working places can be written',
    program: `
for place in ('/', '/etc', '/usr/bin', '/usr/lib/python3', '/usr/lib/python3/dist-packages', '/usr/local/bin', '/opt', '/var', '/var/tmp',
              '/var/lib', '/home', '/root', '/run', '/run/lock', '/sys', '/sys/fs/cgroup', '/proc', '/dev', '/bin', '/lib', '/srv', '/mnt', '/media', '/boot'):
    refused(place, lambda: os.close(os.open(place + '/intruder', os.O_CREAT | os.O_WRONLY)))
for file in ('/etc/passwd', '/etc/ld.so.preload', '/usr/local/bin/hatoba-agent', '/usr/bin/python3', '/proc/sys/kernel/core_pattern',
             '/proc/sys/kernel/hostname', '/proc/sys/vm/overcommit_memory', '/proc/sysrq-trigger', '/proc/sys/kernel/panic', '/proc/self/uid_map',
             '/proc/self/attr/current', '/proc/self/setgroups', '/proc/sys/net/ipv4/ip_forward', '/proc/sys/user/max_user_namespaces',
             '/proc/sys/kernel/ns_last_pid', '/proc/sys/fs/aio-max-nr', '/proc/sys/net/core/somaxconn', '/proc/self/projid_map', '/proc/irq/default_smp_affinity'):
    def attempt():
        fd = os.open(file, os.O_WRONLY)
        os.write(fd, b'0')
    refused(file, attempt)
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'odd-names',
    what: 'names with line ends, escapes and bytes that are no text disturb no listing',
    program: `
for name in (b'a\\nb', b'\\x1b[2J', b'\\xff\\xfe', b'-rf', b'--help', b'$(id)', b';', b'*', b' ', b'x' * 255, 'e\\u0301'.encode(), b'\\xe2\\x80\\x8b'):
    open(name, 'w').close()
    os.mkdir(b'/tmp/' + name)
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'immutable-and-leased',
    what: 'files that are locked, leased or made unwritable are gone with the run',
    program: `
import fcntl
os.mkdir('locked')
for n in range(50):
    fd = os.open('locked/%d' % n, os.O_CREAT | os.O_RDONLY, 0)
    try: fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except OSError: pass
    fcntl.flock(fd, fcntl.LOCK_SH)
os.chmod('locked', 0)
os.chmod('.', 0)
print('hello')
`,
    ends: 'passed',
  },
  {
    id: 'setuid-programs',
    what: 'a program with the bit that changes its user gives no other user',
    program: `
import shutil, stat, subprocess
shutil.copy('/usr/bin/id', 'copy')
os.chmod('copy', 0o6777)
ids = subprocess.run(['./copy'], capture_output=True, text=True).stdout
if ids.replace('10001', '').count('root') or '=0' in ids: leaks.append(ids)
for uid in (0, 1, 65534):
    refused('user %d' % uid, lambda: os.setuid(uid))
    refused('group %d' % uid, lambda: os.setgid(uid))
refused('groups', lambda: os.setgroups([0]))
verdict()
`,
    ends: 'passed',
  },
]
