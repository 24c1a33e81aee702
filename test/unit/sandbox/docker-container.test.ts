import { describe, expect, it } from 'vitest'
import { type ContainerSpec, toContainer } from '../../../runner/sandbox/docker/container.ts'
import { toNetwork, toVolume } from '../../../runner/sandbox/docker/network.ts'
import { thisProcess } from '../../../runner/sandbox/owner-process.ts'

const owner = { instance: 'one', sandbox: 'abc', submission: 's-1', deadline: 1_800_000_000 }
const labels = {
  hatoba: 'one',
  'hatoba.sandbox': 'abc',
  'hatoba.submission': 's-1',
  'hatoba.deadline': '1800000000',
  'hatoba.process': thisProcess(),
}

const spec: ContainerSpec = {
  owner,
  role: 'service',
  image: 'hatoba/node:1',
  command: ['node', 'server.js'],
  env: { NAME: 'web' },
  limits: { wallSeconds: 10, memoryMiB: 128, cpus: 0.5, pids: 64, outputKiB: 100, openFiles: 256, diskMiB: 32, fileMiB: 16 },
  network: { name: 'hatoba-abc', hostname: 'web' },
  work: 'own',
  stdin: true,
  logs: 'local',
}

const TMPFS = 'rw,exec,nosuid,nodev,size=32m,nr_inodes=16384,mode=0755,uid=10001,gid=10001'

describe('the container request', () => {
  it('is the whole security posture', () => {
    expect(toContainer(spec)).toEqual({
      Image: 'hatoba/node:1',
      Entrypoint: [],
      Cmd: ['node', 'server.js'],
      Env: [
        'HOME=/work',
        'LANG=C.UTF-8',
        'PATH=/usr/local/bin:/usr/bin:/bin',
        'PYTHONDONTWRITEBYTECODE=1',
        'PYTHONHASHSEED=0',
        'TZ=UTC',
        'NAME=web',
      ],
      WorkingDir: '/work',
      User: '10001:10001',
      Labels: { ...labels, 'hatoba.role': 'service' },
      Healthcheck: { Test: ['NONE'] },
      StopSignal: 'SIGKILL',
      Tty: false,
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      NetworkDisabled: false,
      NetworkingConfig: { EndpointsConfig: { 'hatoba-abc': { Aliases: ['web'] } } },
      HostConfig: {
        NetworkMode: 'hatoba-abc',
        Dns: ['127.0.0.1'],
        DnsOptions: ['ndots:1', 'timeout:1', 'attempts:1'],
        DnsSearch: ['.'],
        Init: false,
        Privileged: false,
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        IpcMode: 'private',
        ShmSize: 16 * 1024 * 1024,
        Tmpfs: { '/work': TMPFS, '/tmp': TMPFS },
        Memory: 128 * 1024 * 1024,
        MemorySwap: 128 * 1024 * 1024,
        NanoCpus: 500_000_000,
        PidsLimit: 64,
        OomScoreAdj: 500,
        Ulimits: [
          { Name: 'core', Soft: 0, Hard: 0 },
          { Name: 'fsize', Soft: 16 * 1024 * 1024, Hard: 16 * 1024 * 1024 },
          { Name: 'nofile', Soft: 256, Hard: 256 },
        ],
        LogConfig: { Type: 'local', Config: { 'max-size': '8m', 'max-file': '2' } },
        RestartPolicy: { Name: 'no' },
      },
    })
  })

  it('without a network enters no network code of the engine at all', () => {
    const { network: _, ...alone } = spec
    const request = toContainer(alone)
    expect(request).toMatchObject({ NetworkDisabled: true, Hostname: 'sandbox', HostConfig: { NetworkMode: 'default' } })
    expect(request).not.toHaveProperty('NetworkingConfig')
  })

  it('mounts the sandbox’s own volume and nothing of the host', () => {
    const { HostConfig } = toContainer({ ...spec, work: { volume: 'hatoba-abc' }, logs: 'none' })
    expect(HostConfig?.Binds).toEqual(['hatoba-abc:/work:rw,nocopy'])
    expect(HostConfig?.Tmpfs).toEqual({ '/tmp': TMPFS })
    expect(HostConfig?.LogConfig).toEqual({ Type: 'none', Config: {} })
  })

  it('lets a lab build the walls of a service, and none of those around it', () => {
    const walls = { user: 0, capabilities: ['CHOWN'], gainsPrivileges: true, scratch: [{ path: '/run/x', exec: false }] } as const
    const volumes = [{ volume: 'hatoba-abc-web', path: '/work', writable: false }]
    const asUsual = toContainer({ ...spec, stdin: false }).HostConfig
    const { HostConfig, User } = toContainer({ ...spec, work: 'none', volumes, walls, stdin: false })
    expect(User).toBe('0:0')
    expect(HostConfig).toEqual({
      ...asUsual,
      CapAdd: ['CHOWN'],
      SecurityOpt: [],
      Tmpfs: { '/run/x': 'rw,noexec,nosuid,nodev,size=32m,nr_inodes=16384,mode=1777,uid=0,gid=0' },
      Binds: ['hatoba-abc-web:/work:ro,nocopy'],
      Ulimits: [...(asUsual?.Ulimits ?? []), { Name: 'sigpending', Soft: 256, Hard: 256 }, { Name: 'msgqueue', Soft: 0, Hard: 0 }],
    })
  })

  it('names the stronger runtime where one is chosen', () => {
    expect(toContainer({ ...spec, runtime: 'runsc' }).HostConfig?.Runtime).toBe('runsc')
    expect(toContainer(spec).HostConfig).not.toHaveProperty('Runtime')
  })
})

