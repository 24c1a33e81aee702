import type { Socket } from 'node:net'
import type { Container } from 'dockerode'
import type { Process } from '../contract.ts'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'

const SIGTERM_BIT = 1n << 14n

/** Reads the kernel's view from inside the container's own process namespace; its root cannot be written, so the tools are ours. */
const READ = ['/bin/sh', '-c', 'grep -aHE "^(PPid|SigIgn|SigCgt):" /proc/[0-9]*/status; grep -aH "" /proc/[0-9]*/cmdline']

/** Runs a program of ours beside those of a container, with its limits: what it printed; undefined when the container has ended. */
export const runInside = async (engine: Engine, container: Container, command: readonly string[]): Promise<string | undefined> => {
  const socket = await engine.unless([404, 409], 'look into a container', async () => {
    const exec = await container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: false })
    return (await exec.start({ hijack: true, stdin: false })) as unknown as Socket
  })
  if (!socket) return undefined
  const parts: Buffer[] = []
  const read = async () => {
    for await (const { stream, bytes } of demux(socket)) if (stream === 'stdout') parts.push(bytes)
  }
  await engine.call('tell what a container has to say', read)
  return Buffer.concat(parts).toString('utf8')
}

/** What runs in a container, PID 1 first; nothing when it does not run any more. */
export const listProcesses = async (engine: Engine, container: Container): Promise<readonly Process[]> =>
  toProcesses((await runInside(engine, container, READ)) ?? '')

/** The lines of `READ` as processes, without those that the reading itself started. Pure. */
export const toProcesses = (text: string): readonly Process[] => {
  const fields = new Map<number, Record<string, string>>()
  for (const line of text.split('\n')) {
    const [, pid, file, rest = ''] = /^\/proc\/(\d+)\/(status|cmdline):(.*)$/s.exec(line) ?? []
    if (pid === undefined) continue
    const process = fields.get(Number(pid)) ?? {}
    fields.set(Number(pid), process)
    if (file === 'cmdline') process['command'] = [process['command'], rest.replaceAll('\0', ' ').trim()].filter(Boolean).join(' ')
    else {
      const [name = '', value = ''] = rest.split(':\t')
      process[name] = value
    }
  }
  const isOurs = (pid: number): boolean => {
    const parent = Number(fields.get(pid)?.['PPid'] ?? 0)
    return pid !== 1 && (parent === 0 || isOurs(parent))
  }
  return [...fields]
    .filter(([pid]) => !isOurs(pid))
    .sort(([a], [b]) => a - b)
    .map(([pid, { PPid, command = '', SigIgn, SigCgt }]) => ({
      pid,
      parent: Number(PPid),
      command,
      onSigterm: has(SigCgt) ? 'handled' : has(SigIgn) ? 'ignored' : 'default',
    }))
}

const has = (mask = '0'): boolean => (BigInt(`0x${mask}`) & SIGTERM_BIT) !== 0n
