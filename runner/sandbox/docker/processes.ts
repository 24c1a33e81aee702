import type { Socket } from 'node:net'
import type { Container, Exec } from 'dockerode'
import { unlessAborted } from '../abortable.ts'
import { READ_PROCESSES, toProcesses } from '../container/look.ts'
import type { Abortable, InsideResult, Process } from '../contract.ts'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'

/** Runs a program of ours beside those of a container, with its limits: what it printed; undefined when the container has ended. */
export const runInside = async (engine: Engine, container: Container, command: readonly string[]): Promise<string | undefined> =>
  (await runWhole(engine, container, command, Number.POSITIVE_INFINITY))?.stdout.toString('utf8')

const KEPT_BYTES = 64 * 1024

/** Runs a program in a container as its own user: how it ended and the first of what it printed. */
export const inside = async (
  engine: Engine,
  container: Container,
  command: readonly string[],
  { signal }: Abortable,
): Promise<InsideResult | undefined> => {
  const done = await unlessAborted(runWhole(engine, container, command, KEPT_BYTES), signal)
  if (done === undefined) return undefined
  const { ExitCode } = await engine.call('look at a program inside a container', () => done.exec.inspect())
  return { code: ExitCode ?? KILLED, stdout: done.stdout }
}
/** The container ended under it. */
const KILLED = 137

const runWhole = async (
  engine: Engine,
  container: Container,
  command: readonly string[],
  most: number,
): Promise<{ readonly exec: Exec; readonly stdout: Buffer } | undefined> => {
  const running = await engine.unless([404, 409], 'look into a container', async () => {
    const exec = await container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: false })
    return { exec, socket: (await exec.start({ hijack: true, stdin: false })) as unknown as Socket }
  })
  if (!running) return undefined
  const parts: Buffer[] = []
  let left = most
  const read = async () => {
    for await (const { stream, bytes } of demux(running.socket)) {
      if (stream !== 'stdout' || left === 0) continue
      parts.push(bytes.subarray(0, left))
      left = Math.max(0, left - bytes.length)
    }
  }
  await engine.call('tell what a container has to say', read)
  return { exec: running.exec, stdout: Buffer.concat(parts) }
}

/** What runs in a container, PID 1 first; nothing when it does not run any more. */
export const listProcesses = async (engine: Engine, container: Container): Promise<readonly Process[]> =>
  toProcesses((await runInside(engine, container, READ_PROCESSES)) ?? '')
