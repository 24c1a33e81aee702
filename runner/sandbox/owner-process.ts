import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Everything between which process numbers mean the same: one boot of one kernel, and one process namespace of it. */
const placeOf = (): string => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}/${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''}`
  } catch {
    return `host/${encodeURIComponent(hostname())}`
  }
}

/** When a process began, in the kernel's ticks since the boot; empty where no kernel tells, undefined when there is no such process. */
const beganAt = (pid: number): string | undefined => {
  try {
    // The name, the second field, may hold anything, so fields count from behind it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // One that has ended stays in the list until its parent has looked.
    return 'ZX'.includes(state) ? undefined : (rest[18] ?? '')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return undefined
  }
  try {
    process.kill(pid, 0)
    return ''
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH' ? undefined : ''
  }
}

let known: string | undefined

/** This process as no other process ever was: for the labels of what it makes. */
export const thisProcess = (): string => (known ??= `${placeOf()}/${process.pid}/${beganAt(process.pid) ?? ''}`)

/** What is known about the process that a label names. On another machine, or in another namespace, nothing is. */
export const stateOf = (owner: string | undefined): 'alive' | 'dead' | 'unknown' => {
  const [, place, pid, began] = /^(.+)\/(\d+)\/(\d*)$/.exec(owner ?? '') ?? []
  if (place === undefined || place !== placeOf()) return 'unknown'
  const now = beganAt(Number(pid))
  if (now === undefined) return 'dead'
  return began !== '' && now !== '' && began !== now ? 'dead' : 'alive'
}