describe('what a sandbox owns beside containers', () => {
  it('is a network without a way out, on which not even the host has an address', () => {
    expect(toNetwork(owner, '10.213.0.0/27')).toEqual({
      Name: 'hatoba-abc',
      Driver: 'bridge',
      Internal: true,
      CheckDuplicate: true,
      EnableIPv6: false,
      IPAM: { Driver: 'default', Config: [{ Subnet: '10.213.0.0/27' }] },
      Options: { 'com.docker.network.bridge.inhibit_ipv4': 'true' },
      Labels: { ...labels, 'hatoba.role': 'network' },
    })
  })

  it('is a volume of memory with a size and a number of files', () => {
    expect(toVolume(owner, 8)).toEqual({
      Name: 'hatoba-abc',
      Driver: 'local',
      DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'nosuid,nodev,size=8m,nr_inodes=16384,mode=0755,uid=10001,gid=10001' },
      Labels: { ...labels, 'hatoba.role': 'files' },
    })
  })

  it('stands in the network of a holder, under the holder’s name', () => {
    const held = toContainer({ ...spec, network: { name: 'hatoba-abc', hostname: 'web', holder: 'def' } })
    expect(held).toMatchObject({ NetworkDisabled: false, HostConfig: { NetworkMode: 'container:def' } })
    for (const key of ['Hostname', 'NetworkingConfig']) expect(held).not.toHaveProperty(key)
    expect(held.HostConfig).not.toHaveProperty('Dns')
    expect(held.HostConfig).not.toHaveProperty('CapAdd')
  })

  it('that disturbs the network of another is root over that network, and over nothing else', () => {
    const { network: _none, ...alone } = spec
    const request = toContainer({ ...alone, edges: { of: 'abc' } })
    expect(request).toMatchObject({ User: '0:0', NetworkDisabled: false })
    expect(request).not.toHaveProperty('Hostname')
    expect(request.HostConfig).toMatchObject({
      NetworkMode: 'container:abc',
      CapDrop: ['ALL'],
      CapAdd: ['NET_ADMIN'],
      CpuShares: 8192,
      Privileged: false,
      ReadonlyRootfs: true,
      SecurityOpt: ['no-new-privileges'],
    })
    expect(request.HostConfig).not.toHaveProperty('Dns')
    expect(toContainer(alone).HostConfig).not.toHaveProperty('CapAdd')
    expect(toContainer({ ...alone, edges: { of: undefined } })).toMatchObject({ NetworkDisabled: true, User: '0:0' })
  })
})
