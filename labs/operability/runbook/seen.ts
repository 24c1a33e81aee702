import type { Evidence, MarkKind } from '../../kit/index.ts'
import type { Followed } from './follow.ts'
import type { Command } from './form.ts'
import type { Morning } from './observe.ts'

/** What whoever followed the runbook did, in order, and what the tools answered. */
export const stepsTable = ({ followed }: Morning, culprit?: Followed): Evidence => ({
  kind: 'table',
  title: 'steps',
  columns: ['#', 'step', 'do', 'answer', 'expect', '→'],
  rows: followed.map(({ step, command, answer, expect, next }, index) => [index + 1, step, command, answer, expect ?? '–', next]),
  differing: followed.flatMap((each, row) => [
    ...(each === culprit ? [[row, 2] as const] : []),
    ...(each.met ? [] : [[row, 3] as const]),
    ...(each.next === '?' ? [[row, 5] as const] : []),
  ]),
})

/** What a command does to the shop, where it does anything. */
const CHANGES: Partial<Record<Command, MarkKind>> = {
  'restart orders': 'restarted',
  'restart store': 'restarted',
  'roll back': 'version',
  'clear exports': 'healed',
  'promote replica': 'added',
}

/** The night's orders, with what was done to the shop and by whom. */
export const timeline = ({ requests, brokenAt, followed }: Morning): Evidence => ({
  kind: 'timeline',
  title: 'orders',
  requests,
  marks: [
    { at: brokenAt, what: 'alarm' },
    ...followed.flatMap(({ command, answeredAt }) => {
      const what = CHANGES[command]
      return what === undefined ? [] : [{ at: answeredAt, what }]
    }),
  ],
})
