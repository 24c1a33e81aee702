import type { FoundFile, LimitName, Process } from '../contract.ts'
import { WORK } from './program.ts'

/** Reads the kernel's view from inside the container's own process namespace; its root cannot be written, so the tools are ours. */
export const READ_PROCESSES = ['/bin/sh', '-c', 'grep -aHE "^(PPid|SigIgn|SigCgt):" /proc/[0-9]*/status; grep -aH "" /proc/[0-9]*/cmdline']

const SIGTERM_BIT = 1n << 14n

/** The lines of `READ_PROCESSES` as processes, without those that the reading itself started. Pure. */
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

/** Looks from inside the container, whose root cannot be written, so the tool is ours; never through a link. */
export const LIST_FILES = ['/usr/bin/find', '-P', WORK, '/tmp', '-xdev', '-type', 'f', '-printf', '%s %p\\0']

/** The entries of `LIST_FILES`. Pure. */
export const toFiles = (text: string): readonly FoundFile[] =>
  text
    .split('\0')
    .map((entry) => /^(\d+) (.+)$/s.exec(entry))
    .flatMap((found) => (found ? [{ path: found[2] ?? '', bytes: Number(found[1]) }] : []))
    .sort((a, b) => (a.path < b.path ? -1 : 1))

/** What a running container stands at: the processes it was refused, and the room in its working directory. */
export const LOOK_AT_LIMITS = [
  '/bin/sh',
  '-c',
  [
    'for file in /sys/fs/cgroup/pids/pids.events /sys/fs/cgroup/pids.events; do',
    '  while read -r what times; do [ "$what" = max ] && [ "$times" -gt 0 ] && echo pids; done < "$file"',
    'done 2> /dev/null',
    `[ "$(df -k --output=avail ${WORK} | tail -n 1)" -lt 8 ] && echo disk`,
  ].join('\n'),
]

/** The lines of `LOOK_AT_LIMITS`. Pure. */
export const toMet = (text: string): readonly LimitName[] =>
  text.split('\n').filter((line): line is 'pids' | 'disk' => line === 'pids' || line === 'disk')
