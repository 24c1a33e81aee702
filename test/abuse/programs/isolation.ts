import type { Attack } from './attack.ts'

export const ISOLATION: readonly Attack[] = [
  {
    id: 'read-host-files',
    what: 'files of the host and of the grader are not there',
    program: `
for file in ('/etc/shadow', '/proc/1/environ', '/proc/1/mem', '/proc/1/maps', '/proc/kcore', '/proc/keys', '/var/run/docker.sock', '/run/docker.sock',
             '/run/containerd/containerd.sock', '/root/.ssh/id_rsa', '/root/.bashrc', '/proc/1/root/etc/passwd', '/proc/1/cwd/main.py'):
    nothing(file, lambda: open(file, 'rb').read(1))
for folder in ('/proc/1/fd', '/proc/1/root', '/proc/1/task/1/fd', '/proc/1/map_files', '/root'):
    nothing(folder, lambda: os.listdir(folder))
with open('/etc/passwd') as users:
    if [line for line in users if line.split(':')[2] not in ('10001',) and int(line.split(':')[2]) >= 1000 and line.split(':')[0] != 'nobody']: leaks.append('users')
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'read-hidden-tests',
    what: 'nothing of the lab, of its solution or of the grader is in the file system',
    program: `
import re
wanted = re.compile(rb'lab\\.ts|text\\.en\\.yaml|solution|hatoba')
for top in ('/work', '/tmp', '/opt', '/srv', '/home', '/var', '/mnt', '/media', '/run', '/etc', '/usr/local'):
    for folder, folders, files in os.walk(top.encode()):
        for name in files:
            if wanted.search(name) and name != b'hatoba-agent': leaks.append(os.path.join(folder, name))
for name in sys.modules:
    if 'hatoba' in name: leaks.append(name)
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'inherited-descriptors',
    what: 'no descriptor beyond the three is open, and those three are plain pipes',
    program: `
import stat
for fd in range(3, 1024):
    try: os.fstat(fd); leaks.append('descriptor %d' % fd)
    except OSError: pass
for fd in (1, 2):
    if not stat.S_ISFIFO(os.fstat(fd).st_mode): leaks.append('descriptor %d is no pipe' % fd)
if os.readlink('/proc/self/fd/0') != '/dev/null' and not stat.S_ISFIFO(os.fstat(0).st_mode): leaks.append('stdin')
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'environment-leak',
    what: 'the environment holds what every program needs and nothing else',
    program: `
known = {'HOME', 'LANG', 'PATH', 'PYTHONDONTWRITEBYTECODE', 'PYTHONHASHSEED', 'TZ', 'LC_CTYPE', 'PWD'}
leaks += sorted(set(os.environ) - known)
import socket
if socket.gethostname() != 'sandbox': leaks.append(socket.gethostname())
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'network-none',
    what: 'there is no interface but loopback, no way out, no name and no service on the host',
    program: `
import socket
names = [name for _, name in socket.if_nameindex() if name != 'lo']
leaks += names
for host, port in (('1.1.1.1', 53), ('8.8.8.8', 443), ('172.17.0.1', 22), ('10.0.0.1', 80), ('192.168.0.1', 80), ('127.0.0.1', 4270), ('127.0.0.1', 2375)):
    refused((host, port), lambda: socket.create_connection((host, port), 0.2))
refused('name', lambda: socket.getaddrinfo('example.com', 80))
refused('raw socket', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
refused('packet socket', lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3))
refused('abstract socket of the host', lambda: socket.socket(socket.AF_UNIX).connect('\\0/containerd-shim'))
for name, family in (('vsock', 40), ('crypto', 38), ('tipc', 30), ('kcm', 41), ('xdp', 44), ('bluetooth', 31), ('can', 29)):
    refused(name, lambda: socket.socket(family, socket.SOCK_STREAM))
    refused(name, lambda: socket.socket(family, socket.SOCK_DGRAM))
    refused(name, lambda: socket.socket(family, socket.SOCK_SEQPACKET))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'metadata-endpoint',
    what: 'the metadata and credential addresses of clouds cannot be reached, in either protocol',
    program: `
import socket
for host in ('169.254.169.254', '169.254.170.2', '169.254.170.23', 'fd00:ec2::254', 'fd00:ec2::23', '100.100.100.200', 'metadata.google.internal'):
    refused(host, lambda: socket.create_connection((host, 80), 0.2))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'reach-the-agent',
    what: 'the agent cannot be traced, read, written, slowed, limited or robbed of its descriptors',
    program: `
import resource, signal
buffer = ctypes.create_string_buffer(64)
class Vec(ctypes.Structure): _fields_ = [('base', ctypes.c_void_p), ('len', ctypes.c_size_t)]
vec = Vec(ctypes.addressof(buffer), 64)
refused('ptrace attach', lambda: c('ptrace', 16, 1, None, None))
refused('ptrace seize', lambda: c('ptrace', 0x4206, 1, None, None))
refused('read memory', lambda: c('process_vm_readv', 1, ctypes.byref(vec), 1, ctypes.byref(vec), 1, 0))
refused('write memory', lambda: c('process_vm_writev', 1, ctypes.byref(vec), 1, ctypes.byref(vec), 1, 0))
refused('limits', lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0)))
refused('memory file', lambda: open('/proc/1/mem', 'r+b').read(1))
refused('clear refs', lambda: open('/proc/1/clear_refs', 'w').write('1'))
refused('coredump filter', lambda: open('/proc/1/coredump_filter', 'w').write('0'))
refused('stack', lambda: open('/proc/1/syscall').read())
refused('kcmp', lambda: call(312, 272, 1, os.getpid(), 0, 0, 0))
fd = os.pidfd_open(1)
refused('descriptor', lambda: call(438, 438, fd, 0, 0))
refused('namespaces by pidfd', lambda: c('setns', fd, 0x20000000))
refused('madvise', lambda: call(440, 440, fd, ctypes.byref(vec), 1, 21, 0))
for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP): signal.pidfd_send_signal(fd, number)
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'write-to-the-agents-descriptors',
    what: 'frames written to every descriptor and every way to the agent are nobody’s answer',
    program: `
import struct
exit0 = struct.pack('<BBBIIQQQQII', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
frames = b''.join(struct.pack('<IIB', len(body), number, kind) + body for number in range(1, 40) for kind, body in ((132, b'hello\\n'), (134, exit0)))
ways = ['/proc/%s/fd/%d' % (pid, fd) for pid in ('self', '1', os.getppid()) for fd in range(12)]
ways += ['/dev/stdin', '/dev/stdout', '/dev/stderr', '/dev/tty', '/dev/console', '/dev/pts/0', '/dev/ptmx', '/dev/log', '/proc/1/attr/exec']
for way in ways:
    try:
        fd = os.open(way, os.O_WRONLY | os.O_NONBLOCK)
        os.write(fd, frames)
    except OSError: pass
for fd in range(1024):
    try: os.write(fd, frames)
    except OSError: pass
os._exit(4)
`,
    ends: 'code',
    shows: /code 4/,
  },
  {
    id: 'new-namespaces',
    what: 'no namespace can be made or entered by any call',
    program: `
flags = {'user': 0x10000000, 'pid': 0x20000000, 'mount': 0x00020000, 'net': 0x40000000, 'ipc': 0x08000000, 'uts': 0x04000000, 'cgroup': 0x02000000, 'time': 0x80}
for name, flag in flags.items():
    refused('unshare ' + name, lambda: c('unshare', flag))
    def clone():
        pid = libc.syscall(ctypes.c_long(56 if X86 else 220), flag | 17, 0, 0, 0, 0)
        if pid == 0: os._exit(0)
        if pid < 0: raise OSError
        os.waitpid(pid, 0)
    if name != 'time': refused('clone ' + name, clone)
    class Args(ctypes.Structure): _fields_ = [(field, ctypes.c_uint64) for field in 'flags pidfd child parent signal stack size tls set set_size cgroup'.split()]
    refused('clone3 ' + name, lambda: call(435, 435, ctypes.byref(Args(flags=flag, signal=17)), 88))
for name in ('net', 'pid', 'mnt', 'user', 'ipc', 'uts', 'cgroup'):
    refused('enter ' + name, lambda: c('setns', os.open('/proc/1/ns/' + name, os.O_RDONLY), 0))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'mounts',
    what: 'nothing can be mounted, moved or unmounted, by the old calls or the new',
    program: `
refused('tmpfs', lambda: c('mount', b'x', b'/tmp', b'tmpfs', 0, None))
refused('bind', lambda: c('mount', b'/', b'/tmp', None, 4096, None))
refused('remount', lambda: c('mount', None, b'/', None, 32, None))
refused('proc', lambda: c('mount', b'proc', b'/tmp', b'proc', 0, None))
refused('unmount', lambda: c('umount2', b'/tmp', 2))
refused('pivot', lambda: call(155, 41, b'/tmp', b'/tmp'))
refused('chroot', lambda: os.chroot('/tmp'))
refused('fsopen', lambda: call(430, 430, b'tmpfs', 0))
refused('open_tree', lambda: call(428, 428, -100, b'/', 1))
refused('move_mount', lambda: call(429, 429, -100, b'/tmp', -100, b'/work', 0))
refused('mount_setattr', lambda: call(442, 442, -100, b'/', 0, ctypes.byref((ctypes.c_uint64 * 4)()), 32))
refused('handle', lambda: call(304, 265, -100, ctypes.byref((ctypes.c_char * 128)(8)), 0))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'kernel-interfaces',
    what: 'calls that reach into the kernel are refused',
    program: `
page = ctypes.create_string_buffer(4096)
for name, x86, arm in (('bpf', 321, 280), ('perf', 298, 241), ('userfaultfd', 323, 282), ('module', 175, 105), ('module by file', 313, 273),
                       ('kexec', 246, 104), ('reboot', 169, 142), ('swap', 167, 224), ('acct', 163, 89), ('syslog', 103, 116), ('settime', 164, 170),
                       ('clock_settime', 227, 112), ('io_uring', 425, 425), ('quota', 179, 60), ('keyctl', 250, 219), ('add_key', 248, 217),
                       ('fanotify', 300, 262), ('hostname', 170, 161), ('memory policy', 238, 237), ('move pages', 279, 239), ('personality', 135, 92)):
    refused(name, lambda: call(x86, arm, ctypes.byref(page), ctypes.byref(page), 8, ctypes.byref(page), 0))
if X86:
    refused('port access', lambda: call(172, -1, 3))
    refused('descriptor table', lambda: call(154, -1, 1, ctypes.byref(page), 16))
    child = os.fork()
    if child == 0: os._exit(0 if libc.syscall(ctypes.c_long(0x40000000 + 165), b'x', b'/tmp', b'tmpfs', 0, None) == 0 else 1)
    if os.waitpid(child, 0)[1] == 0: leaks.append('calls of another table')
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'powers',
    what: 'a program has no capability, no group of the host, no way to gain any, and one filter at least',
    program: `
status = dict(line.rstrip('\\n').split(':\\t', 1) for line in open('/proc/self/status') if ':\\t' in line)
for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'):
    if int(status[name], 16): leaks.append(name + status[name])
if status['NoNewPrivs'] != '1' or status['Seccomp'] != '2': leaks.append('unfiltered')
if status['Uid'].split() != ['10001'] * 4 or set(os.getgroups()) - {10001}: leaks.append(status['Uid'] + str(os.getgroups()))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'control-groups',
    what: 'limits cannot be lifted from inside',
    program: `
for top in ('/sys/fs/cgroup', '/sys/fs/cgroup/memory', '/sys/fs/cgroup/pids', '/sys/fs/cgroup/cpu'):
    for name in ('memory.limit_in_bytes', 'memory.max', 'pids.max', 'cgroup.procs', 'tasks', 'cpu.max', 'cpu.cfs_quota_us', 'release_agent', 'notify_on_release', 'cgroup.kill'):
        refused(top + '/' + name, lambda: os.write(os.open(top + '/' + name, os.O_WRONLY), b'1'))
    refused(top + '/new', lambda: os.mkdir(top + '/new'))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'sees-no-other-process',
    what: 'a program sees itself and the first process, and nobody else',
    program: `
pids = sorted(int(name) for name in os.listdir('/proc') if name.isdigit())
leaks += [pid for pid in pids if pid not in (1, os.getpid())]
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'terminal-tricks',
    what: 'no terminal can be typed into',
    program: `
import fcntl
for fd in range(3): refused('typing into %d' % fd, lambda: fcntl.ioctl(fd, 0x5412, b'x'))
refused('tty', lambda: os.open('/dev/tty', os.O_RDWR))
refused('console', lambda: os.open('/dev/console', os.O_RDWR))
verdict()
`,
    ends: 'passed',
  },
  {
    id: 'own-filter-and-own-tracer',
    what: 'a program that filters, subreaps and traces itself ends like every other',
    program: `
import time
libc.prctl(36, 1, 0, 0, 0)
libc.prctl(15, b'hatoba-agent', 0, 0, 0)
libc.prctl(4, 0, 0, 0, 0)
if os.fork() == 0:
    os.setsid()
    libc.prctl(1, 0, 0, 0, 0)
    time.sleep(600)
class Filter(ctypes.Structure): _fields_ = [('code', ctypes.c_uint16), ('yes', ctypes.c_uint8), ('no', ctypes.c_uint8), ('k', ctypes.c_uint32)]
class Program(ctypes.Structure): _fields_ = [('count', ctypes.c_uint16), ('filter', ctypes.POINTER(Filter))]
rules = (Filter * 4)(Filter(0x20, 0, 0, 0), Filter(0x15, 0, 1, 62 if X86 else 129), Filter(0x06, 0, 0, 0x50001), Filter(0x06, 0, 0, 0x7fff0000))
libc.prctl(22, 2, ctypes.byref(Program(4, rules)), 0, 0)
print('hello')
`,
    ends: 'passed',
  },
]
