import { describe, expect, it } from 'vitest'
import type { ExecOptions } from '../../runner/sandbox/contract.ts'
import { python, type Suite, text } from './suite.ts'

/** Programs that run to their end: what they are given, what stops them, and the files between them and us. */
export const describePrograms = ({ driver, open, using, withPower }: Suite): void => {
  describe('running a program', () => {
    const exec = async (command: readonly string[], options: ExecOptions = {}) => {
      await using sandbox = await open()
      return await sandbox.exec(command, options)
    }

    it('is ready', async () => {
      expect(await driver().probe()).toMatchObject({ ready: true })
    })

    it('tells stdout, stderr and the exit code apart', async () => {
      const { stdout, stderr, ended } = await exec(['sh', '-c', 'echo out; echo err >&2; exit 3'])
      expect({ stdout: text(stdout), stderr: text(stderr), ended }).toEqual({
        stdout: 'out\n',
        stderr: 'err\n',
        ended: { by: 'itself', code: 3 },
      })
    })

    it('hands over bytes as they are', async () => {
      const { stdout } = await exec(python('import sys', 'sys.stdout.buffer.write(bytes(range(256)) * 500)'))
      expect(Buffer.from(stdout).equals(Buffer.from(Array.from({ length: 256 * 500 }, (_, i) => i % 256)))).toBe(true)
    })

    it('hands over text of any language whole, however it is cut on the way', async () => {
      const { stdout } = await exec(python('import sys', 'for _ in range(3000): print("波止場 ⚓ déjà", flush=True)'))
      expect(text(stdout)).toBe('波止場 ⚓ déjà\n'.repeat(3000))
    })

    it('gives the program its input to the last byte and then the end', async () => {
      const stdin = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7) % 256))
      const { stdout } = await exec(python('import sys', 'sys.stdout.buffer.write(sys.stdin.buffer.read())'), { stdin })
      expect(Buffer.from(stdout).equals(stdin)).toBe(true)
    })

    it('gives a program without input an end at once', async () => {
      const { stdout, ended } = await exec(['cat'])
      expect({ stdout: text(stdout), ended }).toEqual({ stdout: '', ended: { by: 'itself', code: 0 } })
    })

    it('sets what the lab sets in the environment and nothing of ours', async () => {
      const { stdout } = await exec(['env'], { env: { COLOUR: '藍' } })
      const names = text(stdout)
        ?.split('\n')
        .filter(Boolean)
        .map((line) => line.split('=')[0])
      expect(text(stdout)).toContain('COLOUR=藍\n')
      expect(names?.filter((name) => /hatoba|docker|node_/i.test(name ?? ''))).toEqual([])
    })

    it('reports a program that does not exist as that program’s failure', async () => {
      expect((await exec(['no-such-program'])).ended).toEqual({ by: 'itself', code: 127 })
    })

    it('names the signal that ended a program', async () => {
      expect((await exec(python('import os', 'os.abort()'))).ended).toEqual({ by: 'signal', signal: 'SIGABRT' })
    })

    it('ends what a program left running', async () => {
      const { ended, ms } = await exec(['sh', '-c', 'setsid sleep 60 & exit 0'])
      expect(ended).toEqual({ by: 'itself', code: 0 })
      expect(ms).toBeLessThan(30_000)
    })

    it('ends by us when the signal is aborted, leaving nothing', async () => {
      await using sandbox = await open()
      const abort = new AbortController()
      const running = sandbox.exec(['sleep', '60'], { signal: abort.signal, limits: { wallSeconds: 60 } })
      setTimeout(() => abort.abort(new Error('the learner left')), 500)
      await expect(running).rejects.toThrow('the learner left')
      expect((await sandbox.exec(['true'])).ended).toEqual({ by: 'itself', code: 0 })
    })
  })

  describe('limits', () => {
    const limited = async (command: readonly string[], limits: ExecOptions['limits']) => {
      await using sandbox = await open()
      return await sandbox.exec(command, limits ? { limits } : {})
    }

    it('the clock ends a program that sleeps', async () => {
      expect((await limited(['sleep', '60'], { wallSeconds: 1 })).ended).toEqual({ by: 'limit', limit: 'time', allowed: 1, unit: 's' })
    })

    it('the clock ends a program that ignores every signal it can', async () => {
      const stubborn = python('import signal, time', 'for s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)', 'time.sleep(60)')
      expect((await limited(stubborn, { wallSeconds: 1 })).ended).toMatchObject({ by: 'limit', limit: 'time' })
    })

    it('endless output without a line end is cut at the byte', async () => {
      const { stdout, stderr, ended } = await limited(python('import sys', 'while True: sys.stdout.write("a" * 65536)'), {
        outputKiB: 100,
      })
      expect(ended).toEqual({ by: 'limit', limit: 'output', allowed: 100, unit: 'KiB' })
      expect(stdout.length + stderr.length).toBe(100 * 1024)
    })

    withPower('memory-limit', 'a program that takes memory ends as exhausted memory', async () => {
      const { ended } = await limited(python('kept = []', 'while True: kept.append(bytearray(b"x" * 10_000_000))'), { memoryMiB: 64 })
      expect(ended).toEqual({ by: 'limit', limit: 'memory', allowed: 64, unit: 'MiB' })
    })

    withPower('memory-limit', 'a child that takes memory ends as exhausted memory', async () => {
      const { ended } = await limited(['sh', '-c', 'python3 -c "x = bytearray(b\\"x\\" * 300_000_000)"; exit $?'], { memoryMiB: 64 })
      expect(ended).toMatchObject({ by: 'limit', limit: 'memory' })
    })

    withPower('pids-limit', 'a fork bomb ends as exhausted processes', async () => {
      const { ended } = await limited(python('import os', 'while True: os.fork()'), { pids: 24, wallSeconds: 5 })
      expect(ended).toEqual({ by: 'limit', limit: 'pids', allowed: 24, unit: 'processes' })
    })

    withPower('pids-limit', 'a fork bomb that hides its errors ends as exhausted processes', async () => {
      const bomb = python('import os, time', 'while True:', '  try: os.fork()', '  except OSError: time.sleep(0.01)')
      expect((await limited(bomb, { pids: 24, wallSeconds: 2 })).ended).toMatchObject({ by: 'limit', limit: 'pids' })
    })

    withPower('pids-limit', 'processes that were refused are named before the memory that the others then take', async () => {
      const bomb = python(
        'import os, sys, time',
        'children = 0',
        'while True:',
        '  try: child = os.fork()',
        '  except OSError: break',
        '  if child == 0: time.sleep(0.5); big = bytearray(b"x" * 30_000_000); time.sleep(0.5); os._exit(0)',
        '  children += 1',
        'ends = [os.wait()[1] for _ in range(children)]',
        'print("killed" if any(ends) else "nobody was killed")',
        'sys.exit(1)',
      )
      const { ended, stdout } = await limited(bomb, { pids: 24, memoryMiB: 64, wallSeconds: 10 })
      expect(text(stdout)).toBe('killed\n')
      expect(ended).toMatchObject({ by: 'limit', limit: 'pids' })
    })

    withPower('disk-limit', 'a file beyond its largest size ends as exhausted disk', async () => {
      const { ended } = await limited(['sh', '-c', 'head -c 20000000 /dev/zero > big'], { fileMiB: 1 })
      expect(ended).toEqual({ by: 'limit', limit: 'disk', allowed: 1, unit: 'MiB' })
    })

    withPower('disk-limit', 'the working directory and /tmp have a size', async () => {
      const fill =
        'i=0; while head -c 1000000 /dev/zero > $1/$i 2>/dev/null; do i=$((i+1)); [ $i -gt 200 ] && exit 9; done; echo full after $i'
      for (const place of ['.', '/tmp']) {
        await using sandbox = await open({ limits: { diskMiB: 8 } })
        const { stdout } = await sandbox.exec(['sh', '-c', fill, 'sh', place])
        expect(text(stdout), place).toMatch(/^full after [78]\n$/)
      }
    })
  })

  describe('files', () => {
    it('written are there for programs, scripts can be run, folders appear', () =>
      using({}, async (sandbox) => {
        await sandbox.write({ 'a/b/c.txt': '深い', 'run.sh': '#!/bin/sh\ncat a/b/c.txt\n', 'raw.bin': new Uint8Array([0, 255, 10]) })
        expect(text((await sandbox.exec(['./run.sh'])).stdout)).toBe('深い')
        expect(await sandbox.read('raw.bin')).toEqual(new Uint8Array([0, 255, 10]))
      }))

    it('that a program made can be read after it ended, and seen by the next program', () =>
      using({}, async (sandbox) => {
        await sandbox.exec(['sh', '-c', 'mkdir out; echo made > out/file'])
        expect(text(await sandbox.read('out/file'))).toBe('made\n')
        expect(text((await sandbox.exec(['cat', 'out/file'])).stdout)).toBe('made\n')
      }))

    it('that are not there, folders, links and pipes read as nothing', () =>
      using({}, async (sandbox) => {
        await sandbox.exec(['sh', '-c', 'mkdir d; echo x > d/x; ln -s /etc/passwd link; ln -s /etc dir; ln -s d/x near; mkfifo pipe'])
        for (const path of ['absent', 'd', 'link', 'dir/passwd', 'near', 'pipe', '../etc/passwd', '/etc/passwd', 'd/../d/x', '']) {
          expect(await sandbox.read(path), path).toBeUndefined()
        }
      }))

    it('are never written through a link', () =>
      using({}, async (sandbox) => {
        await sandbox.exec(['sh', '-c', 'mkdir real; ln -s real d; echo before > target; ln -s target file'])
        await sandbox.write({ 'd/x': 'new', file: 'new' })
        expect(text(await sandbox.read('target'))).toBe('before\n')
        expect(await sandbox.read('real/x')).toBeUndefined()
        expect(text(await sandbox.read('d/x'))).toBe('new')
        expect(text(await sandbox.read('file'))).toBe('new')
      }))

    it('with a path that leaves the working directory are refused', () =>
      using({}, async (sandbox) => {
        for (const path of ['../x', '/x', 'a/../../x', 'a\0b', '']) await expect(sandbox.write({ [path]: 'x' })).rejects.toThrow(TypeError)
      }))

    withPower('private-files', 'of one sandbox are not in another', async () => {
      await using first = await open()
      await using second = await open()
      await first.exec(['sh', '-c', 'echo mine > mine; echo mine > /tmp/mine; echo mine > /dev/shm/mine'])
      const { stdout } = await second.exec(['sh', '-c', 'ls /work /tmp /dev/shm | grep mine'])
      expect(text(stdout)).toBe('')
    })
  })
}
