import { describe, expect, it } from 'vitest'
import {
  CAPABILITIES,
  type InsideResult,
  type Power,
  type Sandbox,
  type SandboxSpec,
  type Service,
  type Walls,
} from '../../runner/sandbox/contract.ts'

/** Tells what it may do, one word for each thing. */
const LOOK = `
import os, subprocess
def tries(name, what):
    try: print(name, 'yes' if what() is not False else 'no')
    except OSError as error: print(name, 'no')
def write(path):
    with open(path, 'w') as file: file.write('#!/bin/sh\\nexit 0\\n')
    os.chmod(path, 0o755)
def run(folder):
    write(folder + '/tool')
    return subprocess.run([folder + '/tool']).returncode == 0
def climb():
    # It waits for a password that never comes.
    with subprocess.Popen(['/usr/bin/su'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as su:
        def line(key): return next(l.split() for l in open(f'/proc/{su.pid}/status') if l.startswith(key))
        while su.poll() is None and line('State:')[1] != 'S': pass
        effective = line('Uid:')[2] if su.poll() is None else None
        su.kill()
        return effective == '0' and os.geteuid() != 0
print('user', os.geteuid(), os.getegid())
tries('etc', lambda: write('/etc/planted'))
tries('var', lambda: write('/var/tmp/planted'))
tries('work', lambda: write('/work/planted'))
tries('usr', lambda: write('/usr/bin/planted'))
tries('tmp', lambda: run('/tmp'))
tries('scratch', lambda: write('/work/scratch/file'))
tries('scratch-runs', lambda: run('/work/scratch'))
tries('open', lambda: open('/run/open/file').read() == 'for all')
tries('closed', lambda: open('/run/closed/file').read() == 'for one')
tries('mounts', lambda: write('/run/open/file'))
tries('climb', climb)
tries('watch', lambda: __import__('ctypes').CDLL(None).inotify_init() >= 0)
tries('other', lambda: os.setgid(4242))
print('bounds', next(l.split()[1] for l in open('/proc/self/status') if l.startswith('CapBnd')))
`

const CLOSED: Walls = {
  user: 10001,
  root: 'read-only',
  scratch: [{ path: '/work/scratch', exec: false }],
  capabilities: [],
  gainsPrivileges: false,
  mounts: [
    { path: '/run/open', files: { file: 'for all' }, owner: 0, mode: 0o444 },
    { path: '/run/closed', files: { file: 'for one' }, owner: 0, mode: 0o400 },
  ],
}

const textOf = (result: InsideResult | undefined): string => Buffer.from(result?.stdout ?? []).toString('utf8')

const look = async (service: Service): Promise<Record<string, string>> => {
  const result = await service.inside(['/usr/bin/python3', '-I', '-S', '-c', LOOK])
  const lines = textOf(result).trim().split('\n')
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]))
}

/** What a lab may change of the walls of a service, and what stays as it is whatever it changes. */
export const describeWalls = (open: (spec: Partial<SandboxSpec>) => Promise<Sandbox>, gaps: Partial<Record<Power, string>>): void => {
  const reason = gaps.walls
  const test = (sentence: string, run: (sandbox: Sandbox) => Promise<void>) => {
    const whole = async () => {
      await using sandbox = await open({ network: 'internal', powers: ['walls'] })
      expect(sandbox.gaps).not.toContain('walls')
      await run(sandbox)
    }
    if (reason === undefined) it(sentence, whole)
    else it.skip(`${sentence} (skipped: ${reason})`, whole)
  }
  const within = (sandbox: Sandbox, walls: Partial<Walls>): Promise<Service> =>
    sandbox.start({ name: 'walled', command: ['sleep', '60'], files: { 'own.txt': 'own' }, walls: { ...CLOSED, ...walls } })

  describe('walls of a service', () => {
    test('that are all closed leave nothing but its scratch', async (sandbox) => {
      await using service = await within(sandbox, {})
      const seen = await look(service)
      const no = ['etc', 'var', 'work', 'usr', 'tmp', 'scratch-runs', 'closed', 'mounts', 'climb', 'watch', 'other']
      expect(seen).toEqual({
        user: '10001 10001',
        scratch: 'yes',
        open: 'yes',
        bounds: '0000000000000000',
        ...Object.fromEntries(no.map((name) => [name, 'no'])),
      })
      expect(textOf(await service.inside(['cat', 'own.txt']))).toBe('own')
    })

    test('that are all open stay within the sandbox', async (sandbox) => {
      await using service = await within(sandbox, {
        user: 0,
        root: 'writable',
        scratch: [{ path: '/work/scratch', exec: true }],
        capabilities: CAPABILITIES,
        gainsPrivileges: true,
      })
      const seen = await look(service)
      const yes = ['etc', 'var', 'work', 'tmp', 'scratch', 'scratch-runs', 'open', 'closed', 'other']
      expect(seen).toEqual({
        user: '0 0',
        bounds: expect.stringMatching(/^00000000000405fb$/),
        ...Object.fromEntries(yes.map((name) => [name, 'yes'])),
        // What holds the programs, what was mounted to be read, and what is counted over the whole machine.
        ...Object.fromEntries(['usr', 'mounts', 'climb', 'watch'].map((name) => [name, 'no'])),
      })
    })

    test('open one by one', async (sandbox) => {
      const seen = async (walls: Partial<Walls>) => {
        await using service = await within(sandbox, walls)
        return await look(service)
      }
      expect(await seen({ gainsPrivileges: true })).toMatchObject({ climb: 'yes', closed: 'no', etc: 'no' })
      expect(await seen({ user: 0 })).toMatchObject({ user: '0 0', closed: 'yes', etc: 'no', other: 'no' })
      expect(await seen({ root: 'writable' })).toMatchObject({ etc: 'no', var: 'yes', work: 'no', tmp: 'yes' })
      expect(await seen({ capabilities: ['SETGID'] })).toMatchObject({ other: 'no', bounds: '0000000000000040' })
    })

    test('keep what was written while it is restarted, and bound how much', async (sandbox) => {
      await using service = await within(sandbox, { user: 0, root: 'writable' })
      expect(await service.inside(['sh', '-c', 'echo kept > /etc/kept'])).toMatchObject({ code: 0 })
      const filled = await service.inside(['sh', '-c', 'for n in 1 2 3 4 5; do head -c 8388608 /dev/zero > /opt/fill-$n || exit 28; done'])
      expect(filled).toMatchObject({ code: 28 })
      await service.restart({ graceSeconds: 0 })
      expect(textOf(await service.inside(['cat', '/etc/kept']))).toBe('kept\n')
    })

    test('that nobody can build are the lab’s fault', async (sandbox) => {
      for (const path of ['/proc/x', 'tmp', '/work/../usr', '/usr/bin', '/a:b']) {
        await expect(within(sandbox, { scratch: [{ path, exec: false }] })).rejects.toMatchObject({ code: 'lab.broken' })
      }
    })
  })
}
