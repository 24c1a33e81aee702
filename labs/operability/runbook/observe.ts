import type { RequestRecord, SandboxContext } from '../../kit/index.ts'
import { type Ending, type Followed, follow } from './follow.ts'
import { RUNBOOK, type Runbook, readRunbook } from './form.ts'
import { type Night, type NightName, planNights } from './night.ts'
import { openShop } from './system.ts'

/** The files that the learner owns, and who can be called. */
export const FILES = { [RUNBOOK]: 'edit', 'contacts.yaml': 'read' } as const
type Inside = SandboxContext<typeof FILES>

/** What became of the shop in one night, with this runbook. */
export interface Morning {
  readonly night: Night
  readonly brokenAt: number
  readonly followed: readonly Followed[]
  readonly ending: Ending
  /** Customers who order after the last step, and those of them who were told yes. */
  readonly tried: number
  readonly served: number
  /** Every order that was answered, before the fault, during the night and after it. */
  readonly requests: readonly RequestRecord[]
  readonly acknowledged: number
  readonly lost: readonly string[]
}

export type Nights = Readonly<Record<NightName, Morning>>

/** Customers who come once the runbook has come to its end. */
const LATER = 4

/** Breaks four shops, each in its own way, and does in each of them what the runbook says. */
export const observe = async (inside: Inside): Promise<Nights> => {
  const { files, seed, doing } = inside
  const read = readRunbook(files[RUNBOOK])
  if ('answer' in read) throw new Error('a runbook that was refused came this far')
  doing('follow')
  const mornings = await Promise.all(planNights(seed).map((night) => spend(inside, night, read.runbook)))
  doing('count')
  return Object.fromEntries(mornings.map((morning) => [morning.night.name, morning])) as Record<NightName, Morning>
}

const spend = async (inside: Inside, night: Night, runbook: Runbook): Promise<Morning> => {
  const shop = await openShop(inside, night)
  const { followed, ending } = await follow(runbook, shop.carryOut)
  // Who calls somebody hands over what is broken; whether it still is, is not asked then.
  const later = ending.how === 'done' ? await shop.order(LATER) : []
  const lost = await shop.lost()
  return {
    night,
    brokenAt: shop.brokenAt,
    followed,
    ending,
    tried: ending.how === 'done' ? LATER : 0,
    served: later.filter(({ status }) => status === 201).length,
    requests: shop.answered,
    acknowledged: shop.answered.filter(({ status }) => status === 201).length,
    lost,
  }
}
