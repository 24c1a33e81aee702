import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureImages } from '../../runner/images/ensure.ts'
import type { BuildEvent, BuildOptions, BuildResult, BuiltImage, FileMap, Sandbox } from '../../runner/sandbox/contract.ts'
import { dockerDriver } from '../../runner/sandbox/docker/driver.ts'
import { DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { engine, IMAGES_MS, whyNot } from './engine.ts'

const instance = `build-${process.pid}`
const driver = dockerDriver({ host: DEFAULT_HOST, instance })
const because = await whyNot('builds')

const open = (network: 'none' | 'internal' = 'none'): Promise<Sandbox> =>
  driver.open({ submission: 'build', deadlineSeconds: 600, image: 'node', network })
const file = (...lines: readonly string[]): string => `${lines.join('\n')}\n`
const imageOf = (result: BuildResult): BuiltImage => {
  if (!result.built) throw new Error(`not built: ${JSON.stringify(result, null, 1)}`)
  return result.image
}
const failureOf = (result: BuildResult) => {
  if (result.built) throw new Error('it was built')
  return result.because
}
/** Builds `FROM hatoba/node` and one RUN in a sandbox of its own; what the RUN wrote, or why it failed. */
const run = async (command: string, o: BuildOptions = {}, files: FileMap = {}): Promise<BuildResult> => {
  await using sandbox = await open()
  return sandbox.build(
    { ...files, Dockerfile: file('FROM hatoba/node', ...(files['probe.py'] ? ['COPY probe.py /probe.py'] : []), `RUN ${command}`) },
    o,
  )
}
const python = async (source: string): Promise<string> => {
  const result = await run('python3 /probe.py', {}, { 'probe.py': source })
  if (!result.built) throw new Error(JSON.stringify(result.because))
  return (result.steps.at(-1)?.output ?? []).join('\n')
}

const left = async (): Promise<readonly string[]> => {
  const { docker } = engine
  const filters = { label: [`hatoba=${instance}`] }
  const [containers, images] = await Promise.all([docker.listContainers({ all: true, filters }), docker.listImages({ filters })])
  return [...containers.flatMap(({ Names }) => Names), ...images.flatMap(({ RepoTags }) => RepoTags ?? [])]
}

describe.skipIf(because !== undefined)('a build of a Dockerfile', () => {
  beforeAll(async () => {
    await ensureImages(engine, ['node'])
    // The builder itself is made the first time; no test pays for it.
    await run('true')
  }, IMAGES_MS)
  afterAll(async () => expect(await left()).toEqual([]))

  it('works from an image of its own that no sweep takes for a sandbox', async () => {
    const { docker } = engine
    const stocked = await docker.listImages({ filters: { reference: ['hatoba/builder-stocked'] } })
    expect(stocked.length).toBeGreaterThan(0)
    expect(
      stocked.flatMap(({ Labels }) => Object.keys(Labels ?? {})).filter((label) => label === 'hatoba' || label === 'hatoba.deadline'),
    ).toEqual([])
  })

  it('tells its steps as they run, and takes them from the cache of the same sandbox only', async () => {
    const files = { 'app.js': 'console.log(1)', Dockerfile: file('FROM hatoba/node', 'COPY app.js /app/', 'RUN echo one; echo two >&2') }
    await using sandbox = await open()
    const events: BuildEvent[] = []
    const first = await sandbox.build(files, { onEvent: (event) => events.push(event) })
    expect(first.steps.map(({ line, instruction, cached }) => ({ line, instruction, cached }))).toEqual([
      { line: 1, instruction: 'FROM hatoba/node', cached: false },
      { line: 2, instruction: 'COPY app.js /app/', cached: false },
      { line: 3, instruction: 'RUN echo one; echo two >&2', cached: false },
    ])
    expect(first.steps[2]?.output.toSorted()).toEqual(['one', 'two'])
    expect(events.map(({ kind }) => kind)).toEqual(['started', 'ended', 'started', 'ended', 'started', 'output', 'output', 'ended'])
    const again = await sandbox.build(files, {})
    expect(again.steps.map(({ cached }) => cached)).toEqual([false, true, true])
    const changed = await sandbox.build({ ...files, 'app.js': 'console.log(2)' }, {})
    expect(changed.steps.map(({ cached }) => cached)).toEqual([false, false, false])
    await using other = await open()
    expect((await other.build(files, {})).steps.map(({ cached }) => cached)).toEqual([false, false, false])
  })

  it('gives checks the layers with their files, the history and the config', async () => {
    const dockerfile = file(
      'FROM hatoba/node AS build',
      'RUN echo from-the-stage > /made',
      'FROM hatoba/node',
      'ARG VERSION=1',
      'LABEL org.example.version=$VERSION',
      'ENV NODE_ENV=production',
      'WORKDIR /app',
      'COPY --from=build --chown=1000:1000 /made ./',
      'COPY token.txt /tmp/token',
      'RUN rm /tmp/token',
      'EXPOSE 8080',
      'USER 1000',
      'HEALTHCHECK --interval=5s --retries=2 CMD node check.js',
      'ENTRYPOINT ["node"]',
      'CMD ["server.js"]',
    )
    await using sandbox = await open()
    const image = imageOf(await sandbox.build({ Dockerfile: dockerfile, 'token.txt': 'tok-51c9' }, { args: { VERSION: '7' } }))
    expect(image.config).toEqual({
      user: '1000',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', NODE_ENV: 'production' },
      entrypoint: ['node'],
      cmd: ['server.js'],
      workingDir: '/app',
      ports: ['8080/tcp'],
      volumes: [],
      labels: { 'org.example.version': '7' },
      stopSignal: undefined,
      healthcheck: {
        test: ['CMD-SHELL', 'node check.js'],
        intervalSeconds: 5,
        timeoutSeconds: undefined,
        startPeriodSeconds: undefined,
        retries: 2,
      },
    })
    expect(image.command).toEqual(['node', 'server.js'])
    expect(image.layers.map(({ base }) => base)).toEqual([true, false, false, false])
    expect(image.layers[3]?.createdBy).toBe('RUN rm /tmp/token')
    expect(await image.find(Buffer.from('tok-51c9'))).toEqual([{ layer: 2, path: 'tmp/token' }])
    expect(await image.read(2, '/tmp/token')).toEqual(new Uint8Array(Buffer.from('tok-51c9')))
    expect(await image.files(3)).toContainEqual(expect.objectContaining({ path: 'tmp/token', kind: 'removed' }))
    expect(await image.files(1)).toContainEqual(expect.objectContaining({ path: 'app/made', kind: 'file', uid: 1000, bytes: 15 }))
    expect(image.history.filter(({ layer }) => layer === undefined).map(({ createdBy }) => createdBy)).toContain('USER 1000')
  })

  it('makes an image that a service of the same sandbox runs, as its own user', async () => {
    await using sandbox = await open('internal')
    const dockerfile = file(
      'FROM hatoba/node',
      'ENV GREETING=hello',
      'WORKDIR /srv',
      'RUN echo "console.log(process.env.GREETING, process.getuid(), process.cwd())" > a.js',
      'USER 1234:1234',
      'CMD ["node", "a.js"]',
    )
    const image = imageOf(await sandbox.build({ Dockerfile: dockerfile }, {}))
    await using service = await sandbox.start({ name: 'web', image, command: image.command })
    expect(await service.exited()).toMatchObject({ code: 0 })
    const logs: string[] = []
    for await (const { text } of service.logs()) logs.push(text)
    expect(logs).toEqual(['hello 1234 /srv'])
  })

  it('shows a service the files that the last layer left, those of the base among them', async () => {
    const dockerfile = file(
      'FROM hatoba/node',
      'RUN mkdir -p /d/old && echo 1 > /d/old/x && echo kept > /d/kept',
      'RUN rm -r /d/old && mkdir /d/old && echo 2 > /d/old/y && ln /d/kept /d/again',
      'RUN rm /usr/bin/python3 && rm -r /usr/share/perl5 && mkdir /usr/share/perl5 && echo new > /usr/share/perl5/new',
    )
    await using sandbox = await open('internal')
    const image = imageOf(await sandbox.build({ Dockerfile: dockerfile }, {}))
    const command = ['sh', '-c', 'ls /d /d/old /usr/share/perl5; cat /d/again; test -e /usr/bin/python3 || echo gone']
    await using service = await sandbox.start({ name: 'web', image, command })
    await service.exited()
    const logs: string[] = []
    for await (const { text } of service.logs()) logs.push(text)
    expect(logs.join(' ')).toBe('/d: again kept old  /d/old: y  /usr/share/perl5: new kept gone')
  })

  it('does not run root of an image as root', async () => {
    await using sandbox = await open('internal')
    const image = imageOf(await sandbox.build({ Dockerfile: file('FROM hatoba/node', 'CMD ["id", "-u"]') }, {}))
    await using service = await sandbox.start({ name: 'web', image, command: image.command })
    await service.exited()
    const logs: string[] = []
    for await (const { text } of service.logs()) logs.push(text)
    expect(logs).toEqual(['10001'])
  })

  it('fails at the line of the instruction, with what its program said', async () => {
    const failure = failureOf(await run('echo "cannot find the lock file" && exit 3'))
    expect(failure).toEqual({
      kind: 'step',
      at: { file: 'Dockerfile', line: 2 },
      instruction: 'RUN echo "cannot find the lock file" && exit 3',
      message: 'cannot find the lock file',
      code: 3,
    })
    await using sandbox = await open()
    const missing = failureOf(await sandbox.build({ Dockerfile: file('FROM hatoba/node', '', 'COPY nothing.txt /') }, {}))
    expect(missing).toMatchObject({ kind: 'step', at: { line: 3 }, code: undefined, message: expect.stringContaining('nothing.txt') })
  })

  it('lets a program pretend nothing in the log', async () => {
    const result = await run('printf "STEP 9/9: RUN forged\\n--> Using cache 0123456789abcdef\\nError: no\\nend 0 0 0\\n"')
    expect(result).toMatchObject({
      built: true,
      steps: [
        {},
        { line: 2, cached: false, output: ['STEP 9/9: RUN forged', '--> Using cache 0123456789abcdef', 'Error: no', 'end 0 0 0'] },
      ],
    })
  })

  it.each([
    ['another image', ['FROM ubuntu:24.04'], 1, 'ubuntu:24.04'],
    ['another image by an ARG', ['ARG BASE=alpine', '', 'FROM $BASE'], 3, 'alpine'],
    ['an image in --from', ['FROM hatoba/node', 'COPY --from=busybox /bin/sh /'], 2, 'busybox'],
    ['an image in a mount', ['FROM hatoba/node', 'RUN --mount=type=bind,from=alpine,target=/x ls /x'], 2, 'alpine'],
    ['a later stage', ['FROM later', 'FROM hatoba/node AS later'], 1, 'later'],
  ])('refuses %s with its line', async (_what, lines, line, image) => {
    await using sandbox = await open()
    const result = await sandbox.build({ Dockerfile: file(...lines) }, { bases: { 'hatoba/node': 'node' } })
    expect(result).toMatchObject({
      built: false,
      steps: [],
      because: { kind: 'base', at: { file: 'Dockerfile', line }, image, allowed: ['hatoba/node'] },
    })
  })

  it.each([
    ['an unknown instruction', ['FROM hatoba/node', 'RUNN true'], 2],
    ['an instruction before FROM', ['ENV A=1', 'FROM hatoba/node'], 1],
    ['an empty file', [''], 1],
  ])('cannot read %s and says where', async (_what, lines, line) => {
    await using sandbox = await open()
    expect(failureOf(await sandbox.build({ Dockerfile: file(...lines) }, {}))).toMatchObject({ kind: 'invalid', at: { line } })
  })

  it('knows its bases by the names that the lab gives them', async () => {
    await using sandbox = await open()
    const result = await sandbox.build(
      { 'deploy/web.Dockerfile': file('FROM node:24-slim AS one', 'FROM one', 'RUN node --version') },
      { dockerfile: 'deploy/web.Dockerfile', bases: { 'node:24-slim': 'node' } },
    )
    expect(result).toMatchObject({ built: true, steps: [{}, {}, { output: ['v24.21.0'] }] })
  })

  describe('from inside a RUN', () => {
    it('a fork bomb ends as exhausted processes', async () => {
      const bomb = 'import os,time\nfor i in range(100000):\n  if os.fork() == 0:\n    time.sleep(60)\n    os._exit(0)\n'
      const failure = failureOf(await run('python3 /probe.py', { limits: { pids: 32, wallSeconds: 30 } }, { 'probe.py': bomb }))
      expect(failure).toMatchObject({ kind: 'limit', at: { line: 3 }, ended: { limit: 'pids', allowed: 32 } })
    })
    it('a memory hog ends as exhausted memory', async () => {
      const failure = failureOf(
        await run('python3 /probe.py', { limits: { memoryMiB: 64, diskMiB: 64 } }, { 'probe.py': 'b = b"x" * (1 << 30)\n' }),
      )
      expect(failure).toMatchObject({ kind: 'limit', at: { line: 3 }, ended: { limit: 'memory', allowed: 64 } })
    })
    it('a file of a gigabyte ends as exhausted disk', async () => {
      const failure = failureOf(await run('head -c 1G /dev/zero > /big', { limits: { diskMiB: 64 } }))
      expect(failure).toMatchObject({ kind: 'limit', at: { line: 2 }, ended: { limit: 'disk', allowed: 64 } })
    })
    it('files without number end as exhausted disk', async () => {
      const failure = failureOf(
        await run(
          'python3 /probe.py',
          { limits: { diskMiB: 16 } },
          { 'probe.py': 'import os\nos.mkdir("/many")\nfor i in range(1000000): open(f"/many/{i}", "w").close()\n' },
        ),
      )
      expect(failure).toMatchObject({ kind: 'limit', ended: { limit: 'disk' } })
    })
    it('endless output ends as exhausted output', async () => {
      const failure = failureOf(await run('yes', { limits: { outputKiB: 64 } }))
      expect(failure).toMatchObject({ kind: 'limit', at: { line: 2 }, ended: { limit: 'output', allowed: 64 } })
    })
    it('output without a line end is bounded too', async () => {
      const failure = failureOf(
        await run('tr "\\0" x < /dev/zero', { limits: { outputKiB: 64, wallSeconds: 20, memoryMiB: 64, diskMiB: 64 } }),
      )
      expect(failure).toMatchObject({ kind: 'limit' })
    })
    it('a sleep ends as exhausted time, and the next build starts afresh', async () => {
      await using sandbox = await open()
      const dockerfile = (command: string) => ({ Dockerfile: file('FROM hatoba/node', `RUN ${command}`) })
      expect(failureOf(await sandbox.build(dockerfile('sleep 600'), { limits: { wallSeconds: 2 } }))).toMatchObject({
        kind: 'limit',
        at: { line: 2 },
        ended: { limit: 'time', allowed: 2 },
      })
      expect(await sandbox.build(dockerfile('true'), {})).toMatchObject({ built: true })
    })
    it('there is no network: loopback only, and no way to a server of the host', async () => {
      const server = createServer((socket) => socket.end('reached')).listen(0, '0.0.0.0')
      await once(server, 'listening')
      const { port } = server.address() as { port: number }
      const hosts = Object.values(networkInterfaces()).flatMap((addresses) =>
        (addresses ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => address),
      )
      const said = await python(`
import os, socket
print([name for _, name in socket.if_nameindex()])
for host in ${JSON.stringify(hosts)}:
  try:
    print(socket.create_connection((host, ${port}), 2).recv(10))
  except OSError as e:
    print('none')
for family in (16, 38, 40):
  try:
    socket.socket(family, socket.SOCK_DGRAM if family == 16 else socket.SOCK_SEQPACKET if family == 38 else socket.SOCK_STREAM); print(family)
  except OSError: pass
`)
      server.close()
      expect(said.split('\n')).toEqual(["['lo']", ...hosts.map(() => 'none'), '16'])
    })
    it('namespaces, mounts and the kernel are out of reach', async () => {
      const said = await python(`
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
  result = getattr(libc, name)(*args)
  print(name, 'done' if result >= 0 else os.strerror(ctypes.get_errno()))
call('unshare', 0x10000000)
call('unshare', 0x00020000)
call('mount', b'none', b'/mnt', b'tmpfs', 0, None)
call('umount2', b'/proc', 2)
call('setns', os.open('/proc/self/ns/net', 0), 0)
call('pivot_root', b'/', b'/') if hasattr(libc, 'pivot_root') else None
call('sethostname', b'x', 1)
call('swapon', b'/x', 0)
call('reboot', 0)
for number in (165, 155, 272, 308, 321, 298, 313, 246, 425, 428, 250, 304):
  result = libc.syscall(number, 0, 0, 0, 0, 0)
  print(number, 'done' if result >= 0 else 'refused')
`)
      expect(said.split('\n').filter((line) => line.endsWith('done'))).toEqual([])
    })
    it('it holds no more than the capabilities of an ordinary container, in a namespace of nobody', async () => {
      const said = await python(`
for line in open('/proc/self/status'):
  if line.split(':')[0] in ('CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp'): print(line.split()[0], line.split()[1])
print('maps', open('/proc/self/uid_map').read().split())
print('namespaces', open('/proc/sys/user/max_user_namespaces').read().strip())
`)
      const facts = Object.fromEntries(
        said.split('\n').map((line) => [line.split(' ')[0]?.replace(':', ''), line.slice(line.indexOf(' ') + 1)]),
      )
      expect(facts).toMatchObject({ NoNewPrivs: '1', Seccomp: '2', maps: "['0', '100000', '65536']", namespaces: '0' })
      // CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE SYS_CHROOT SETFCAP
      expect(BigInt(`0x${facts['CapEff']}`) & ~0x800405fbn).toBe(0n)
      expect(BigInt(`0x${facts['CapBnd']}`) & ~0x800405fbn).toBe(0n)
    })
    it('nothing of the host, the builder or another learner is to be seen', async () => {
      const said = await python(`
import os
print('processes', len([p for p in os.listdir('/proc') if p.isdigit()]))
for path in ('/bases', '/work/storage', '/work/build', '/usr/lib/hatoba', '/var/run/docker.sock', '/fill'):
  if os.path.exists(path): print('there', path)
for path in ('/proc/kcore', '/proc/kmsg', '/proc/sysrq-trigger', '/proc/1/root/../work/storage', '/proc/timer_list', '/dev/kmsg', '/dev/mem', '/dev/sda', '/dev/vda'):
  try:
    data = open(path, 'rb').read(1)
    if data: print('read', path)
  except OSError: pass
for path in ('/proc/sysrq-trigger', '/proc/sys/kernel/core_pattern', '/proc/sys/vm/drop_caches', '/sys/kernel/uevent_helper', '/sys/fs/cgroup/cgroup.procs', '/sys/fs/cgroup/memory/memory.limit_in_bytes', '/proc/sys/user/max_user_namespaces', '/proc/sys/net/ipv4/ip_forward'):
  try:
    os.close(os.open(path, os.O_WRONLY)); print('write', path)
  except OSError: pass
try:
  os.mknod('/disk', 0o60600, os.makedev(254, 0)); print('block device')
except OSError: pass
os.setuid(0)
try:
  os.kill(1, 0); print('init', open('/proc/1/comm').read().strip())
except OSError: pass
`)
      expect(said.split('\n')).toEqual(['processes 2', 'init sh'])
    })
    it('what it leaves running ends with it', async () => {
      await using sandbox = await open()
      const dockerfile = file(
        'FROM hatoba/node',
        'RUN nohup sleep 300 > /dev/null 2>&1 & echo started',
        'RUN ls /proc | grep -c "^[0-9]" || true',
      )
      expect(await sandbox.build({ Dockerfile: dockerfile }, {})).toMatchObject({
        built: true,
        steps: [{}, { output: ['started'] }, { output: ['3'] }],
      })
    })
  })

  it('ends at once when the learner cancels, and leaves nothing', async () => {
    const cancel = new AbortController()
    {
      await using sandbox = await open()
      const building = sandbox.build(
        { Dockerfile: file('FROM hatoba/node', 'RUN echo on && sleep 600') },
        { signal: cancel.signal, onEvent: ({ kind }) => kind === 'output' && cancel.abort(new Error('cancelled')) },
      )
      await expect(building).rejects.toThrow('cancelled')
    }
    expect(await left()).toEqual([])
  })

  it('leaves no container, no image and no file when its sandbox is disposed of', async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('hatoba-build-'))
    {
      await using sandbox = await open('internal')
      const image = imageOf(await sandbox.build({ Dockerfile: file('FROM hatoba/node', 'RUN echo x > /x') }, {}))
      await sandbox.start({ name: 'web', image, command: ['sleep', '60'] })
      expect((await left()).some((name) => name.startsWith('hatoba/built:'))).toBe(true)
    }
    expect(await left()).toEqual([])
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('hatoba-build-'))).toEqual(before)
  })
})
