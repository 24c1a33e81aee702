import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { Fault } from '../fault.ts'
import type { Engine } from '../sandbox/docker/engine.ts'
import { PROGRAM } from './programs.ts'

/** Those of the lab `hello`. */
const LIMITS = { memoryMiB: 64, pids: 32, cpus: 1 } as const

const CONFINED = {
  ReadonlyRootfs: true,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  Memory: LIMITS.memoryMiB * 2 ** 20,
  MemorySwap: LIMITS.memoryMiB * 2 ** 20,
  PidsLimit: LIMITS.pids,
  NanoCpus: LIMITS.cpus * 1e9,
  LogConfig: { Type: 'none', Config: {} },
}

/** Runs a command to its end; milliseconds from before the spawn. */
export const run = async (
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly ms: number; readonly code: number | null; readonly out: string }> => {
  const began = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment } })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.resume()
  const [code] = (await once(child, 'close')) as [number | null]
  return { ms: performance.now() - began, code, out }
}

/** The same for a program that must print `hello`. */
const timed = async (command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<number> => {
  const { ms, out } = await run(command, args, environment)
  if (out !== 'hello\n') throw new Fault('internal', `the baseline ${command} printed ${JSON.stringify(out)}`)
  return ms
}

/** What people do without Hatoba: one `docker run` for each submission, with the same limits. */
export const dockerRun =
  (image: string, host: string, path: string, program: string = PROGRAM.hello) =>
  (): Promise<number> =>
    timed(
      'docker',
      [
        '--host',
        host,
        'run',
        '--rm',
        '--network',
        'none',
        '--read-only',
        '--cap-drop',
        'ALL',
        '--security-opt',
        'no-new-privileges',
        '--user',
        '10001:10001',
        '--memory',
        `${LIMITS.memoryMiB}m`,
        '--memory-swap',
        `${LIMITS.memoryMiB}m`,
        '--pids-limit',
        String(LIMITS.pids),
        '--cpus',
        String(LIMITS.cpus),
        '--tmpfs',
        '/tmp:size=16m',
        image,
        'python3',
        '-c',
        program,
      ],
      { PATH: path },
    )

/**
 * The floor: the same program as a child process, without any sandbox. Debian's interpreter, as in the lab image, where it is
 * there; else the real one behind whatever shim answers to its name.
 */
export const unsandboxed = (path: string, program: string = PROGRAM.hello): (() => Promise<number>) => {
  const asked = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'
  const real = execFileSync(asked, ['-c', 'import sys; print(sys.executable)'], { env: { PATH: path }, encoding: 'utf8' }).trim()
  return () => timed(real, ['-c', program], { PATH: path })
}

/** The honest best of "a fresh container each": the engine's API, with its slow network set-up switched off. */
export const engineApi =
  (engine: Engine, image: string, program: string = PROGRAM.hello) =>
  async (): Promise<number> => {
    const began = performance.now()
    const container = await engine.docker.createContainer({
      Image: image,
      Cmd: ['python3', '-c', program],
      User: '10001:10001',
      NetworkDisabled: true,
      AttachStdout: true,
      HostConfig: { ...CONFINED, Tmpfs: { '/tmp': 'size=16m' } },
    })
    const stream = await container.attach({ stream: true, stdout: true })
    const out = new PassThrough()
    container.modem.demuxStream(stream, out, new PassThrough())
    let text = ''
    out.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    const exit = container.wait({ condition: 'next-exit' })
    await container.start()
    await exit
    await container.remove({ force: true })
    if (text !== 'hello\n') throw new Fault('internal', `the baseline of the engine's API printed ${JSON.stringify(text)}`)
    return performance.now() - began
  }

/** A container that waits with the limits of the lab and the strictest walls, as `docker run` would leave one. */
export const idleContainer = async (
  engine: Engine,
  image: string,
): Promise<{ readonly id: string; readonly remove: () => Promise<void> }> => {
  const container = await engine.docker.createContainer({
    Image: image,
    Cmd: ['sleep', '3600'],
    User: '10001:10001',
    NetworkDisabled: true,
    HostConfig: { ...CONFINED, Tmpfs: { '/tmp': 'size=16m' } },
  })
  await container.start()
  return { id: container.id, remove: () => container.remove({ force: true }) }
}
