import { z } from 'zod'
import { type Answer, type At, readForm, reject } from '../../kit/index.ts'

export const RUNBOOK = 'runbook.yaml'
export const CONTACTS = ['orders', 'database', 'platform'] as const
export type Contact = (typeof CONTACTS)[number]

/** Everything that the tools of this place can do. */
export const COMMANDS = [
  'health',
  'order',
  'store',
  'disk',
  'version',
  'replica',
  'restart orders',
  'restart store',
  'clear exports',
  'roll back',
  'promote replica',
] as const
export type Command = (typeof COMMANDS)[number]

const word = z.union([z.string(), z.number()]).transform(String)
const step = z.strictObject({ do: z.string(), expect: word.optional(), next: z.string(), otherwise: z.string().optional() })
const schema = z.strictObject({
  'give-up': z.strictObject({ after: z.number().int().min(1).max(50), call: z.enum(CONTACTS) }).optional(),
  steps: z.record(z.string(), step),
})

/** Where a step leads: to another, to the end, or to somebody's telephone. */
export type Way = { readonly to: 'step'; readonly name: string } | { readonly to: 'done' } | { readonly to: 'call'; readonly who: Contact }

export interface RunbookStep {
  readonly name: string
  readonly command: Command
  /** Part of the answer that is hoped for; without it any answer will do. */
  readonly expect?: string
  readonly next: Way
  /** Absent: the runbook does not say. */
  readonly otherwise?: Way
  readonly at: Required<At>
}

export interface Runbook {
  /** In the order of the file; whoever follows it begins with the first. */
  readonly steps: readonly RunbookStep[]
  readonly giveUp?: { readonly after: number; readonly call: Contact }
}

/** The runbook as somebody would follow it; or what cannot be followed. */
export const readRunbook = (text: string): { readonly runbook: Runbook } | { readonly answer: Answer } => {
  const read = readForm(RUNBOOK, text, schema)
  if ('answer' in read) return read
  const { value, at } = read.form
  const names = Object.keys(value.steps)
  if (names.length === 0) return { answer: reject('no-steps', {}, { at: at(['steps'], 'key') }) }
  const wayOf = (target: string): Way | undefined => {
    if (target === 'done') return { to: 'done' }
    const who = CONTACTS.find((contact) => target === `call ${contact}`)
    if (who !== undefined) return { to: 'call', who }
    return names.includes(target) ? { to: 'step', name: target } : undefined
  }
  const steps: RunbookStep[] = []
  for (const [name, written] of Object.entries(value.steps)) {
    const command = COMMANDS.find((known) => known === written.do.trim())
    if (command === undefined) return { answer: reject('command', { step: name, says: written.do }, { at: at(['steps', name, 'do']) }) }
    const [next, otherwise] = [wayOf(written.next), written.otherwise === undefined ? undefined : wayOf(written.otherwise)]
    if (next === undefined) return { answer: reject('nowhere', { step: name, says: written.next }, { at: at(['steps', name, 'next']) }) }
    if (written.otherwise !== undefined && otherwise === undefined)
      return { answer: reject('nowhere', { step: name, says: written.otherwise }, { at: at(['steps', name, 'otherwise']) }) }
    const { expect } = written
    steps.push({
      name,
      command,
      ...(expect === undefined ? {} : { expect }),
      next,
      ...(otherwise && { otherwise }),
      at: at(['steps', name], 'key'),
    })
  }
  const giveUp = value['give-up']
  return { runbook: { steps, ...(giveUp && { giveUp }) } }
}
