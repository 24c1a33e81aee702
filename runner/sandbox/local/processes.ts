import { readFileSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import type { Process } from '../contract.ts'

const SIGTERM_BIT = 1n << 14n
const PAGE = 4096
/** What every Linux reports times in. */
const TICKS_PER_SECOND = 100

/** A process that can be told from a later one of the same number. */
export interface Identified {
  readonly pid: number
  readonly startTime: string
}

/** When the process began, in the kernel's own count; undefined when there is none (or only its corpse). */
export const startTimeOf = (pid: number): string | undefined => {
  try {
    const fields = afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

export const isAlive = ({ pid, startTime }: Identified): boolean => startTimeOf(pid) === startTime

/** The fields of /proc/PID/stat after the name, which may hold anything. */
const afterName = (stat: string): readonly string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ')

/** What one sandbox's program and its descendants are found by. */
export type Group = { readonly kind: 'namespace'; readonly of: string } | { readonly kind: 'session'; readonly of: number }

/** The group that a program belongs to: its process namespace where it has its own, else its session. */
export const groupOf = async (pid: number, walled: boolean): Promise<Group> =>
  walled ? { kind: 'namespace', of: await readlink(`/proc/${pid}/ns/pid`) } : { kind: 'session', of: pid }

/** The processes of a group, as this machine numbers them. */
export const membersOf = async (group: Group): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const belongs = await Promise.all(pids.map((pid) => isMember(pid, group)))
  return pids.filter((_, index) => belongs[index])
}

const isMember = async (pid: number, group: Group): Promise<boolean> => {
  try {
    if (group.kind === 'namespace') return (await readlink(`/proc/${pid}/ns/pid`)) === group.of
    return Number(afterName(await readFile(`/proc/${pid}/stat`, 'utf8'))[3]) === group.of
  } catch {
    return false
  }
}

/** What a group uses together. */
export const usageOf = async (group: Group): Promise<{ readonly memoryMiB: number; readonly cpuSeconds: number }> => {
  const stats = await Promise.all((await membersOf(group)).map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  const fields = stats.filter((stat) => stat !== '').map(afterName)
  const sum = (...indexes: readonly number[]): number =>
    fields.reduce((total, each) => total + indexes.reduce((part, index) => part + Number(each[index]), 0), 0)
  return { memoryMiB: (sum(21) * PAGE) / 2 ** 20, cpuSeconds: sum(11, 12, 13, 14) / TICKS_PER_SECOND }
}

/** What runs in a group, first process first, numbered as its members see it. */
export const listProcesses = async (group: Group): Promise<readonly Process[]> => {
  const read = await Promise.all(
    (await membersOf(group)).map(async (pid) => ({
      pid,
      status: await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
      command: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    })),
  )
  const alive = read.filter(({ status }) => status !== '' && !/^State:\s+Z/m.test(status))
  const inside = new Map(
    alive.map(({ pid, status }) => [
      pid,
      Number(
        field(status, group.kind === 'namespace' ? 'NSpid' : 'Pid')
          .split(/\s+/)
          .at(-1),
      ),
    ]),
  )
  return alive
    .map(({ pid, status, command }): Process => {
      const caught = has(field(status, 'SigCgt'))
      return {
        pid: inside.get(pid) ?? pid,
        parent: inside.get(Number(field(status, 'PPid'))) ?? 0,
        command: command.replaceAll('\0', ' ').trim(),
        onSigterm: caught ? 'handled' : has(field(status, 'SigIgn')) ? 'ignored' : 'default',
      }
    })
    .sort((a, b) => a.pid - b.pid)
}

const field = (status: string, name: string): string => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '0'

const has = (mask: string): boolean => (BigInt(`0x${mask}`) & SIGTERM_BIT) !== 0n

/** Whether something listens on this port in the network that the process sees. */
export const isListening = async (pid: number | 'self', port: number): Promise<boolean> => {
  const wanted = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ 0A `)
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')))
  return tables.some((table) => table.split('\n').some((line) => wanted.test(line)))
}
