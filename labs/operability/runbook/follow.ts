import type { At } from '../../kit/index.ts'
import type { Command, Contact, Runbook, RunbookStep, Way } from './form.ts'

/** One step as it was carried out. */
export interface Followed {
  readonly step: string
  readonly command: Command
  readonly answer: string
  readonly expect?: string
  readonly met: boolean
  readonly next: string
  readonly at: Required<At>
  /** When the tool had answered. */
  readonly answeredAt: number
}

/** How following it came to an end. */
export type Ending =
  | { readonly how: 'done' }
  | { readonly how: 'called'; readonly who: Contact }
  | { readonly how: 'gave-up'; readonly who: Contact }
  /** The answer was another than hoped for, and the runbook says nothing about that. */
  | { readonly how: 'stuck' }
  /** It would have gone on until somebody took it out of the hands of whoever follows it. */
  | { readonly how: 'circles' }

/** Who comes to the same step so often goes in a circle. */
export const MOST_TIMES = 4

/** Does what the runbook says, and nothing else: no step is left out, none is understood as it may have been meant. */
export const follow = async (
  { steps, giveUp }: Runbook,
  carryOut: (command: Command) => Promise<string>,
): Promise<{ readonly followed: readonly Followed[]; readonly ending: Ending }> => {
  const followed: Followed[] = []
  let current = steps[0]
  while (current !== undefined) {
    if (giveUp !== undefined && followed.length >= giveUp.after) return { followed, ending: { how: 'gave-up', who: giveUp.call } }
    const step: RunbookStep = current
    if (followed.filter((earlier) => earlier.step === step.name).length >= MOST_TIMES) return { followed, ending: { how: 'circles' } }
    const answer = await carryOut(step.command)
    const met = step.expect === undefined || answer.includes(step.expect)
    const way: Way | undefined = met ? step.next : step.otherwise
    followed.push({
      step: step.name,
      command: step.command,
      answer,
      ...(step.expect === undefined ? {} : { expect: step.expect }),
      met,
      next: way === undefined ? '?' : named(way),
      at: step.at,
      answeredAt: Date.now(),
    })
    if (way === undefined) return { followed, ending: { how: 'stuck' } }
    if (way.to === 'done') return { followed, ending: { how: 'done' } }
    if (way.to === 'call') return { followed, ending: { how: 'called', who: way.who } }
    current = steps.find(({ name }) => name === way.name)
  }
  throw new Error('a step that was looked up when the runbook was read is gone')
}

const named = (way: Way): string => (way.to === 'step' ? way.name : way.to === 'call' ? `call ${way.who}` : 'done')
