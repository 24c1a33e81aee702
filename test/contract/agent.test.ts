import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Agent } from '../../runner/sandbox/agent/client.ts'
import { execute } from '../../runner/sandbox/agent/exec.ts'
import type { Limits } from '../../runner/sandbox/contract.ts'
import { limitsOf } from '../../runner/sandbox/limits.ts'
import { type AgentContainer, startAgent } from './agent-container.ts'
import { IMAGES_MS, imageWithAgent, whyNot } from './engine.ts'

const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/work' }
const bytes = (text: string) => Buffer.from(text)
const python = (...lines: string[]) => ['python3', '-c', lines.join('\n')]

const because = await whyNot('the agent in containers')

describe.skipIf(because !== undefined)('the agent', () => {
  let image: string
  beforeAll(async () => {
    image = await imageWithAgent()
  }, IMAGES_MS)
  describeAgent('in a container of its own', async () => {
    const own = await startAgent(image)
    return { agent: own.agent, end: async () => own[Symbol.asyncDispose]() }
  })
  let outer: AgentContainer
  describe('with namespaces of its own', () => {
    beforeAll(async () => {
      outer = await startAgent(image, { nest: true })
    })
    afterAll(() => outer?.[Symbol.asyncDispose]())
    describeAgent('inside a warm container', async () => {
      const agent = outer.agent.nest({ diskMiB: 32, inodes: 1000 })
      await agent.ready()
      return { agent, end: async () => agent[Symbol.asyncDispose]() }
    })
    it('leaves nothing for the next one: no file, no process, no shared memory', async () => {
      for (const round of [1, 2]) {
        const agent = outer.agent.nest({ diskMiB: 32, inodes: 1000 })
        const script = python(
          'import os, subprocess',
          'print(sorted(f for d in ("/work", "/tmp", "/dev/shm") for f in os.listdir(d)))',
          'print([p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()])',
          'for d in ("/work", "/tmp", "/dev/shm"): open(d + "/left", "w").write("x")',
          'subprocess.Popen(["setsid", "sleep", "100"])',
        )
        const result = await execute(agent, script, limitsOf(), { env })
        expect({ round, said: result.stdout.toString(), stderr: result.stderr.toString() }).toEqual({ round, said: '[]\n[]\n', stderr: '' })
        await agent[Symbol.asyncDispose]()
      }
      const processes = await outer.container.top()
      expect(processes.Processes).toHaveLength(1)
    })
    it('gives each its own process numbers, hosts and interfaces, and hides the others', async () => {
      const both = [0, 1].map(() => outer.agent.nest({ diskMiB: 8, inodes: 100 }))
      const script = ['sh', '-c', 'for n in pid mnt net ipc uts user; do readlink /proc/self/ns/$n; done']
      const said = await Promise.all(
        both.map(async (agent) => (await execute(agent, script, limitsOf(), { env })).stdout.toString().trim().split('\n')),
      )
      await Promise.all(both.map((agent) => agent[Symbol.asyncDispose]()))
      expect(said[0]).toHaveLength(6)
      for (const [index, name] of (said[0] ?? []).entries()) expect(said[1]?.[index]).not.toBe(name)
    })
    it('runs no program outside them', async () => {
      const other = await startAgent(image, { nest: true })
      await using _ = other
      await expect(other.agent.start(['true']).exited).rejects.toMatchObject({ code: 'engine.failed' })
    })
  })
})

