import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { CannotRun } from './suite.ts'

const TICKS_PER_SECOND = 100

/** What a process of this machine holds in memory that would be free without it, in MiB. Throws `CannotRun`. */
export const proportionalMiB = (pid: number): number => {
  const kib = /^Pss:\s+(\d+) kB/m.exec(readProc(`${pid}/smaps_rollup`))?.[1]
  return Number(kib) / 1024
}

/** What it holds in memory, shared or not, in MiB. */
export const residentMiB = (pid: number): number => Number(/^VmRSS:\s+(\d+) kB/m.exec(readProc(`${pid}/status`))?.[1]) / 1024

/** Seconds of a processor that it and the children it has waited for have used. */
export const processorSeconds = (pid: number): number => {
  const stat = fieldsOf(pid)
  return [11, 12, 13, 14].reduce((sum, field) => sum + Number(stat[field]), 0) / TICKS_PER_SECOND
}

export const parentOf = (pid: number): number => Number(fieldsOf(pid)[1])

/** Processes of this name that count processes as this one does: not those inside a container. */
export const processesNamed = (name: string): readonly number[] => {
  const own = readlinkSync('/proc/self/ns/pid')
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name && readlinkSync(`/proc/${pid}/ns/pid`) === own
      } catch {
        return false
      }
    })
    .map(Number)
}

/** The fields of its stat after its name: the first is its state. */
const fieldsOf = (pid: number): readonly string[] => {
  const stat = readProc(`${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

const readProc = (path: string): string => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch (thrown) {
    throw new CannotRun(
      `The processes of the engine cannot be looked into here (${(thrown as NodeJS.ErrnoException).code ?? 'unknown'} for /proc/${path}).`,
    )
  }
}
