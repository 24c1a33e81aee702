import type { LogLine } from '../../kit/index.ts'

/** A line of the log that is a JSON object, and where it stands. */
export interface LoggedEvent {
  readonly line: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** What is wrong with a line that is no event as agreed. */
export interface BadLine {
  readonly line: number
  readonly why: 'json' | 'time' | 'level'
  readonly text: string
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** The level that a line means, however it is written; undefined when it is none that was agreed on. */
export const levelOf = ({ fields }: LoggedEvent): string | undefined => {
  const level = String(fields['level'] ?? '').toLowerCase()
  return LEVELS.find((known) => known === level || (known === 'warn' && level === 'warning'))
}

const isMoment = (time: unknown): boolean =>
  typeof time === 'number' ? time > 0 : typeof time === 'string' && !Number.isNaN(Date.parse(time))

/** Reads a log line by line: the events, and the lines that are none. */
export const readEvents = (log: readonly LogLine[]): { readonly events: readonly LoggedEvent[]; readonly bad: readonly BadLine[] } => {
  const events: LoggedEvent[] = []
  const bad: BadLine[] = []
  for (const [line, { text }] of log.entries()) {
    const fields = objectIn(text)
    if (fields === undefined) {
      bad.push({ line, why: 'json', text })
      continue
    }
    const event = { line, fields }
    events.push(event)
    if (!isMoment(fields['time'])) bad.push({ line, why: 'time', text })
    else if (levelOf(event) === undefined) bad.push({ line, why: 'level', text })
  }
  return { events, bad }
}

const objectIn = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
