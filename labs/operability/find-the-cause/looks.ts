import { z } from 'zod'
import { type Answer, type At, type Form, readForm, reject } from '../../kit/index.ts'
import { ACTIONS, type Action, CAUSES, type Cause, NAMED, type Named, SERVICES, type ServiceName } from './causes.ts'

export const METRICS = [
  'web.requests',
  'web.errors',
  'web.duration_ms',
  'web.memory_mib',
  'orders.requests',
  'orders.errors',
  'orders.duration_ms',
  'orders.stock_call_ms',
  'orders.pool_in_use',
  'orders.pool_waiting',
  'orders.memory_mib',
  'stock.requests',
  'stock.errors',
  'stock.duration_ms',
  'stock.queue',
  'stock.disk_free_mib',
  'stock.memory_mib',
] as const
export type Metric = (typeof METRICS)[number]
export const TRACES = ['slowest', 'failed', 'usual'] as const
export type TraceName = (typeof TRACES)[number]

/** One question to the sick system. */
export type Look =
  | { readonly kind: 'metric'; readonly of: Metric }
  | { readonly kind: 'log'; readonly of: ServiceName }
  | { readonly kind: 'trace'; readonly of: TraceName }

const look = z.strictObject({ metric: z.enum(METRICS).optional(), log: z.enum(SERVICES).optional(), trace: z.enum(TRACES).optional() })
const lookFile = z.strictObject({ looks: z.array(look).max(40).default([]) })
const answerFile = z.strictObject({ cause: z.enum(NAMED).optional(), 'first-action': z.enum(ACTIONS).optional() })

export interface Asked {
  readonly looks: readonly Look[]
  readonly cause: Named | undefined
  readonly action: Action | undefined
  /** The place of a look, and of a word of the answer. */
  lookAt(index: number): At
  answerAt(key: 'cause' | 'first-action'): At
}

/** Both files of a learner, or the answer to give when one cannot be read. */
export const readAsked = (files: {
  readonly 'look.yaml': string
  readonly 'answer.yaml': string
}): { readonly asked: Asked } | { readonly answer: Answer } => {
  const looks = readForm('look.yaml', files['look.yaml'], lookFile)
  if ('answer' in looks) return looks
  const answers = readForm('answer.yaml', files['answer.yaml'], answerFile)
  if ('answer' in answers) return answers
  const list = (looks.form as Form<z.infer<typeof lookFile>>).value.looks
  const several = list.findIndex((each) => Object.keys(each).length !== 1)
  if (several >= 0) return { answer: reject('one-each', { look: several + 1 }, { at: looks.form.at(['looks', several]) }) }
  const { value, at } = answers.form as Form<z.infer<typeof answerFile>>
  return {
    asked: {
      looks: list.map(toLook),
      cause: value.cause,
      action: value['first-action'],
      lookAt: (index) => looks.form.at(['looks', index]),
      answerAt: (key) => at([key]),
    },
  }
}

const toLook = ({ metric, log, trace }: z.infer<typeof look>): Look => {
  if (metric !== undefined) return { kind: 'metric', of: metric }
  return log === undefined ? { kind: 'trace', of: trace ?? 'usual' } : { kind: 'log', of: log }
}

/**
 * What a look shows under each cause, in the order of `CAUSES`: words are equal where one could not tell the two causes apart by it.
 * `-` tells nothing, because it depends on how far things have gone.
 */
const SHOWN: Partial<Record<Look['of'], string>> & Record<`log ${ServiceName}`, string> = {
  'web.requests': 'same same same same up same',
  'web.errors': '- - fails fails - -',
  'web.duration_ms': 'slow slow slow same slow slow',
  'orders.requests': 'same same same same up up',
  'orders.errors': '- - fails fails - -',
  'orders.duration_ms': 'slow slow slow same slow same',
  'orders.stock_call_ms': 'slow slow same same slow same',
  'orders.pool_in_use': 'some some full few full some',
  'orders.pool_waiting': 'none none up none up none',
  'stock.requests': 'same same down same up up',
  'stock.errors': 'none none none fails none none',
  'stock.duration_ms': 'same slow same same slow same',
  'stock.queue': 'none none none none up none',
  'stock.disk_free_mib': 'same same same low same same',
  'log web': 'slow slow connection write client calls',
  'log orders': 'slow slow connection write connection quiet',
  'log stock': 'quiet slow quiet write line quiet',
  slowest: 'gap work wait error wait calls',
  failed: '- - wait error wait -',
}

const shownBy = ({ kind, of }: Look, cause: Cause): string =>
  (kind === 'log' ? SHOWN[`log ${of}`] : SHOWN[of])?.split(' ')[CAUSES.indexOf(cause)] ?? '-'

/** A cause that these looks cannot tell from the one named; undefined when they tell it from all others. */
export const undecided = (looks: readonly Look[], named: Cause): Cause | undefined =>
  CAUSES.filter((other) => other !== named).find((other) =>
    looks.every((each) => {
      const [here, there] = [shownBy(each, named), shownBy(each, other)]
      return here === '-' || there === '-' || here === there
    }),
  )
