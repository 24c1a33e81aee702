import { LabError } from '../../labs/kit/catalogue.ts'
import { EnvironmentError } from '../environment.ts'
import { Fault } from '../fault.ts'
import { CLIError } from './cli-error.ts'
import { Complaint } from './complaint.ts'

/** How a command that did not do its work ends: what is printed, and the exit code. */
export interface Failure {
  readonly lines: readonly string[]
  readonly code: number
}

/** Any thrown value as one sentence and its fix. Only a defect of ours shows a stack. */
export const failureOf = (thrown: unknown): Failure => {
  // What was being done says more than what failed while it was cleared away.
  if (thrown instanceof SuppressedError) return failureOf(thrown.suppressed)
  if (isAbort(thrown)) return { lines: ['stopped'], code: 130 }
  if (thrown instanceof Complaint) return { lines: [`${thrown.message} ${thrown.fix}`], code: 1 }
  if (thrown instanceof LabError) return { lines: [`A lab contradicts itself. ${thrown.message}`], code: 1 }
  if (thrown instanceof EnvironmentError) return { lines: [thrown.message], code: 1 }
  if (CLIError.is(thrown)) return { lines: [`${plain(thrown.message)}. \`hatoba --help\` shows the commands.`], code: 1 }
  const known = ofSystem(thrown)
  if (known) return { lines: [`${known.message} ${known.fix}`], code: 1 }
  const fault = Fault.from(thrown)
  if (fault.code === 'store.locked') return { lines: [`The data folder is in use. ${fault.fix}`], code: 1 }
  if (fault.code !== 'internal') return { lines: [`${sentence(fault.message)} ${fault.fix}`], code: 1 }
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  return { lines: ['This is a defect of Hatoba. Please report the lines below.', stack], code: 1 }
}

/** What the operating system refuses and a person can put right. */
const ofSystem = (thrown: unknown): Complaint | undefined => {
  for (
    let error = thrown as NodeJS.ErrnoException | undefined;
    error instanceof Error;
    error = error.cause as NodeJS.ErrnoException | undefined
  ) {
    const { code, path, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string }
    if (code === 'EADDRINUSE') return portTaken(address ?? 'this machine', port ?? 0)
    if (code === 'ENOSPC') return new Complaint('The disk is full.', 'Free some space (`hatoba doctor` shows where), then start again.')
    if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
      if (path !== undefined) return new Complaint(`${path} cannot be written by this account.`, 'Choose another data folder with --data.')
      if (port !== undefined) return new Complaint(`This account may not listen on port ${port}.`, 'Choose a port above 1023 with --port.')
    }
    if (code === 'EADDRNOTAVAIL') return new Complaint(`${address} is not an address of this machine.`, 'Choose another with --host.')
  }
  return undefined
}

export const portTaken = (host: string, port: number): Complaint =>
  new Complaint(
    `Port ${port} on ${host} is taken by another program.`,
    `Stop that program, or choose another port: hatoba up --port ${port + 1}`,
  )

const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError'

const sentence = (text: string): string => {
  const whole = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: citty colours its messages.
const plain = (text: string): string => text.replace(/\u001b\[\d+m/g, '')