function describeAgent(where: string, make: () => Promise<{ agent: Agent; end(): Promise<void> }>): void {
  describe(`the agent ${where}`, () => {
    let agent: Agent
    let end: () => Promise<void>
    beforeAll(async () => ({ agent, end } = await make()))
    afterAll(() => end())
    const run = (command: readonly string[], limits: Partial<Limits> = {}, more: { stdin?: Uint8Array; signal?: AbortSignal } = {}) =>
      execute(agent, command, limitsOf(limits), { env, ...more })
    const say = async (command: readonly string[]) => (await run(command)).stdout.toString()

    it('keeps a written file, in folders that it makes', async () => {
      await agent.write('a/b/main.py', bytes('print("hello")\n'))
      expect((await agent.read('a/b/main.py', { mostBytes: 100 }))?.toString()).toBe('print("hello")\n')
      expect(await run(['python3', 'a/b/main.py'])).toMatchObject({ ended: { by: 'itself', code: 0 }, stdout: bytes('hello\n') })
      expect((await agent.list('a')).entries).toMatchObject([{ kind: 'folder', name: 'b' }])
    })

    it('carries files larger than a frame whole', async () => {
      const large = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 256))
      await agent.write('large', large)
      expect(Buffer.compare((await agent.read('large', { mostBytes: 1e6 })) ?? Buffer.alloc(0), large)).toBe(0)
      expect(await agent.read('large', { mostBytes: 100_000 })).toHaveLength(100_000)
    })

    it.each(['', '/etc/x', '../x', 'a/../x', 'a//x', './x', 'a/', '..', 'x'.repeat(256)])('refuses to write to %j', async (path) => {
      await expect(agent.write(path, bytes('x'))).rejects.toThrow('error')
    })

    it('refuses a path with a zero byte before it is sent', async () => {
      await expect(agent.write('a\0b', bytes('x'))).rejects.toThrow('zero byte')
    })

    it('neither reads nor writes through a link, and reads no pipe, device or folder', async () => {
      await run(['sh', '-c', 'ln -s /etc/passwd link; ln -s /tmp folder; mkfifo pipe; mkdir real; ln -s /dev/zero zero'])
      for (const path of ['link', 'folder/x', 'pipe', 'real', 'zero', 'nothing'])
        expect(await agent.read(path, { mostBytes: 100 }), path).toBeUndefined()
      await agent.write('folder/x', bytes('x'))
      expect(await say(['sh', '-c', 'test -L folder || cat folder/x'])).toBe('x')
      await agent.write('link', bytes('mine'))
      expect(await say(['sh', '-c', 'cat link; test -L link || echo " replaced"; ls /tmp/x 2>/dev/null'])).toBe('mine replaced\n')
    })

    it('replaces a file that a program has made unwritable', async () => {
      await run(['sh', '-c', 'echo 100 > result; chmod 000 result'])
      await agent.write('result', bytes('ours'))
      expect((await agent.read('result', { mostBytes: 10 }))?.toString()).toBe('ours')
    })

    it('tells stdout from stderr and keeps every byte', async () => {
      const result = await run(
        python('import sys', 'sys.stdout.buffer.write(bytes(range(256))*2)', 'sys.stderr.write("no")', 'sys.exit(3)'),
      )
      expect(result).toMatchObject({ ended: { by: 'itself', code: 3 }, stderr: bytes('no') })
      expect(result.stdout).toEqual(Buffer.concat([0, 1].map(() => Buffer.from(Array.from({ length: 256 }, (_, i) => i)))))
    })

    it('gives a program its input, of any size, and then its end', async () => {
      const input = Buffer.alloc(400_000, 'x')
      expect((await run(['wc', '-c'], {}, { stdin: input })).stdout.toString()).toBe('400000\n')
      expect((await run(['cat'])).ended).toEqual({ by: 'itself', code: 0 })
    })

    it('is not held up by a program that never reads its input', async () => {
      const idle = agent.start(['sleep', '100'], { env })
      idle.write(Buffer.alloc(1_000_000)).catch(() => {})
      expect(await say(['echo', 'on time'])).toBe('on time\n')
      await idle.exited
    })

    it.each([
      ['its own exit', ['sh', '-c', 'exit 9'], { by: 'itself', code: 9 }],
      ['a signal', ['sh', '-c', 'kill -SEGV $$'], { by: 'signal', signal: 'SIGSEGV' }],
      ['no such program', ['nothing-like-it'], { by: 'itself', code: 127 }],
      ['no program at all', ['/etc/passwd'], { by: 'itself', code: 126 }],
    ])('reports %s', async (_, command, ended) => {
      expect((await run(command)).ended).toEqual(ended)
    })

    it('ends what takes too long, though it ignores every polite signal', async () => {
      const stubborn = python('import signal, time', 'for s in (15, 2, 1): signal.signal(s, signal.SIG_IGN)', 'while True: time.sleep(1)')
      expect((await run(stubborn, { wallSeconds: 0.5 })).ended).toEqual({ by: 'limit', limit: 'time', allowed: 0.5, unit: 's' })
    })

    it('cuts output at its limit, in bytes', async () => {
      const result = await run(python('while True: print("a" * 100000, end="")'), { outputKiB: 64 })
      expect(result.ended).toEqual({ by: 'limit', limit: 'output', allowed: 64, unit: 'KiB' })
      expect(result.stdout).toHaveLength(64 * 1024)
    })

    it('says memory, processes and file size when they ran out', async () => {
      expect((await run(python('a = []', 'while True: a.append(bytearray(10_000_000))'))).ended).toMatchObject({
        by: 'limit',
        limit: 'memory',
      })
      expect((await run(['dd', 'if=/dev/zero', 'of=big', 'bs=1M', 'count=3'], { fileMiB: 1 })).ended).toMatchObject({
        by: 'limit',
        limit: 'disk',
      })
      expect((await run(['sh', '-c', 'f() { f | f & }; f; sleep 0.5; false'])).ended).toMatchObject({ by: 'limit', limit: 'pids' })
      expect(await say(['echo', 'alive'])).toBe('alive\n')
    })

    it('leaves no process behind, however it detached', async () => {
      const fork = [
        'import os, time',
        'if os.fork() == 0:',
        '  os.setsid()',
        '  if os.fork() == 0:',
        '    while True: time.sleep(1)',
        '  os._exit(0)',
        'os._exit(5)',
      ]
      expect((await run(python(...fork))).ended).toEqual({ by: 'itself', code: 5 })
      const others = await say(['sh', '-c', 'for p in /proc/[0-9]*; do p=${p#/proc/}; [ $p = 1 ] || [ $p = $$ ] || echo $p; done'])
      expect(others).toBe('')
    })

    it('cannot be stopped, traced, slowed, limited or read by a program', async () => {
      const tries = python(
        'import ctypes, os, resource, signal',
        'libc = ctypes.CDLL(None, use_errno=True)',
        'def no(what, f):',
        '  try:',
        '    r = f()',
        '    if r == -1: raise OSError(ctypes.get_errno(), "")',
        '    print("could", what)',
        '  except OSError: pass',
        'os.kill(1, signal.SIGKILL) if os.path.exists("/proc/1") else None',
        'os.kill(1, signal.SIGSTOP) if os.path.exists("/proc/1") else None',
        'no("attach", lambda: libc.ptrace(16, 1, 0, 0))',
        'no("list", lambda: os.listdir("/proc/1/fd"))',
        'no("open", lambda: os.open("/proc/1/fd/1", os.O_WRONLY))',
        'no("read", lambda: open("/proc/1/mem", "rb"))',
        'no("environ", lambda: open("/proc/1/environ", "rb").read())',
        'no("limit", lambda: resource.prlimit(1, resource.RLIMIT_CPU, (1, 1)))',
        'no("nice", lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))',
        'no("user", lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19))',
        'no("bind", lambda: os.sched_setaffinity(1, {0}))',
        'no("idle", lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)))',
        'no("shield", lambda: open("/proc/1/oom_score_adj", "w").write("1000"))',
        'print([fd for fd in range(3, 1024) if os.path.exists(f"/proc/self/fd/{fd}") and not os.readlink(f"/proc/self/fd/{fd}").startswith("/proc")])',
      )
      const result = await run(tries)
      expect({ out: result.stdout.toString(), err: result.stderr.toString() }).toEqual({ out: '[]\n', err: '' })
      expect(await say(['echo', 'alive'])).toBe('alive\n')
    })

    it('cannot be imitated: frames that a program prints are its output', async () => {
      const forged = Buffer.concat([Buffer.from([51, 0, 0, 0, 1, 0, 0, 0, 134]), Buffer.alloc(51)])
      const result = await run(python(`import os`, `os.write(1, bytes(${JSON.stringify([...forged])}) * 100)`, 'os._exit(4)'))
      expect(result).toMatchObject({ ended: { by: 'itself', code: 4 } })
      expect(result.stdout).toHaveLength(forged.length * 100)
    })

    it('gives programs no power and no call that builds walls or looks over them', async () => {
      const status = await say(['sh', '-c', 'grep -E "^(Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):" /proc/self/status; ulimit -c'])
      expect(status.split('\n').map((line) => line.split(/\s+/)[1] ?? line)).toEqual([
        ...Array(4).fill('0000000000000000'),
        '1',
        '2',
        '0',
        '',
      ])
      const calls = {
        unshare: 272,
        setns: 308,
        mount: 165,
        umount2: 166,
        pivot_root: 155,
        ptrace: 101,
        bpf: 321,
        keyctl: 250,
        perf: 298,
        userfaultfd: 323,
        io_uring: 425,
        clone3: 435,
        later: 463,
      }
      const tried = python(
        'import ctypes, platform',
        'libc = ctypes.CDLL(None, use_errno=True)',
        `for name, number in ${JSON.stringify(calls)}.items():`,
        '  ctypes.set_errno(0)',
        '  print(name, libc.syscall(number, 0, 0, 0, 0, 0, 0), ctypes.get_errno())',
        'print("clone", libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0), ctypes.get_errno())',
      )
      if (process.arch !== 'x64') return
      const expected = [...Object.keys(calls).map((name) => `${name} -1 ${['clone3', 'later'].includes(name) ? 38 : 1}`), 'clone -1 1', '']
      expect((await say(tried)).split('\n')).toEqual(expected)
    })

    it('has a root that cannot be written and nothing outside', async () => {
      expect(
        await say([
          'sh',
          '-c',
          'for f in /x /usr/x /etc/x /var/x /dev/x /proc/x /sys/x; do touch $f 2>/dev/null && echo $f; done; mknod null c 1 3 2>/dev/null && echo device',
        ]),
      ).toBe('')
      expect(
        await say(python('import socket', 's = socket.socket()', 's.settimeout(2)', 'print(s.connect_ex(("10.0.0.1", 80)) != 0)')),
      ).toBe('True\n')
    })

    it('runs several at once and tells them apart', async () => {
      const all = Array.from({ length: 8 }, (_, i) => agent.start(['sh', '-c', `cat; echo ${i}; exit ${i}`], { env }))
      const said = all.map((running) => {
        let text = ''
        running.onOutput((_, piece) => (text += piece.toString()))
        return () => text
      })
      for (const [i, running] of all.entries()) void running.write(bytes(`to ${i} `))
      for (const running of all) running.end()
      expect((await Promise.all(all.map((running) => running.exited))).map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
      expect(said.map((text) => text())).toEqual(all.map((_, i) => `to ${i} ${i}\n`))
    })

    it('passes signals on', async () => {
      const running = agent.start(['sh', '-c', 'trap "echo got it; exit 7" TERM; echo up; while :; do sleep 0.05; done'], { env })
      const up = Promise.withResolvers<void>()
      let said = ''
      running.onOutput((_, piece) => {
        said += piece.toString()
        if (said.includes('up')) up.resolve()
      })
      await up.promise
      running.signal('SIGTERM')
      expect(await running.exited).toMatchObject({ how: 'exited', code: 7 })
      expect(said).toBe('up\ngot it\n')
    })

    it('kills what is aborted, and says why', async () => {
      const reason = new Error('the learner went away')
      const controller = new AbortController()
      const result = run(['sleep', '100'], {}, { signal: controller.signal })
      controller.abort(reason)
      await expect(result).rejects.toBe(reason)
      await expect(run(['true'], {}, { signal: controller.signal })).rejects.toBe(reason)
      expect(await say(['echo', 'alive'])).toBe('alive\n')
    })

    it('fills its disk and says so to whoever writes', async () => {
      await run(['sh', '-c', 'i=0; while dd if=/dev/zero of=f$i bs=1M count=8 2>/dev/null; do i=$((i+1)); done'])
      await expect(agent.write('more', Buffer.alloc(200_000))).rejects.toThrow('error 28')
      await run(['sh', '-c', 'rm -f f*'])
      await agent.write('more', bytes('x'))
    })
  })
}

describe.skipIf(because !== undefined)('the agent of a container', () => {
  it('ends at bytes that are no frame, and everything pending is told', async () => {
    await using own = await startAgent(await imageWithAgent())
    const pending = own.agent.start(['sleep', '100'], { env }).exited
    const closed = once(own.stream, 'close')
    own.stream.write(Buffer.from([255, 255, 255, 255, 0, 0, 0, 0, 9]))
    await expect(pending).rejects.toMatchObject({ code: 'engine.failed' })
    await closed
    await expect(own.agent.list('')).rejects.toMatchObject({ code: 'engine.failed' })
    expect((await own.container.wait()).StatusCode).toBe(70)
  })

  it('ends with its stream', async () => {
    await using own = await startAgent(await imageWithAgent())
    own.stream.end()
    expect((await own.container.wait()).StatusCode).toBe(0)
  })
})
